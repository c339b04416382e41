/**
 * Changes that may deploy a service. The release log records the name of the caller that deploys. With `?onBusy=reject`
 * a change is rejected while another deployment is in progress.
 *
 * A change with `onBusy=reject` holds a claim on the deployments of the service, so that only one such change runs at a
 * time. The claim is in the store, which all processes share. It is held until ECS has created the deployment and the
 * release log has recorded it. A change without `onBusy=reject` needs no claim: ECS replaces the deployment in
 * progress.
 */
import { randomUUID } from 'node:crypto'
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { ReleaseLog } from '../history/release-log.ts'
import type { Caller } from '../http/caller.ts'
import { Conflict } from '../problems/problem.ts'
import { claimDeployments, type DeploymentClaim, removeDeploymentClaim } from '../store/deployment-claims.ts'
import type { Store } from '../store/store.ts'
import { Type } from '../typebox/type.ts'
import { getService } from './get.ts'
import { isDeploying, primaryDeployment } from './primary-deployment.ts'
import { revisionArnOf, revisionOfDeployment, serviceIdentityOf } from './service-identity.ts'
import type { ChangedService, ChangeOptions } from './update.ts'

/** For the `query` of a route that deploys a service. */
export const onBusyQuery = {
  onBusy: Type.Enum(['supersede', 'reject'], {
    $id: 'OnBusy',
    default: 'supersede',
    description:
      'What happens when a deployment of the service is in progress: `supersede` replaces it, as ECS does; `reject` ' +
      'changes nothing, and the response is 409 `DeploymentInProgress`.',
  }),
}
/** For the `notYetAvailable` of a route that deploys a service. */
export const onBusyNotYetAvailable = {
  onBusy: { accepted: ['supersede', 'reject'], planned: ['queue'], feature: 'waiting for another deployment' },
}

export interface DeployingDeps {
  releaseLog: ReleaseLog
  store: Store
}

/** The parts of a request that deploys a service. */
export interface DeployingCall {
  account: Account
  caller: Pick<Caller, 'name'>
  auditEntryId: string | undefined
  params: { cluster: string; service: string }
  query: { onBusy: 'supersede' | 'reject' }
  ifMatch: string | undefined
  firstTryAt: Date | undefined
  clientToken: () => string | undefined
}

type Change = (options: ChangeOptions) => Promise<ChangedService>

/**
 * An unreleased claim expires after this time. A change takes at most half of it: two calls to AWS, and their waits.
 */
const claimSeconds = 120
/** ECS may take this long to show a deployment made through this gateway. */
const maxUnshownMs = 300_000

/**
 * Makes a change that may deploy the service, and records who deployed it.
 * @throws Conflict `DeploymentInProgress` with `?onBusy=reject`
 */
export async function changeAndRecord(
  deps: DeployingDeps,
  call: DeployingCall,
  change: Change,
): Promise<ChangedService> {
  const { params, query, ifMatch, firstTryAt } = call
  const changeThenRecord = async (options: ChangeOptions) => {
    const changed = await change(options)
    await recordDeployment(deps.releaseLog, call, changed)
    return changed
  }
  const options = { ifMatch, firstTryAt }
  if (query.onBusy !== 'reject') return changeThenRecord(options)
  const claim = new ServiceClaim(deps.store, call)
  try {
    // A repeated request claims later, and only when it deploys. If its first try has deployed, the repeat returns that
    // deployment, even while another change holds the claim.
    if (!firstTryAt) await claim.take(await getService(call.account, params.cluster, params.service))
    return await changeThenRecord({
      ...options,
      requireNoDeployment: async (current) => {
        await claim.take(current)
        await requireNoDeployment(deps.releaseLog, call.account, current)
      },
    })
  } finally {
    await claim.release()
  }
}

/**
 * Records the deployment that a change has made, if it has made one. `deploymentId` and `deployments` come from the
 * same response of ECS.
 */
