/**
 * Deployments of a service, with ECS's two records about each: the service revision (the configuration that it deploys)
 * and the service deployment (how its rollout went).
 */
import type { DeploymentConfiguration, ServiceDeploymentStatus } from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn, shortName } from '@ecs-api/ecs-model'
import { type Clock, epochSeconds } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type {
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
} from '../records/service-record.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import { platformFamilyOf } from '../tasks/new-task.ts'
import { resolvedPlatformVersion } from '../tasks/platform-version.ts'
import { failureThreshold } from './circuit-breaker.ts'
import { circuitBreakerOf } from './snapshot.ts'

interface DeploymentDeps {
  ecsState: EcsState
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
const HISTORY_MS = 90 * 86_400_000

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
 * service deployment that is still in progress is stopped. Returns the service with the new deployment, for the caller
 * to store. The new service deployment and revision are stored already.
 */
export function deploy(
  { ecsState, clock, ids }: DeploymentDeps,
  service: ServiceRecord,
  definition: TaskDefinitionRecord,
  revisionMembers: RevisionMembers,
): ServiceRecord {
  const now = epochSeconds(clock.now())
  const digits = ids.digits(19)
  const path = pathOf(service)
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
    serviceRevisionArn: ecsArn(ecsState, 'service-revision', ...path, digits),
    serviceArn,
    clusterArn,
    ...commonMembers,
    ...revisionMembers,
    containerImages: (definition.containerDefinitions ?? []).map(({ name, image }) => ({ containerName: name, image })),
    guardDutyEnabled: false,
    createdAt: now,
  }
  const deploymentsBefore = service.engineState.deployments
  const serviceDeployment: ServiceDeploymentRecord = {
    serviceDeploymentArn: ecsArn(ecsState, 'service-deployment', ...path, ids.urlSafe(21)),
    serviceArn,
    clusterArn,
    createdAt: now,
    updatedAt: now,
    sourceServiceRevisions: deploymentsBefore.map(({ id }) => ({ arn: revisionArn(ecsState, service, id) })),
    targetServiceRevision: { arn: revision.serviceRevisionArn },
    status: 'PENDING',
    deploymentConfiguration: service.deploymentConfiguration as AwsJson<DeploymentConfiguration>,
    engineState: { deployment: `ecs-svc/${digits}` },
  }
  ecsState.serviceRevisions.set(revision.serviceRevisionArn, revision)
  stopServiceDeploymentInProgress(ecsState, service, now)
  deleteOldServiceDeployments(ecsState, service, now)
  ecsState.serviceDeployments.set(serviceDeployment.serviceDeploymentArn, serviceDeployment)
  const deployment: DeploymentRecord = {
    id: `ecs-svc/${digits}`,
    status: 'PRIMARY',
    ...commonMembers,
    createdAt: now,
    updatedAt: now,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ecs-svc/${digits} in progress.`,
    ...(revisionMembers.serviceConnectConfiguration && {
      serviceConnectConfiguration: revisionMembers.serviceConnectConfiguration,
    }),
    ...(revisionMembers.volumeConfigurations?.length && { volumeConfigurations: revisionMembers.volumeConfigurations }),
    ...(revisionMembers.vpcLatticeConfigurations?.length && {
      vpcLatticeConfigurations: revisionMembers.vpcLatticeConfigurations,
    }),
    engineState: { rollingBack: false, startFailures: 0, serviceDeployment: serviceDeployment.serviceDeploymentArn },
  }
  const older = deploymentsBefore.map(
    (deployment): DeploymentRecord => ({ ...deployment, status: 'ACTIVE', updatedAt: now }),
  )
  return { ...service, engineState: { ...service.engineState, deployments: [deployment, ...older], conditions: [] } }
}

/**
 * Makes an earlier deployment, which had completed, PRIMARY again under its own id. Returns the changed service.
 * @throws Error when its revision is not stored any more: a defect of the engine.
 */
export function rollBack(
  { ecsState, clock }: Omit<DeploymentDeps, 'ids'>,
  service: ServiceRecord,
  targetId: string,
  reason: string,
): ServiceRecord {
  const now = epochSeconds(clock.now())
  const [failed, ...others] = service.engineState.deployments
  const revision = ecsState.serviceRevisions.get(revisionArn(ecsState, service, targetId))
  if (!failed || !revision) throw new Error(`${service.serviceName} has nothing to roll back to`)
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
    engineState: { rollingBack: true, startFailures: 0, serviceDeployment: failed.engineState.serviceDeployment },
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
    engineState: { ...service.engineState, deployments: [primary, ...older] },
  }
}

/** Changes a service deployment that has not finished; a finished one stays as it is. */
export function updateServiceDeployment(
  ecsState: EcsState,
  clock: Clock,
  arn: string,
  change: Partial<ServiceDeploymentRecord>,
): void {
  const serviceDeployment = ecsState.serviceDeployments.get(arn)
  if (!serviceDeployment || isFinished(serviceDeployment)) return
  const now = epochSeconds(clock.now())
  const next = { ...serviceDeployment, ...change, updatedAt: now }
  ecsState.serviceDeployments.set(arn, isFinished(next) ? { ...next, finishedAt: now } : next)
}

/** The circuit breaker as a service deployment shows it (API Reference, ServiceDeploymentCircuitBreaker). */
export function circuitBreakerAnswer(
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

export function revisionArn(ecsState: EcsState, service: ServiceRecord, deploymentId: string): string {
  return ecsArn(ecsState, 'service-revision', ...pathOf(service), deploymentId.slice('ecs-svc/'.length))
}

function pathOf({ clusterArn, serviceName }: ServiceRecord): [cluster: string, service: string] {
  return [shortName(clusterArn), serviceName]
}

/** ECS stops the service deployment in progress when a newer deployment starts. */
function stopServiceDeploymentInProgress(ecsState: EcsState, { engineState }: ServiceRecord, now: number): void {
  const serviceDeployment = ecsState.serviceDeployments.get(
    engineState.deployments[0]?.engineState.serviceDeployment ?? '',
  )
  if (!serviceDeployment || isFinished(serviceDeployment)) return
  ecsState.serviceDeployments.set(serviceDeployment.serviceDeploymentArn, {
    ...serviceDeployment,
    status: 'STOPPED',
    statusReason: 'Service deployment stopped because a newer service deployment was started.',
    stoppedAt: now,
    finishedAt: now,
    updatedAt: now,
  })
}

function deleteOldServiceDeployments(
  ecsState: EcsState,
  { serviceArn, engineState }: ServiceRecord,
  now: number,
): void {
  const needed = new Set([...engineState.deployments.map(({ id }) => id), engineState.lastCompleted])
  for (const {
    serviceDeploymentArn,
    finishedAt,
    targetServiceRevision,
    engineState: serviceDeployment,
  } of ecsState.serviceDeployments.allBy('service', serviceArn)) {
    if (finishedAt === undefined || (now - finishedAt) * 1000 <= HISTORY_MS) continue
    ecsState.serviceDeployments.delete(serviceDeploymentArn)
    if (!needed.has(serviceDeployment.deployment)) ecsState.serviceRevisions.delete(targetServiceRevision?.arn ?? '')
  }
}
