import type { RollbackRequest } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { applyPlan, confirmPlan } from '../plan.ts'
import { followRollout } from '../progress/follow-rollout.ts'
import { parseReleaseNumber } from '../release-number.ts'
import { changedServiceShape } from '../shapes/services.ts'

/** Restores a release: the one of `--to`, or else the newest stable one before the current release. */
export async function rollback(input: Input): Promise<number> {
  const { flags, out } = input
  const to = flags.text('to')
  const body: RollbackRequest =
    to === undefined
      ? {}
      : to.includes(':')
        ? { taskDefinition: to }
        : { release: parseReleaseNumber(to, input.args[0]) }
  const { account, ref } = await findService(input, input.args[0])
  const name = `${ref.cluster}/${ref.name}`
  const plan = await account.services.rollback(ref, body, { dryRun: true })
  const outcome = await confirmPlan(input, { heading: `Roll ${name} back to release ${plan.release}:`, plan })
  if (!outcome.isConfirmed) return outcome.exit
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
  await out.resource(changedServiceShape, await followRollout({ input, account, title, rollout, service }))
  return 0
}
