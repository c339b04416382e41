import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { requireMatch } from '../http/etag.ts'
import { NotFound } from '../problems/problem.ts'
import { clusterOf, getService, recordService } from './get.ts'
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
  const before = await getService(account, cluster, ref)
  requireMatch(ifMatch, presentService(before))
  if (before.status === 'DRAINING') return before
  const target = { cluster: clusterOf(before), service: before.serviceName! }
  if (!force && (before.desiredCount ?? 0) > 0) await account.ecs().updateService({ ...target, desiredCount: 0 })
  const { service } = await account
    .ecs()
    .deleteService({ ...target, force })
    .catch((error: unknown) => goneAlready(error, before))
  // The answer of DeleteService has no tags, and the deployment configuration only in part.
  const after: Service = { ...service, deploymentConfiguration: before.deploymentConfiguration, tags: before.tags }
  recordService(account, after, { before, fields: ['status', 'desiredCount'] })
  return after
}

/** It was there a moment ago: when the answer to a first try was lost, the second finds it drained already. */
function goneAlready(error: unknown, before: Service): { service: Service } {
  if (error instanceof NotFound && error.code === 'ServiceNotFound')
    return { service: { ...before, status: 'INACTIVE', desiredCount: 0 } }
  throw error
}
