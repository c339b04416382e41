/** The progress of a deployment in a few lines: the new revision, the old ones, what ECS waits for, and until when. */
import type { Service, ServiceDeployment } from '@ecs-api/client'
import { nextStepText } from '../views/next-step.ts'
import type { ProgressState } from './progress.ts'
import type { RevisionDefinitions } from './revision-definitions.ts'

/** More tasks are shown as numbers only. */
const maxSquares = 12

export function deploymentState(
  deployment: ServiceDeployment,
  revisions: Pick<RevisionDefinitions, 'find'>,
  now: number,
): ProgressState {
  const { targetServiceRevision: target, waitingFor, waitingSince, status, taskFailures } = deployment
  const healthyCount = Math.min(deployment.healthyTaskCount ?? target.runningTaskCount, target.runningTaskCount)
  // Old revisions without tasks are left out. When no old revision has tasks, the first one is shown.
  const [firstSource, ...otherSources] = deployment.sourceServiceRevisions ?? []
  const sourcesWithTasks = [firstSource, ...otherSources].filter(
    (source) => source !== undefined && source.runningTaskCount > 0,
  )
  const shownSources = sourcesWithTasks.length > 0 ? sourcesWithTasks : [firstSource]
  const newLabel = revisions.find(target) ?? 'new revision'
  const counts = [
    // After a rollback ECS requests no task of the new revision.
    `${target.runningTaskCount}${target.requestedTaskCount > 0 ? ` of ${target.requestedTaskCount}` : ''} running`,
    healthyCount < target.runningTaskCount && `${healthyCount} healthy`,
    target.pendingTaskCount > 0 && `${target.pendingTaskCount} starting`,
    taskFailures.length > 0 && `${taskFailures.length} failed`,
  ]
  const countsText = counts.filter(Boolean).join(', ')
  const oldCount = sourcesWithTasks.reduce((sum, source) => sum + source!.runningTaskCount, 0)
  const sourceDefinitions = shownSources.map((source) => source && revisions.find(source))
  const oldDefinitions = firstSource && (sourceDefinitions.every(Boolean) ? sourceDefinitions.join(', ') : 'before')
  const isRollingBack = /^ROLLBACK/.test(status)
  const sourceCounts = `${oldCount} running${isRollingBack || oldCount === 0 ? '' : ', stopping later'}`
  const oldLabel = oldDefinitions === newLabel ? `${oldDefinitions} before` : oldDefinitions
  const labelWidth = Math.max(newLabel.length, oldLabel?.length ?? 0)
  const squaresWidth = Math.max(target.runningTaskCount, target.requestedTaskCount, oldCount)
  const line = (label: string, done: number, desired: number, text: string) =>
    [label.padEnd(labelWidth), ...squares(done, desired, squaresWidth), text].join('  ')
  const lines: ProgressState['lines'][number][] = [
    line(newLabel, healthyCount, Math.max(target.requestedTaskCount, target.runningTaskCount), countsText),
  ]
  if (oldLabel) lines.push(line(oldLabel, oldCount, oldCount, sourceCounts))
  const waiting = isRollingBack ? rollbackText(deployment, revisions) : waitingFor
  // Each part has a line of its own, because a terminal cuts long lines off.
  const parts = waiting ? waiting.split('; ') : []
  lines.push(...parts.map((text, i) => (i < parts.length - 1 || isRollingBack ? text : { text, since: waitingSince })))
  // The step names a time of day. A duration would be wrong soon, because the line stays the same until the next state.
  const nextStep = nextStepText(deployment, now)
  if (nextStep) lines.push(nextStep)
  const texts = [`${newLabel}: ${countsText}`, ...(oldLabel ? [`${oldLabel}: ${oldCount} running`] : [])]
  return {
    lines,
    summary: [...texts, ...(waiting ? [waiting] : [])].join('; '),
    ...((isRollingBack || taskFailures.length > 0) && { style: 'red' as const }),
  }
}

function rollbackText({ status, rollback }: ServiceDeployment, revisions: Pick<RevisionDefinitions, 'find'>): string {
  if (status === 'ROLLBACK_FAILED') return 'The rollback failed'
  if (status !== 'ROLLBACK_SUCCESSFUL') return 'ECS is rolling back'
  const arn = rollback?.serviceRevisionArn
  return `ECS has rolled back to ${(arn && revisions.find({ arn })) || 'the revision before'}`
}

/** The state of a change that made no deployment: the counts of the service. */
export function countState({ runningCount, desiredCount, pendingCount, taskDefinition }: Service): ProgressState {
  const starting = pendingCount > 0 ? `, ${pendingCount} starting` : ''
  const counts = `${runningCount} of ${desiredCount} running${starting}`
  return {
    lines: [[taskDefinition, ...squares(runningCount, desiredCount), counts].join('  ')],
    summary: `${taskDefinition}: ${counts}`,
  }
}

/**
 * A filled square for each running task, and an empty one for each missing task. With health checks, a task counts when
 * it has passed them.
 * @returns one text, or none if too wide
 */
function squares(done: number, desired: number, width = Math.max(done, desired)): string[] {
  if (width === 0 || width > maxSquares) return []
  const text = '■'.repeat(done) + '□'.repeat(Math.max(0, desired - done))
  return [text.padEnd(width)]
}
