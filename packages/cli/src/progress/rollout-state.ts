/** The state of a deployment in at most three lines, for a service of any size. */
import type { Service, ServiceDeployment } from '@ecs-api/client'
import type { ProgressState } from './progress.ts'

const maxSquares = 12

type Revision = ServiceDeployment['targetServiceRevision']

export function deploymentState(deployment: ServiceDeployment, service: Service): ProgressState {
  const { targetServiceRevision: target, sourceServiceRevisions: sources = [], waitingFor, status } = deployment
  const name = nameOf(target, service) ?? service.taskDefinition
  const starting = target.pendingTaskCount > 0 ? `, ${target.pendingTaskCount} starting` : ''
  const counts = `${target.runningTaskCount} of ${target.requestedTaskCount} running${starting}`
  const running = sources.reduce((sum, { runningTaskCount }) => sum + runningTaskCount, 0)
  const before = sources.map((source) => nameOf(source, service) ?? 'before').join(', ')
  const isBack = /^ROLLBACK/.test(status)
  const sourceCounts = `${running} running${isBack || running === 0 ? '' : ', stopping later'}`
  const width = Math.max(name.length, sources.length > 0 ? before.length : 0)
  const all = Math.max(target.runningTaskCount, target.requestedTaskCount, running)
  const line = (label: string, count: number, wanted: number, text: string) =>
    [label.padEnd(width), ...squares(count, wanted, all), text].join('  ')
  const lines = [line(name, target.runningTaskCount, target.requestedTaskCount, counts)]
  if (sources.length > 0) lines.push(line(before, running, running, sourceCounts))
  const waiting = isBack ? 'ECS is rolling back' : waitingFor
  if (waiting) lines.push(waiting)
  const texts = [`${name}: ${counts}`, ...(sources.length > 0 ? [`${before}: ${running} running`] : [])]
  return {
    lines,
    summary: [...texts, ...(waiting ? [withoutTimes(waiting)] : [])].join('; '),
    ...((isBack || deployment.taskFailures.length > 0) && { style: 'red' as const }),
  }
}

/** Without a deployment the counts of the service are followed. */
export function countState({ runningCount, desiredCount, pendingCount, taskDefinition }: Service): ProgressState {
  const starting = pendingCount > 0 ? `, ${pendingCount} starting` : ''
  const counts = `${runningCount} of ${desiredCount} running${starting}`
  return {
    lines: [[taskDefinition, ...squares(runningCount, desiredCount), counts].join('  ')],
    summary: `${taskDefinition}: ${counts}`,
  }
}

/** `ecs-svc/N` of a service's deployment has the number of its revision. */
function nameOf({ arn }: Revision, service: Service): string | undefined {
  const id = `ecs-svc/${arn.split('/').at(-1)}`
  return service.deployments.find((deployment) => deployment.id === id)?.taskDefinition
}

/** A column of squares, all lines with the width of `all`; no column where it would be too wide or empty. */
function squares(running: number, wanted: number, all = Math.max(running, wanted)): string[] {
  if (all === 0 || all > maxSquares) return []
  const squared = '■'.repeat(running) + '□'.repeat(Math.max(0, wanted - running))
  return [squared.padEnd(all)]
}

/** `waitingFor` counts seconds, and a line for each would be a line for no change. */
function withoutTimes(text: string): string {
  return text.replace(/ \(?(for|since|in|after) [\d.:]+ ?(s|min|h|days?)\b\)?/g, '')
}
