import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { ReleaseLog } from '../history/release-log.ts'
import type { Caller } from '../http/caller.ts'
import { requireMatch } from '../http/etag.ts'
import { recordCalls } from '../plans/planning-account.ts'
import { Conflict } from '../problems/problem.ts'
import { getService } from '../services/get.ts'
import { presentService } from '../services/schema.ts'
import { type ChangedService, type ChangeOptions, requireAllowedDeployment, updateService } from '../services/update.ts'
import { nameOf } from '../task-definitions/get.ts'
import { registerRevision } from '../task-definitions/register.ts'
import { collectReleases } from './collect.ts'
import { findEarlierRollback } from './earlier-rollback.ts'
import { planRollback, type RollbackPlan } from './plan.ts'
import type { RollbackTarget } from './rollback-body.ts'

/** The service to roll back, as the path names it, and the release that the body names. */
export interface RollbackRequest {
  account: Account
  caller: Pick<Caller, 'mayUseFamily'>
  cluster: string
  ref: string
  target: RollbackTarget
}

/**
 * Restores a release in one deployment. When the release runs already, nothing is deployed.
 * @throws NotFound `ServiceNotFound`
 * @throws BadRequest `ReleaseNotFound` with the pointer of the body
 * @throws PreconditionFailed when the service is not in the state that `ifMatch` names
 * @throws Conflict `NoReleaseToRestore`, `ReleaseIncomplete`, `RollbackNotSupported`, and `DeploymentInProgress` with
 *   `?onBusy=reject`
 * @throws Forbidden `OutsideFence`, `GuardrailBroken`
 */
export async function rollbackService(
  request: RollbackRequest,
  options: ChangeOptions,
  releaseLog: ReleaseLog,
): Promise<ChangedService> {
  const { account, cluster, ref } = request
  const current = await getService(account, cluster, ref)
  const { firstTryAt } = options
  const earlier = firstTryAt && (await findEarlierRollback({ ...request, firstTryAt }, current, releaseLog))
  if (earlier) return earlier
  const plan = await checkedPlan(request, current, options, releaseLog)
  const changed = await applyPlan(account, current, plan)
  return changed
    ? { ...changed, restoredFrom: plan.target.number ?? undefined }
    : { service: current, deploymentId: undefined }
}

/** Undefined when the release runs already. */
async function applyPlan(
  account: Account,
  current: Service,
  { register, update }: RollbackPlan,
): Promise<ChangedService | undefined> {
  if (!register && Object.keys(update).length === 0) return undefined
  const registered = register && { taskDefinition: nameOf(await registerRevision(account, register)) }
  return updateService(account, current, { ...registered, ...update })
}

/** The plan of a rollback, after all checks that the rollback itself makes. Changes nothing. */
async function checkedPlan(
  { account, caller, target }: RollbackRequest,
  current: Service,
  { ifMatch, requireIdle }: Pick<ChangeOptions, 'ifMatch' | 'requireIdle'>,
  releaseLog: ReleaseLog,
): Promise<RollbackPlan> {
  requireMatch(ifMatch, presentService(current))
  requireSupported(current)
  const plan = await planRollback(
    account,
    caller,
    await collectReleases(account, current, releaseLog),
    target,
    releaseLog,
  )
  const { register, update } = plan
  account.requireAllowed('UpdateService', update)
  if (register) account.requireAllowed('RegisterTaskDefinition', register)
  else await requireAllowedDeployment(account, current, update)
  if (register || Object.keys(update).length > 0) await requireIdle?.(current)
  return plan
}

/** The plan of a rollback, checked also as ECS checks its calls. */
export async function plannedRollback(
  request: RollbackRequest,
  current: Service,
  options: Pick<ChangeOptions, 'ifMatch' | 'requireIdle'>,
  releaseLog: ReleaseLog,
): Promise<RollbackPlan> {
  const plan = await checkedPlan(request, current, options, releaseLog)
  await recordCalls(request.account, (planning) => applyPlan(planning, current, plan))
  return plan
}

function requireSupported({ serviceName, deploymentController }: Service): void {
  const type = deploymentController?.type ?? 'ECS'
  if (type === 'ECS') return
  throw new Conflict(
    'RollbackNotSupported',
    `The deployment controller ${type} deploys the service ${serviceName}, and ECS cannot roll it back.`,
    { next: 'Roll back with the tool that deploys the service.' },
  )
}
