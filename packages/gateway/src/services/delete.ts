import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { checkIfMatch } from '../http/response/etag.ts'
import { NotFound } from '../problems/problem.ts'
import { clusterOf, getService, recordServiceWrite } from './get.ts'
import { toServiceResource } from './schema.ts'

/**
 * Deletes a service: sets its desired count to 0 and sends DeleteService. ECS then stops the tasks. A service that
 * already drains is left unchanged.
 * @param force sends DeleteService with `force`, without setting the count first
 * @throws NotFound `ServiceNotFound`
 * @throws PreconditionFailed when the service is not in the state that `ifMatch` names
 */
export async function deleteService(
  account: Account,
  cluster: string,
  ref: string,
  { force = false, ifMatch = undefined as string | undefined } = {},
): Promise<Service> {
  const before = await getService(account, cluster, ref)
  checkIfMatch(ifMatch, toServiceResource(before))
  if (before.status === 'DRAINING') return before
  const target = { cluster: clusterOf(before), service: before.serviceName! }
  if (!force && (before.desiredCount ?? 0) > 0) await account.ecs().updateService({ ...target, desiredCount: 0 })
  const { service } = await account
    .ecs()
    .deleteService({ ...target, force })
    .catch((error: unknown) => inactiveIfGone(error, before))
  // The response of DeleteService has no tags, and only a part of the deployment configuration.
  const after: Service = { ...service, deploymentConfiguration: before.deploymentConfiguration, tags: before.tags }
  recordServiceWrite(account, after, { before, fields: ['status', 'desiredCount'] })
  return after
}

/** For `catch`: the SDK retries a call whose response was lost. By the retry the service can already be deleted. */
function inactiveIfGone(error: unknown, before: Service): { service: Service } {
  if (error instanceof NotFound && error.code === 'ServiceNotFound')
    return { service: { ...before, status: 'INACTIVE', desiredCount: 0 } }
  throw error
}
