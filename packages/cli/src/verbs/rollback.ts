import type { AccountClient, RollbackPlan, RollbackRequest } from '@ecs-api/client'
import { printChangedService } from '../changed-service.ts'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { flagOrArgument } from '../flag-or-argument.ts'
import { containersOfDefinition, withKnownValues } from '../hidden-values.ts'
import { applyPlan, showPlanAndConfirm } from '../plan.ts'
import { followRollout } from '../progress/follow-rollout.ts'
import { parseReleaseNumber } from '../release-number.ts'

/** Restores a release: the named one, or else the newest stable one before the current release. */
export async function rollback(input: CommandInput): Promise<number> {
  const { flags, out } = input
  const to = flagOrArgument(flags, 'to', input.args[1])
  const body: RollbackRequest =
    to === undefined
      ? {}
      : to.includes(':')
        ? { taskDefinition: to }
        : { release: parseReleaseNumber(to, input.args[0]) }
  const { account, ref } = await findService(input, input.args[0])
  const name = `${ref.cluster}/${ref.name}`
  const plan = await account.services.rollback(ref, body, { dryRun: true })
  const shownPlan = flags.isSet('show-values') ? await withValues(account, ref, plan) : plan
  const heading = `Roll ${name} back to release ${plan.release}:`
  const outcome = await showPlanAndConfirm(input, { heading, plan: shownPlan })
  if (!outcome.isConfirmed) return outcome.exitCode
  const rollout = await applyPlan(input, {
    name,
    apply: () => account.services.rollback(ref, body, { ifMatch: plan.configVersion }),
    readPlan: () => account.services.rollback(ref, body, { dryRun: true }),
  })
  const { service } = rollout
  if (flags.isSet('detach')) {
    const deployment = await rollout.deploymentId()
    await out.valueOrLines({ deployment }, [deployment ?? 'none'], { name })
    return 0
  }
  const title = `Rolling ${name} back to release ${plan.release}`
  await printChangedService(out, account, await followRollout({ input, account, title, rollout, service }))
  return 0
}

/** The rollback registers the definition of the release, with digests in place of tags, so its values are the same. */
async function withValues(
  account: AccountClient,
  ref: { cluster: string; name: string },
  plan: RollbackPlan,
): Promise<RollbackPlan> {
  const [service, release] = await Promise.all([
    account.services.get(ref, { fresh: true }),
    account.releases.get(ref, plan.release),
  ])
  const from = await containersOfDefinition(account, service.taskDefinition)
  const to = await containersOfDefinition(account, release.taskDefinition)
  return { ...plan, changes: withKnownValues(plan.changes, { from, to }) }
}
