/**
 * Deployments of a service, with ECS's two records about each: the service revision (the configuration that it deploys)
 * and the service deployment (how its rollout went).
 */
import type { DeploymentConfiguration, ServiceDeploymentStatus } from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn, shortName } from '@ecs-api/ecs-model'
import { type Clock, toEpochSeconds } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type {
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
} from '../records/service-record.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import { platformFamilyOf } from '../tasks/new-task.ts'
import { resolvedPlatformVersion } from '../tasks/platform-version.ts'
import { failureThreshold } from './circuit-breaker.ts'
import { circuitBreakerOf } from './snapshot.ts'

interface DeploymentDeps {
  ecsTables: EcsTables
  clock: Clock
  ids: Ids
}

/** The members that a service revision takes from the request unchanged. */
export const revisionMembers = [
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
  'gatewayConnectors',
  'monitoring',
] as const
export type RevisionMembers = Pick<ServiceRevisionRecord, (typeof revisionMembers)[number]>

/** ECS keeps service deployments for 90 days (Developer Guide, "View service history"). */
const SERVICE_DEPLOYMENTS_KEPT_MS = 90 * 86_400_000

const finalStatuses: readonly ServiceDeploymentStatus[] = [
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
]
export const isFinished = ({ status }: { status?: ServiceDeploymentStatus }) =>
  status !== undefined && finalStatuses.includes(status)

/**
 * Starts a new PRIMARY deployment of this configuration of the service. The earlier deployments become ACTIVE, and a
 * service deployment that is still in progress is stopped. Stores the new service deployment and the new revision, and
 * returns the changed service, which the caller stores.
 */
