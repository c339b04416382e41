/**
 * The stages of a deployment, for a list of steps. ECS reports the current stage only while the deployment is in
 * progress, and only deployments that shift traffic have all stages.
 */
import type { ServiceDeployment } from '@ecs-api/client'
import { hadNoRollbackTarget } from '@ecs-api/client/words'
import type { Step } from '../parts/step-list.tsx'

/** The stages that shift traffic, in order ("Lifecycle stages for Amazon ECS service deployments" in ECS's guide). */
const trafficStages = [
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
]

interface StageFacts {
  isDone?: boolean
  isStarted?: boolean
  at?: string | undefined
}

/** `, 0 healthy` while running tasks have not passed their health checks; else empty. */
export function healthyText({ healthyTaskCount, targetServiceRevision: { runningTaskCount } }: ServiceDeployment) {
  return healthyTaskCount !== undefined && healthyTaskCount < runningTaskCount ? `, ${healthyTaskCount} healthy` : ''
}

export function stagesOf(deployment: ServiceDeployment): Step[] {
  const { status, createdAt, startedAt, finishedAt, stoppedAt, rollback, lifecycleStage = '' } = deployment
  const { runningTaskCount, requestedTaskCount } = deployment.targetServiceRevision
  const hasEnded = !/^(PENDING|IN_PROGRESS|STOP_REQUESTED|ROLLBACK_REQUESTED|ROLLBACK_IN_PROGRESS)$/.test(status)
  const isInProgress = /^(PENDING|IN_PROGRESS)$/.test(status)
  const hasSucceeded = status === 'SUCCESSFUL'
  const shiftsTraffic = (deployment.deploymentConfiguration?.strategy ?? 'ROLLING') !== 'ROLLING'
  const isShifting = trafficStages.includes(lifecycleStage)
  const hasReachedTraffic = isShifting || /^(BAKE_TIME|CLEAN_UP)$/.test(lifecycleStage)
  const hasTasks =
    hasSucceeded || hasReachedTraffic || (isInProgress && startedAt !== undefined && deployment.progress >= 1)
  const step = (label: string, { isDone = false, isStarted = false, at }: StageFacts): Step => ({
    label,
    at,
    state: isDone ? 'done' : isStarted && isInProgress ? 'current' : isInProgress ? 'next' : 'never',
  })
  const { taskFailures, deploymentCircuitBreaker: breaker } = deployment
  const haveTasksFailed = !hasTasks && !isInProgress && (taskFailures.length > 0 || (breaker?.failureCount ?? 0) > 0)
  // The counts of a finished deployment are those of the present. A service without tasks has none.
  const newTasksLabel =
    isInProgress && requestedTaskCount > 0
      ? `${runningTaskCount} of ${requestedTaskCount} new tasks running${healthyText(deployment)}`
      : 'new tasks running'
  const endSteps: Step[] = isInProgress
    ? [{ label: 'finished', state: 'next' }]
    : hasSucceeded
      ? [{ label: 'finished', state: 'done', at: finishedAt }]
      : [
          ...(rollback ? [{ label: 'rollback began', state: 'ended', at: rollback.startedAt } as const] : []),
          ...(hadNoRollbackTarget(deployment)
            ? [{ label: 'failed', state: 'failed', at: finishedAt } as const]
            : /^ROLLBACK/.test(status)
              ? [
                  {
                    label: 'rolled back',
                    state: rollbackStepState(status),
                    at: hasEnded ? finishedAt : undefined,
                  } as const,
                ]
              : [{ label: 'stopped', state: hasEnded ? 'ended' : 'current', at: stoppedAt } as const]),
        ]
  return [
    step('requested', { isDone: true, at: createdAt }),
    step('started', { isDone: startedAt !== undefined, isStarted: true, at: startedAt }),
    haveTasksFailed
      ? { label: 'new tasks failed', state: 'failed' }
      : step(newTasksLabel, { isDone: hasTasks, isStarted: startedAt !== undefined }),
    ...(shiftsTraffic && (isInProgress || hasSucceeded)
      ? [
          step('traffic shifted', {
            isDone: hasSucceeded || /^(BAKE_TIME|CLEAN_UP)$/.test(lifecycleStage),
            isStarted: isShifting,
          }),
          step('bake time', {
            isDone: hasSucceeded || lifecycleStage === 'CLEAN_UP',
            isStarted: lifecycleStage === 'BAKE_TIME',
          }),
          step('old tasks stopped', { isDone: hasSucceeded, isStarted: lifecycleStage === 'CLEAN_UP' }),
        ]
      : []),
    ...endSteps,
  ]
}

function rollbackStepState(status: string): Step['state'] {
  if (status === 'ROLLBACK_SUCCESSFUL') return 'ended'
  return status === 'ROLLBACK_FAILED' ? 'failed' : 'current'
}
