/** The stages of a deployment. ECS names its stage only while it goes on, and only some strategies have all of them. */
import type { ServiceDeployment } from '@ecs-api/client'
import type { Step } from '../parts/track.tsx'

/** "Lifecycle stages for Amazon ECS service deployments" in ECS's guide: those of traffic and bake time, in order. */
const trafficStages = [
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
]

export function stagesOf(deployment: ServiceDeployment): Step[] {
  const { status, createdAt, startedAt, finishedAt, stoppedAt, rollback, lifecycleStage = '' } = deployment
  const { runningTaskCount, requestedTaskCount } = deployment.targetServiceRevision
  const isOver = !/^(PENDING|IN_PROGRESS|STOP_REQUESTED|ROLLBACK_REQUESTED|ROLLBACK_IN_PROGRESS)$/.test(status)
  const isGoingOn = /^(PENDING|IN_PROGRESS)$/.test(status)
  const succeeded = status === 'SUCCESSFUL'
  const shiftsTraffic = (deployment.deploymentConfiguration?.strategy ?? 'ROLLING') !== 'ROLLING'
  const isShifting = trafficStages.includes(lifecycleStage)
  const isLater = isShifting || /^(BAKE_TIME|CLEAN_UP)$/.test(lifecycleStage)
  const hasTasks = succeeded || isLater || (isGoingOn && startedAt !== undefined && deployment.progress >= 1)
  const step = (label: string, isDone: boolean, isNow: boolean, at?: string): Step => ({
    label,
    at,
    state: isDone ? 'done' : isNow && isGoingOn ? 'current' : isGoingOn ? 'next' : 'failed',
  })
  // A deployment that is over, or of a service without tasks, requests none.
  const newTasks =
    requestedTaskCount > 0 ? `${runningTaskCount} of ${requestedTaskCount} new tasks running` : 'new tasks running'
  const ending: Step[] = isGoingOn
    ? [{ label: 'finished', state: 'next' }]
    : succeeded
      ? [{ label: 'finished', state: 'done', at: finishedAt }]
      : [
          ...(rollback ? [{ label: 'rollback began', state: 'done', at: rollback.startedAt } as const] : []),
          ...(/^ROLLBACK/.test(status)
            ? [{ label: 'rolled back', state: rolledBack(status), at: isOver ? finishedAt : undefined } as const]
            : [{ label: 'stopped', state: isOver ? 'done' : 'current', at: stoppedAt } as const]),
        ]
  return [
    step('requested', true, false, createdAt),
    step('started', startedAt !== undefined, true, startedAt),
    step(newTasks, hasTasks, startedAt !== undefined),
    ...(shiftsTraffic && (isGoingOn || succeeded)
      ? [
          step('traffic shifted', succeeded || /^(BAKE_TIME|CLEAN_UP)$/.test(lifecycleStage), isShifting),
          step('bake time', succeeded || lifecycleStage === 'CLEAN_UP', lifecycleStage === 'BAKE_TIME'),
          step('old tasks stopped', succeeded, lifecycleStage === 'CLEAN_UP'),
        ]
      : []),
    ...ending,
  ]
}

function rolledBack(status: string): Step['state'] {
  if (status === 'ROLLBACK_SUCCESSFUL') return 'done'
  return status === 'ROLLBACK_FAILED' ? 'failed' : 'current'
}
