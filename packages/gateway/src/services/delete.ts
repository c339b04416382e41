import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { requireMatch } from '../http/etag.ts'
import { clusterOf, lookAtService, noteService } from './look.ts'
import { presentService } from './schema.ts'

/**
 * Deletes a service: its count goes to zero, ECS drains it. One that drains already stays as it is.
 * @param force ECS's own: the service goes though it is scaled above zero
 */
export async function deleteService(
  account: Account,
  cluster: string,
  ref: string,
  { force = false, ifMatch = undefined as string | undefined } = {},
): Promise<Service> {
  const before = await lookAtService(account, cluster, ref)
  requireMatch(ifMatch, presentService(before))
  if (before.status === 'DRAINING') return before
  const target = { cluster: clusterOf(before), service: before.serviceName! }
  if (!force && (before.desiredCount ?? 0) > 0) await account.ecs().updateService({ ...target, desiredCount: 0 })
  const { service } = await account.ecs().deleteService({ ...target, force })
  const after: Service = { ...service, tags: before.tags }
  noteService(account, after, { before, fields: ['status', 'desiredCount'] })
  return after
}
