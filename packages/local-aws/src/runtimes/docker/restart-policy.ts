/** ECS Developer Guide, "Restart individual containers in Amazon ECS tasks with container restart policies". */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

const DEFAULT_PERIOD_S = 300

/** Whether the container is started again in its place. One that ran for less than the period is not. */
export function restartsAfter(
  { restartPolicy }: Wire<ContainerDefinition>,
  { since, at, exitCode }: { since: number; at: number; exitCode?: number },
): boolean {
  if (!restartPolicy?.enabled || exitCode === undefined) return false
  if (restartPolicy.ignoredExitCodes?.includes(exitCode)) return false
  return at - since >= (restartPolicy.restartAttemptPeriod ?? DEFAULT_PERIOD_S) * 1000
}
