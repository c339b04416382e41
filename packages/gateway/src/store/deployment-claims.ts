/**
 * Claims on the deployments of a service: all SQL of the table `deployment_claims`. While a change has the claim, no
 * other change with `?onBusy=reject` begins, in any process.
 */
import { secondsFromNow } from './clock.ts'
import type { Store } from './store.ts'

export interface DeploymentClaim {
  account: string
  /** The ARN of the service. */
  service: string
  /** Random: only the change that made the claim removes it. */
  id: string
  caller: string
}

/**
 * Claims the deployments of a service for some seconds.
 * @returns undefined when the claim is made, else the caller who has it, and since when
 */
export async function claimDeployments(
  store: Store,
  claim: DeploymentClaim,
  seconds: number,
): Promise<{ caller: string; since: string } | undefined> {
  const { db, kind } = store
  const { account, service } = claim
  const ended = db.deleteFrom('deployment_claims').where('account', '=', account).where('service', '=', service)
  await ended.where('held_until', '<', secondsFromNow[kind](0)).execute()
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('deployment_claims')
    .values({ ...claim, since: secondsFromNow[kind](0), held_until: secondsFromNow[kind](seconds) })
    .onConflict((conflict) => conflict.columns(['account', 'service']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 1n) return undefined
  const held = db.selectFrom('deployment_claims').select(['caller', 'since']).where('account', '=', account)
  // The other change may have ended meanwhile.
  const holder = await held.where('service', '=', service).executeTakeFirst()
  return holder ?? claimDeployments(store, claim, seconds)
}

export async function removeClaim({ db }: Store, { account, service, id }: DeploymentClaim): Promise<void> {
  const claims = db.deleteFrom('deployment_claims').where('account', '=', account).where('service', '=', service)
  await claims.where('id', '=', id).execute()
}
