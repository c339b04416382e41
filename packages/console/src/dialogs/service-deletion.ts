import type { Service } from '@ecs-api/client'
import { type ApiRequest, servicePath } from '../actions.ts'

/** The request that deletes a service. One with tasks is forced: ECS stops them. */
export function serviceDeletion(account: string, { cluster, name, desiredCount, runningCount }: Service): ApiRequest {
  const path = servicePath(account, cluster, name)
  return { method: 'DELETE', path: desiredCount + runningCount > 0 ? `${path}?force=true` : path }
}