export function startDeployment(
  { ecsTables, clock, ids }: DeploymentDeps,
  service: ServiceRecord,
  definition: TaskDefinitionRecord,
  revisionMembers: RevisionMembers,
): ServiceRecord {
  const now = toEpochSeconds(clock.now())
  const revisionNumber = ids.digits(19)
  const clusterAndService = clusterAndServiceNames(service)
  const { launchType, capacityProviderStrategy = [], networkConfiguration, serviceArn, clusterArn } = service
  const commonMembers = {
    taskDefinition: definition.taskDefinitionArn,
    ...(capacityProviderStrategy.length > 0 ? { capacityProviderStrategy } : { launchType }),
    ...(launchType !== 'EC2' && {
      platformVersion: resolvedPlatformVersion(service.platformVersion, definition),
      platformFamily: platformFamilyOf(definition),
    }),
    ...(networkConfiguration && { networkConfiguration }),
  }
  const revision: ServiceRevisionRecord = {
    serviceRevisionArn: ecsArn(ecsTables, 'service-revision', ...clusterAndService, revisionNumber),
    serviceArn,
    clusterArn,
    ...commonMembers,
    ...revisionMembers,
    containerImages: (definition.containerDefinitions ?? []).map(({ name, image }) => ({ containerName: name, image })),
    guardDutyEnabled: false,
    createdAt: now,
  }
  const deploymentsBefore = service.internal.deployments
  const serviceDeployment: ServiceDeploymentRecord = {
    serviceDeploymentArn: ecsArn(ecsTables, 'service-deployment', ...clusterAndService, ids.urlSafe(21)),
    serviceArn,
    clusterArn,
    createdAt: now,
    updatedAt: now,
    sourceServiceRevisions: deploymentsBefore.map(({ id }) => ({ arn: revisionArn(ecsTables, service, id) })),
    targetServiceRevision: { arn: revision.serviceRevisionArn },
    status: 'PENDING',
    deploymentConfiguration: service.deploymentConfiguration as AwsJson<DeploymentConfiguration>,
    internal: { deployment: `ecs-svc/${revisionNumber}` },
  }
  ecsTables.serviceRevisions.set(revision.serviceRevisionArn, revision)
  stopServiceDeploymentInProgress(ecsTables, service, now)
  deleteOldServiceDeployments(ecsTables, service, now)
  ecsTables.serviceDeployments.set(serviceDeployment.serviceDeploymentArn, serviceDeployment)
  const deployment: DeploymentRecord = {
    id: `ecs-svc/${revisionNumber}`,
    status: 'PRIMARY',
    ...commonMembers,
    createdAt: now,
    updatedAt: now,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ecs-svc/${revisionNumber} in progress.`,
    ...(revisionMembers.serviceConnectConfiguration && {
      serviceConnectConfiguration: revisionMembers.serviceConnectConfiguration,
    }),
    ...(revisionMembers.volumeConfigurations?.length && { volumeConfigurations: revisionMembers.volumeConfigurations }),
    ...(revisionMembers.vpcLatticeConfigurations?.length && {
      vpcLatticeConfigurations: revisionMembers.vpcLatticeConfigurations,
    }),
    internal: { rollingBack: false, startFailures: 0, serviceDeployment: serviceDeployment.serviceDeploymentArn },
  }
  const older = deploymentsBefore.map(
    (deployment): DeploymentRecord => ({ ...deployment, status: 'ACTIVE', updatedAt: now }),
  )
  return { ...service, internal: { ...service.internal, deployments: [deployment, ...older], conditions: [] } }
}

/**
 * Makes an earlier deployment, which had completed, PRIMARY again under its own id. Returns the changed service.
 * @throws Error when its revision is not stored any more: a defect of the engine.
 */
export function rollBack(
  { ecsTables, clock }: Omit<DeploymentDeps, 'ids'>,
  service: ServiceRecord,
  targetId: string,
  reason: string,
): ServiceRecord {
  const now = toEpochSeconds(clock.now())
  const [failed, ...others] = service.internal.deployments
  const revision = ecsTables.serviceRevisions.get(revisionArn(ecsTables, service, targetId))
  if (!failed || !revision) throw new Error(`${service.serviceName} has no deployment to roll back to`)
  const {
    taskDefinition,
    capacityProviderStrategy,
    launchType,
    platformVersion,
    platformFamily,
    networkConfiguration,
  } = revision
  const stillStored = others.find(({ id }) => id === targetId)
  const primary: DeploymentRecord = {
    ...(stillStored ?? {
      createdAt: now,
      taskDefinition,
      ...(capacityProviderStrategy ? { capacityProviderStrategy } : { launchType }),
      platformVersion,
      platformFamily,
      ...(networkConfiguration && { networkConfiguration }),
    }),
    id: targetId,
    status: 'PRIMARY',
    updatedAt: now,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: reason,
    internal: { rollingBack: true, startFailures: 0, serviceDeployment: failed.internal.serviceDeployment },
  }
  const older = [failed, ...others.filter(({ id }) => id !== targetId)].map(
    (deployment): DeploymentRecord => ({ ...deployment, status: 'ACTIVE', updatedAt: now }),
  )
  return {
    ...service,
    taskDefinition,
    ...(networkConfiguration && { networkConfiguration }),
    loadBalancers: revision.loadBalancers ?? [],
    serviceRegistries: revision.serviceRegistries ?? [],
    internal: { ...service.internal, deployments: [primary, ...older] },
  }
}

/** Changes a service deployment that has not finished; a finished one stays as it is. */
export function updateServiceDeployment(
  ecsTables: EcsTables,
  clock: Clock,
  arn: string,
  change: Partial<ServiceDeploymentRecord>,
): void {
  const serviceDeployment = ecsTables.serviceDeployments.get(arn)
  if (!serviceDeployment || isFinished(serviceDeployment)) return
  const now = toEpochSeconds(clock.now())
  const next = { ...serviceDeployment, ...change, updatedAt: now }
  ecsTables.serviceDeployments.set(arn, isFinished(next) ? { ...next, finishedAt: now } : next)
}

/** The circuit breaker in the form of a service deployment (API Reference, ServiceDeploymentCircuitBreaker). */
export function circuitBreakerInResponse(
  service: ServiceRecord,
  failureCount: number,
  status: 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED',
) {
  const breaker = circuitBreakerOf(service)
  return {
    status: breaker.enable ? status : ('DISABLED' as const),
    failureCount,
    threshold: failureThreshold(breaker, service.desiredCount),
  }
}

export function revisionArn(ecsTables: EcsTables, service: ServiceRecord, deploymentId: string): string {
  return ecsArn(
    ecsTables,
    'service-revision',
    ...clusterAndServiceNames(service),
    deploymentId.slice('ecs-svc/'.length),
  )
}

function clusterAndServiceNames({ clusterArn, serviceName }: ServiceRecord): [cluster: string, service: string] {
  return [shortName(clusterArn), serviceName]
}

/** ECS stops the service deployment in progress when a newer deployment starts. */
function stopServiceDeploymentInProgress(ecsTables: EcsTables, { internal }: ServiceRecord, now: number): void {
  const serviceDeployment = ecsTables.serviceDeployments.get(internal.deployments[0]?.internal.serviceDeployment ?? '')
  if (!serviceDeployment || isFinished(serviceDeployment)) return
  ecsTables.serviceDeployments.set(serviceDeployment.serviceDeploymentArn, {
    ...serviceDeployment,
    status: 'STOPPED',
    statusReason: 'Service deployment stopped because a newer service deployment was started.',
    stoppedAt: now,
    finishedAt: now,
    updatedAt: now,
  })
}

function deleteOldServiceDeployments(ecsTables: EcsTables, { serviceArn, internal }: ServiceRecord, now: number): void {
  const neededDeploymentIds = new Set([...internal.deployments.map(({ id }) => id), internal.lastCompleted])
  for (const {
    serviceDeploymentArn,
    finishedAt,
    targetServiceRevision,
    internal: serviceDeployment,
  } of ecsTables.serviceDeployments.allByIndex('service', serviceArn)) {
    if (finishedAt === undefined || (now - finishedAt) * 1000 <= SERVICE_DEPLOYMENTS_KEPT_MS) continue
    ecsTables.serviceDeployments.delete(serviceDeploymentArn)
    if (!neededDeploymentIds.has(serviceDeployment.deployment))
      ecsTables.serviceRevisions.delete(targetServiceRevision?.arn ?? '')
  }
}
