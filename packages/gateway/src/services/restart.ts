import type { Account } from '../aws/account.ts'
import { checkIfMatch } from '../http/response/etag.ts'
import { getService } from './get.ts'
import { toServiceResource } from './schema.ts'
import {
  type ChangedService,
  type ChangeOptions,
  findDeploymentSince,
  requireAllowedDeployment,
  updateService,
} from './update.ts'

/**
 * Starts a new deployment of the service's current task definition. A repeated request returns the deployment that its
 * first try has started since `firstTryAt`.
 * @throws NotFound `ServiceNotFound`
 * @throws PreconditionFailed when the service is not in the state that `ifMatch` names
 * @throws Conflict `DeploymentInProgress` with `?onBusy=reject`
 * @throws Forbidden `GuardrailBroken` when the guardrails no longer allow the task definition
 */
export async function restartService(
  account: Account,
  cluster: string,
  nameOrArn: string,
  { ifMatch, firstTryAt, requireNoDeployment }: ChangeOptions,
): Promise<ChangedService> {
  const current = await getService(account, cluster, nameOrArn)
  const earlierId = findDeploymentSince(current, firstTryAt)
  if (earlierId !== undefined) return { service: current, deploymentId: earlierId }
  checkIfMatch(ifMatch, toServiceResource(current))
  await requireAllowedDeployment(account, current, { forceNewDeployment: true })
  await requireNoDeployment?.(current)
  return updateService(account, current, { forceNewDeployment: true })
}
