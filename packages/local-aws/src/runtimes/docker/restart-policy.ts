/**
 * The restart policy of containers (ECS Developer Guide, "Restart individual containers in Amazon ECS tasks with
 * container restart policies").
 */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'

const DEFAULT_PERIOD_S = 300

/**
 * Whether the container is restarted in place. To be restarted, it must have run for the restart attempt period.
 * @param exit the times of the container's start and exit, in milliseconds since 1970; `exitCode` is undefined when it
 * is not known
 */
export function shouldRestartAfter(
  { restartPolicy }: AwsJson<ContainerDefinition>,
  exit: { startedAt: number; exitedAt: number; exitCode: number | undefined },
): boolean {
  const { startedAt, exitedAt, exitCode } = exit
  if (!restartPolicy?.enabled || exitCode === undefined) return false
  if (restartPolicy.ignoredExitCodes?.includes(exitCode)) return false
  return exitedAt - startedAt >= (restartPolicy.restartAttemptPeriod ?? DEFAULT_PERIOD_S) * 1000
}
