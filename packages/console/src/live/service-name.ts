import type { Task } from '@ecs-api/client'

/** The name of the service that started a task; undefined for a task that no service started. */
export function serviceNameOf({ group }: Task): string | undefined {
  return group?.startsWith('service:') ? group.slice('service:'.length) : undefined
}
