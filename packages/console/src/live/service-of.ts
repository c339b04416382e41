import type { Task } from '@ecs-api/client'

/** The service that runs a task; undefined for a task that runs by itself. */
export function serviceOf({ group }: Task): string | undefined {
  return group?.startsWith('service:') ? group.slice('service:'.length) : undefined
}
