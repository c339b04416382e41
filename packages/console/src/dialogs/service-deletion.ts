import type { Service } from '@ecs-api/client'
import { type ApiRequest, servicePath } from '../actions.ts'

/** The request that deletes a service. Where the service has tasks, the deletion is forced, and ECS stops the tasks. */
export function serviceDeletion(account: string, { cluster, name, desiredCount, runningCount }: Service): ApiRequest {
  const path = servicePath(account, cluster, name)
  return { method: 'DELETE', path: desiredCount + runningCount > 0 ? `${path}?force=true` : path }
}
