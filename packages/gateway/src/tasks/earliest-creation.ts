/** Tells the tasks of a service from the tasks of a deleted service of the same name. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'

/** On AWS the creation times of a service and of its first task come from different clocks. */
const clockSlackMs = 5000

/**
 * The time from which on tasks with the service's name belong to it, in milliseconds since 1970. Older tasks belong to
 * a deleted service.
 */
export function earliestTaskCreation({ mode }: Pick<Account, 'mode'>, { createdAt = new Date(0) }: Service): number {
  return Math.max(0, createdAt.getTime() - (mode === 'local' ? 0 : clockSlackMs))
}
