/** The state of a deployment in at most three lines, for a service of any size. */
import type { Service, ServiceDeployment } from '@ecs-api/client'
import type { ProgressState } from './progress.ts'
import type { RevisionNames } from './revision-names.ts'

const maxSquares = 12

export function deploymentState(deployment: ServiceDeployment, names: Pick<RevisionNames, 'find'>): ProgressState {
  const { targetServiceRevision: target, waitingFor, status, taskFailures } = deployment
  // An old revision without tasks is left out, unless no old revision has tasks: then the first one is shown.
  const [first, ...rest] = deployment.sourceServiceRevisions ?? []
  const running = [first, ...rest].filter((source) => source !== undefined && source.runningTaskCount > 0)
  const sources = running.length > 0 ? running : [first]
  const name = names.find(target) ?? 'new revision'
  const counts = [
    // After a rollback ECS requests no task of the new revision.
    `${target.runningTaskCount}${target.requestedTaskCount > 0 ? ` of ${target.requestedTaskCount}` : ''} running`,
    target.pendingTaskCount > 0 && `${target.pendingTaskCount} starting`,
    taskFailures.length > 0 && `${taskFailures.length} failed`,
  ]
  const countsText = counts.filter(Boolean).join(', ')
  const oldCount = running.reduce((sum, source) => sum + source!.runningTaskCount, 0)
  const sourceNames = sources.map((source) => source && names.find(source))
  const before = first && (sourceNames.every(Boolean) ? sourceNames.join(', ') : 'before')
  const isSame = before === name
  const isRollingBack = /^ROLLBACK/.test(status)
  const sourceCounts = `${oldCount} running${isRollingBack || oldCount === 0 ? '' : ', stopping later'}`
  const beforeText = isSame ? `${before} before` : before
  const width = Math.max(name.length, beforeText?.length ?? 0)
  const all = Math.max(target.runningTaskCount, target.requestedTaskCount, oldCount)
  const line = (label: string, count: number, wanted: number, text: string) =>
    [label.padEnd(width), ...squares(count, wanted, all), text].join('  ')
  const lines = [line(name, target.runningTaskCount, target.requestedTaskCount, countsText)]
  if (beforeText) lines.push(line(beforeText, oldCount, oldCount, sourceCounts))
  const waiting = isRollingBack ? rollbackText(deployment, names) : waitingFor && withoutCounts(waitingFor)
  if (waiting) lines.push(waiting)
  const texts = [`${name}: ${countsText}`, ...(beforeText ? [`${beforeText}: ${oldCount} running`] : [])]
  return {
    lines,
    summary: [...texts, ...(waiting ? [withoutTimes(waiting)] : [])].join('; '),
    ...((isRollingBack || taskFailures.length > 0) && { style: 'red' as const }),
  }
}

function rollbackText({ status, rollback }: ServiceDeployment, names: Pick<RevisionNames, 'find'>): string {
  if (status === 'ROLLBACK_FAILED') return 'The rollback failed'
  if (status !== 'ROLLBACK_SUCCESSFUL') return 'ECS is rolling back'
  const arn = rollback?.serviceRevisionArn
  return `ECS has rolled back to ${(arn && names.find({ arn })) || 'the revision before'}`
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

/** A column of squares with the width `all`, as one cell; no cell where the column would be too wide or empty. */
function squares(running: number, wanted: number, all = Math.max(running, wanted)): string[] {
  if (all === 0 || all > maxSquares) return []
  const squared = '■'.repeat(running) + '□'.repeat(Math.max(0, wanted - running))
  return [squared.padEnd(all)]
}

/** Removes the counts at the beginning of `waitingFor`, which have a line of their own. */
function withoutCounts(text: string): string {
  return text.replace(/^\d+( of \d+)? new tasks? run[^;]*; /, '')
}

/** Removes times, so that a text in which only the time differs is no change. */
function withoutTimes(text: string): string {
  return text.replace(/,? \(?(for|since|in|after) (\d{4}-\d\d-\d\dT[\d:.]+Z|[\d.:]+ ?(s|min|h|days?)\b)\)?/g, '')
}
