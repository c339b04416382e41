/**
 * Claims on the deployments of a service: all SQL of the table `deployment_claims`. While a change holds the claim of a
 * service, no process begins another change of it with `?onBusy=reject`.
 */
import { secondsFromNow } from './clock.ts'
import type { Store } from './store.ts'

export interface DeploymentClaim {
  account: string
  /** The ARN of the service. */
  service: string
  /** `REQUEST/TRY`. A request keeps the first part in its repeats; only the try that made the claim removes it. */
  id: `${string}/${string}`
  caller: string
}

/**
 * Claims the deployments of a service for some seconds. A claim of an earlier try of the same request is replaced.
 * @returns undefined when the claim is made; else the caller who holds the claim, and since when
 */
export async function claimDeployments(
  store: Store,
  claim: DeploymentClaim,
  seconds: number,
): Promise<{ caller: string; since: string } | undefined> {
  const { db, kind } = store
  const { account, service, id } = claim
  const [request = ''] = id.split('/')
  const claimsOfService = db
    .deleteFrom('deployment_claims')
    .where('account', '=', account)
    .where('service', '=', service)
  await claimsOfService
    .where(({ or, eb }) => or([eb('held_until', '<', secondsFromNow[kind](0)), eb('id', 'like', `${request}/%`)]))
    .execute()
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('deployment_claims')
    .values({ ...claim, since: secondsFromNow[kind](0), held_until: secondsFromNow[kind](seconds) })
    .onConflict((conflict) => conflict.columns(['account', 'service']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 1n) return undefined
  const currentClaim = db.selectFrom('deployment_claims').select(['caller', 'since']).where('account', '=', account)
  // Undefined when the other change has ended meanwhile.
  const holder = await currentClaim.where('service', '=', service).executeTakeFirst()
  return holder ?? claimDeployments(store, claim, seconds)
}

export async function removeDeploymentClaim({ db }: Store, { account, service, id }: DeploymentClaim): Promise<void> {
  const claims = db.deleteFrom('deployment_claims').where('account', '=', account).where('service', '=', service)
  await claims.where('id', '=', id).execute()
}
