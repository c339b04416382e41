/**
 * The restart policy of containers (ECS Developer Guide, "Restart individual containers in Amazon ECS tasks with
 * container restart policies").
 */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

const DEFAULT_PERIOD_S = 300

/**
 * Whether the container is restarted in place. A container that ran for less than the restart attempt period is not.
 */
export function restartsAfter(
  { restartPolicy }: Wire<ContainerDefinition>,
  { since, at, exitCode }: { since: number; at: number; exitCode?: number },
): boolean {
  if (!restartPolicy?.enabled || exitCode === undefined) return false
  if (restartPolicy.ignoredExitCodes?.includes(exitCode)) return false
  return at - since >= (restartPolicy.restartAttemptPeriod ?? DEFAULT_PERIOD_S) * 1000
}
