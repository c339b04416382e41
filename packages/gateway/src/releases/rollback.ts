import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import type { ReleaseLog } from '../history/release-log.ts'
import type { Caller } from '../http/caller.ts'
import { checkIfMatch } from '../http/response/etag.ts'
import { recordPlannedCalls } from '../plans/planning-account.ts'
import { Conflict } from '../problems/problem.ts'
import { getService } from '../services/get.ts'
import { toServiceResource } from '../services/schema.ts'
import { type ChangedService, type ChangeOptions, requireAllowedDeployment, updateService } from '../services/update.ts'
import { definitionNameOf } from '../task-definitions/get.ts'
import { registerRevision } from '../task-definitions/register.ts'
import { collectReleases } from './collect.ts'
import { findEarlierRollback } from './earlier-rollback.ts'
import { endedTasksWarning } from './ended-tasks.ts'
import { deploysAnything, planRollback, type RollbackPlan } from './plan.ts'
import type { RollbackTarget } from './rollback-body.ts'

/** The service to roll back, which the path names, and the release that the body names. */
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
  const plan = await planAndCheck(request, current, options, releaseLog)
  const changed = await applyPlan(account, current, plan)
  return changed
    ? { ...changed, restoredRelease: plan.release.number ?? undefined }
    : { service: current, deploymentId: undefined }
}

/** Undefined when the release runs already. */
async function applyPlan(
  account: Account,
  current: Service,
  { definitionToRegister, update }: RollbackPlan,
): Promise<ChangedService | undefined> {
  if (!deploysAnything({ definitionToRegister, update })) return undefined
  const registered = definitionToRegister && {
    taskDefinition: definitionNameOf(await registerRevision(account, definitionToRegister)),
  }
  return updateService(account, current, { ...registered, ...update })
}

/** Plans a rollback and makes all checks of the rollback. Changes nothing in AWS. */
async function planAndCheck(
  { account, caller, target }: RollbackRequest,
  current: Service,
  { ifMatch, requireNoDeployment }: Pick<ChangeOptions, 'ifMatch' | 'requireNoDeployment'>,
  releaseLog: ReleaseLog,
): Promise<RollbackPlan> {
  checkIfMatch(ifMatch, toServiceResource(current))
  requireSupported(current)
  const plan = await planRollback(
    account,
    caller,
    await collectReleases(account, current, releaseLog),
    target,
    releaseLog,
  )
  const { definitionToRegister, update } = plan
  account.guardrails.requireAllowed('UpdateService', update)
  if (definitionToRegister) account.guardrails.requireAllowed('RegisterTaskDefinition', definitionToRegister)
  else await requireAllowedDeployment(account, current, update)
  if (deploysAnything(plan)) await requireNoDeployment?.(current)
  return plan
}

/**
 * Plans a rollback for `?dryRun=true`, and checks the planned calls against ECS's rules. The plan has a warning when
 * the tasks of the release ended by themselves soon after their start.
 */
export async function planRollbackForDryRun(
  request: RollbackRequest,
  current: Service,
  options: Pick<ChangeOptions, 'ifMatch' | 'requireNoDeployment'>,
  { releaseLog, history }: { releaseLog: ReleaseLog; history: History },
): Promise<RollbackPlan> {
  const { account } = request
  const plan = await planAndCheck(request, current, options, releaseLog)
  await recordPlannedCalls(account, (planningAccount) => applyPlan(planningAccount, current, plan))
  const warning = await endedTasksWarning(account, current, plan.release, history)
  return warning === undefined ? plan : { ...plan, warnings: [warning, ...plan.warnings] }
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
