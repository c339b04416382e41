/** The actions on service deployments (list, describe, stop) and on the service revisions that they deploy. */
import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  ServiceDeployment,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs'
import { type AwsJson, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import { descending, pageOfList } from '../../protocol/pages.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { DeploymentRecord, ServiceDeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import {
  circuitBreakerInResponse,
  isFinished,
  revisionArn,
  rollBack,
  updateServiceDeployment,
} from '../scheduler/deployments.ts'
import { serviceEventTexts } from '../scheduler/service-events.ts'
import { addEvents } from '../scheduler/service-history.ts'
import type { ActionContext, Actions } from './action.ts'
import { describeServiceRevisions } from './describe-service-revisions.ts'
import { getService } from './service-reference.ts'

export const serviceDeploymentActions = {
  ListServiceDeployments: listServiceDeployments,
  DescribeServiceDeployments: describeServiceDeployments,
  DescribeServiceRevisions: describeServiceRevisions,
  StopServiceDeployment: stopServiceDeployment,
} satisfies Actions

const MAX_DESCRIBED = 20

function listServiceDeployments(
  context: ActionContext,
  input: AwsJson<ListServiceDeploymentsRequest>,
): AwsJson<ListServiceDeploymentsResponse> {
  const { status, createdAt } = input
  const { serviceArn } = getService(context, input)
  const matching = context.ecsTables.serviceDeployments
    .allByIndex('service', serviceArn)
    .filter(
      (serviceDeployment) =>
        (!status?.length || status.some((candidate) => candidate === serviceDeployment.status)) &&
        (createdAt?.after === undefined || serviceDeployment.createdAt >= createdAt.after) &&
        (createdAt?.before === undefined || serviceDeployment.createdAt <= createdAt.before),
    )
  const { items, nextToken } = pageOfList(matching, input, {
    keyOf: (serviceDeployment) =>
      `${String(Math.round(serviceDeployment.createdAt * 1000)).padStart(15, '0')} ${serviceDeployment.serviceDeploymentArn}`,
    compare: descending,
  })
  return {
    serviceDeployments: items.map((serviceDeployment) => ({
      serviceDeploymentArn: serviceDeployment.serviceDeploymentArn,
      serviceArn: serviceDeployment.serviceArn,
      clusterArn: serviceDeployment.clusterArn,
      ...(serviceDeployment.startedAt !== undefined && { startedAt: serviceDeployment.startedAt }),
      createdAt: serviceDeployment.createdAt,
      ...(serviceDeployment.finishedAt !== undefined && { finishedAt: serviceDeployment.finishedAt }),
      targetServiceRevisionArn: serviceDeployment.targetServiceRevision?.arn,
      status: serviceDeployment.status,
      ...(serviceDeployment.statusReason !== undefined && { statusReason: serviceDeployment.statusReason }),
    })),
    nextToken,
  }
}

