/**
 * The tasks of a service that ended by themselves, by the events of their replacements. For ECS a task that has run was
 * a success: the deployment completes, the circuit breaker does not count it, and each replacement is followed by
 * another steady state.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { isDeploying, primaryDeployment } from '../services/primary-deployment.ts'

const countedPeriodMs = 10 * 60_000
const minReplacedTasks = 3

export interface ReplacedTasks {
  count: number
  /** When counting began: ten minutes ago, or at the end of the deployment. Milliseconds since 1970. */
  countedSince: number
}

/**
 * Counts the tasks that were replaced in the last ten minutes, or since the deployment completed.
 * @returns undefined when there are fewer than three, or no more than one for each desired task, and for a service
 *   that is scaled to 0
 */
export function findReplacedTasks(service: Service, now: number): ReplacedTasks | undefined {
  const primary = primaryDeployment(service)
  const { desiredCount = 0 } = service
  if (isDeploying(service) || service.status !== 'ACTIVE' || desiredCount === 0) return undefined
  const events = service.events ?? []
  const completed = events.find(({ message = '' }) =>
    message.includes(`(deployment ${primary?.id}) deployment completed`),
  )
  const deployedAt = (completed?.createdAt ?? primary?.createdAt)?.getTime() ?? 0
  const countedSince = Math.max(now - countedPeriodMs, deployedAt)
  let count = 0
  for (const { createdAt, message = '' } of events) {
    if ((createdAt?.getTime() ?? 0) <= countedSince) break
    // A scale-out starts tasks, too. They do not count as replacements, because stopped tasks are subtracted and the
    // count must exceed the desired count.
    count += Number(/ has started (\d+) tasks/.exec(message)?.[1] ?? 0)
    count -= Number(/ has stopped (\d+) running tasks/.exec(message)?.[1] ?? 0)
  }
  return count >= minReplacedTasks && count > desiredCount ? { count, countedSince } : undefined
}