export async function recordDeployment(
  releaseLog: ReleaseLog,
  { account, caller, auditEntryId }: Pick<DeployingCall, 'account' | 'caller' | 'auditEntryId'>,
  { service, deploymentId, restoredRelease }: ChangedService,
): Promise<void> {
  const deployment = service.deployments?.find(({ id }) => id === deploymentId)
  if (deploymentId === undefined || !deployment) return
  await releaseLog.recordGatewayDeployment(serviceIdentityOf(account, service), {
    arn: revisionArnOf(service, deploymentId),
    createdAt: deployment.createdAt ?? new Date(),
    revision: revisionOfDeployment(service, deployment),
    madeBy: caller.name,
    restoredRelease,
    auditEntryId,
  })
}

/** The claim of one request on the deployments of a service. */
class ServiceClaim {
  readonly #store: Store
  readonly #call: DeployingCall
  #held: DeploymentClaim | undefined

  constructor(store: Store, call: DeployingCall) {
    this.#store = store
    this.#call = call
  }

  /**
   * Takes the claim in the store, unless this request holds it already.
   * @throws Conflict `DeploymentInProgress` while another request holds it
   */
  async take(service: Service): Promise<void> {
    if (this.#held) return
    const { account, caller, clientToken } = this.#call
    const { account: scope, service: arn } = serviceIdentityOf(account, service)
    const id = `${clientToken() ?? randomUUID()}/${randomUUID()}` as const
    const claim = { account: scope, service: arn, id, caller: caller.name }
    const holder = await claimDeployments(this.#store, claim, claimSeconds)
    if (holder) throw deploymentInProgress(service, { madeBy: holder.caller, startedAt: holder.since, id: undefined })
    this.#held = claim
  }

  /** Removes the claim if it was taken. A claim that cannot be removed expires. */
  async release(): Promise<void> {
    if (this.#held) await removeDeploymentClaim(this.#store, this.#held).catch(() => {})
  }
}

/**
 * Checks that no deployment of the service is in progress, and that the newest one of the release log is not still
 * missing in ECS's description of the service.
 * @throws Conflict `DeploymentInProgress`
 */
export async function requireNoDeployment(releaseLog: ReleaseLog, account: Account, service: Service): Promise<void> {
  const identity = serviceIdentityOf(account, service)
  const newest = await releaseLog.findNewestGatewayDeployment(identity)
  const newestArn = newest?.revision
  const { deployments = [] } = service
  const primary = primaryDeployment(service)
  const isNotShownYet =
    newest !== undefined &&
    newest.created_at > (primary?.createdAt?.toISOString() ?? '') &&
    Date.now() - Date.parse(newest.created_at) < maxUnshownMs &&
    !deployments.some(({ id = '' }) => revisionArnOf(service, id) === newestArn)
  if (isNotShownYet)
    throw deploymentInProgress(service, {
      madeBy: newest.made_by,
      startedAt: newest.created_at,
      id: newestArn?.replace(/^.*\//, 'ecs-svc/'),
    })
  if (!primary || !isDeploying(service)) return
  const { id = '', createdAt = new Date() } = primary
  const madeBy = await releaseLog.findMaker(identity.account, revisionArnOf(service, id))
  throw deploymentInProgress(service, { madeBy, startedAt: createdAt.toISOString(), id })
}

interface OtherDeployment {
  /** The name of the caller that deploys; null or undefined for a deployment that was not made through the gateway. */
  madeBy: string | null | undefined
  startedAt: string
  id: string | undefined
}

/** @param other a deployment, or without an `id` a change that holds the claim and has not deployed yet */
function deploymentInProgress({ serviceName }: Service, other: OtherDeployment): Conflict {
  const { madeBy, startedAt, id } = other
  const change = id === undefined ? 'A change' : `The deployment ${id}`
  const maker = madeBy ? `of the token ${madeBy}` : 'made elsewhere'
  return new Conflict(
    'DeploymentInProgress',
    `${change} ${maker} has been deploying the service ${serviceName} since ${startedAt}, ` +
      'so this request changed nothing.',
    {
      next: 'Repeat it when that deployment has ended, or with ?onBusy=supersede to replace it.',
      extensionMembers: {
        deployment: { ...(id !== undefined && { id }), by: madeBy ?? 'elsewhere', since: startedAt },
      },
    },
  )
}