function describeServiceDeployments(
  { ecsTables }: ActionContext,
  input: AwsJson<DescribeServiceDeploymentsRequest>,
): AwsJson<DescribeServiceDeploymentsResponse> {
  const arns = checkedArns(input.serviceDeploymentArns, 'serviceDeploymentArns')
  return {
    serviceDeployments: arns.flatMap((arn) => {
      const serviceDeployment = ecsTables.serviceDeployments.get(arn)
      return serviceDeployment ? serviceDeploymentInResponse(serviceDeployment, ecsTables) : []
    }),
    failures: arns.filter((arn) => !ecsTables.serviceDeployments.get(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
  }
}

/**
 * ROLLBACK deploys the last completed deployment again. ABORT keeps all tasks, and the deployment starts no new ones.
 */
function stopServiceDeployment(
  context: ActionContext,
  input: AwsJson<StopServiceDeploymentRequest>,
): AwsJson<StopServiceDeploymentResponse> {
  const { ecsTables, scheduler } = context
  const { serviceDeploymentArn = '', stopType = 'ROLLBACK' } = input
  const serviceDeployment = ecsTables.serviceDeployments.get(serviceDeploymentArn)
  // ECS's texts of the errors of this action are not known: these are the engine's own.
  if (!serviceDeployment) throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.')
  const service = ecsTables.services.get(serviceDeployment.serviceArn)
  // The newest is first, and it is the PRIMARY one.
  const primaryDeployment = service?.internal.deployments[0]
  if (
    isFinished(serviceDeployment) ||
    service?.status !== 'ACTIVE' ||
    primaryDeployment?.internal.serviceDeployment !== serviceDeploymentArn ||
    primaryDeployment.internal.rollingBack
  )
    throw new AwsError('ConflictException', 'The service deployment cannot be stopped because it is not in progress.')
  const stopped =
    stopType === 'ABORT'
      ? stopWithoutRollback(context, service, primaryDeployment)
      : stopWithRollback(context, service, primaryDeployment)
  ecsTables.services.set(service.serviceArn, stopped)
  scheduler.reconcileSoon(ecsTables, service.serviceArn)
  return { serviceDeploymentArn }
}

function stopWithoutRollback(
  { ecsTables, clock }: ActionContext,
  service: ServiceRecord,
  deployment: DeploymentRecord,
): ServiceRecord {
  const statusReason = 'Service deployment stopped by user.'
  updateServiceDeployment(ecsTables, clock, deployment.internal.serviceDeployment, {
    status: 'STOPPED',
    statusReason,
    stoppedAt: clock.now() / 1000,
  })
  return withFailedRollout(service, deployment, `ECS deployment ${deployment.id} stopped by user.`)
}

function stopWithRollback(context: ActionContext, service: ServiceRecord, deployment: DeploymentRecord): ServiceRecord {
  const { ecsTables, clock } = context
  const { lastCompleted } = service.internal
  if (lastCompleted === undefined || lastCompleted === deployment.id)
    throw new AwsError('ConflictException', 'No rollback candidate was found to run the rollback.')
  const reason = 'Service deployment rolled back because it was stopped by user.'
  updateServiceDeployment(ecsTables, clock, deployment.internal.serviceDeployment, {
    status: 'ROLLBACK_IN_PROGRESS',
    statusReason: reason,
    stoppedAt: clock.now() / 1000,
    rollback: {
      reason,
      startedAt: clock.now() / 1000,
      serviceRevisionArn: revisionArn(ecsTables, service, lastCompleted),
    },
    deploymentCircuitBreaker: circuitBreakerInResponse(service, deployment.failedTasks, 'MONITORING_COMPLETE'),
  })
  addEvents(context, service.serviceArn, [serviceEventTexts.rollingBack(service.serviceName, lastCompleted)])
  const stopped = withFailedRollout(service, deployment, `ECS deployment ${deployment.id} stopped by user.`)
  return rollBack(
    context,
    stopped,
    lastCompleted,
    `ECS deployment stopped by user: rolling back to deploymentId ${lastCompleted}.`,
  )
}

function withFailedRollout(
  service: ServiceRecord,
  { id }: DeploymentRecord,
  rolloutStateReason: string,
): ServiceRecord {
  const deployments = service.internal.deployments.map((deployment) =>
    deployment.id === id ? { ...deployment, rolloutState: 'FAILED' as const, rolloutStateReason } : deployment,
  )
  return { ...service, internal: { ...service.internal, deployments } }
}

/** A service deployment in the form of ECS's responses. Its task counts are those of the present tasks. */
function serviceDeploymentInResponse(
  { internal, ...serviceDeployment }: ServiceDeploymentRecord,
  ecsTables: EcsTables,
): AwsJson<ServiceDeployment> {
  const service = ecsTables.services.get(serviceDeployment.serviceArn)
  const deployment = service?.internal.deployments.find(({ id }) => id === internal.deployment)
  /** The revision's running and pending tasks, with the number of its requested tasks. */
  const taskCounts = (arn: string | undefined, requestedTaskCount: number) => {
    // A deployment and its revision have the same number.
    const deploymentId = `ecs-svc/${arn && shortName(arn)}`
    const running = ecsTables.tasks.countByIndex('runningOf', deploymentId)
    const pending = ecsTables.tasks.countByIndex('pendingOf', deploymentId)
    return { arn, requestedTaskCount, runningTaskCount: running, pendingTaskCount: pending }
  }
  /** For a replaced revision, ECS shows its remaining tasks as the requested ones. */
  const countsOfRemainingTasks = (arn: string | undefined) => {
    const { runningTaskCount, pendingTaskCount } = taskCounts(arn, 0)
    return taskCounts(arn, runningTaskCount + pendingTaskCount)
  }
  return {
    ...serviceDeployment,
    sourceServiceRevisions: (serviceDeployment.sourceServiceRevisions ?? []).map(({ arn }) =>
      countsOfRemainingTasks(arn),
    ),
    targetServiceRevision:
      deployment?.status === 'PRIMARY' && service
        ? taskCounts(serviceDeployment.targetServiceRevision?.arn, service.desiredCount)
        : countsOfRemainingTasks(serviceDeployment.targetServiceRevision?.arn),
    deploymentCircuitBreaker:
      serviceDeployment.deploymentCircuitBreaker ??
      (service && circuitBreakerInResponse(service, deployment?.failedTasks ?? 0, 'MONITORING')),
    alarms: { status: 'DISABLED', alarmNames: [], triggeredAlarmNames: [] },
  }
}

function checkedArns(arns: readonly string[] = [], member: string): string[] {
  if (arns.length === 0) throw new AwsError('InvalidParameterException', `${member} cannot be empty.`)
  if (arns.length > MAX_DESCRIBED)
    throw new AwsError('InvalidParameterException', `${member} can have at most ${MAX_DESCRIBED} items.`)
  return [...new Set(arns)]
}
