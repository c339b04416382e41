/**
 * Changes that may deploy a service: who deploys is recorded in the release log, and with `?onBusy=reject` a change is
 * rejected while another deployment is in progress.
 *
 * A claim in the store, which all processes share, keeps two such changes from running at once. The claim is held until
 * ECS has the deployment and the log names it. A change without `onBusy=reject` needs no claim: it replaces the
 * deployment in progress, as ECS does.
 */
import { randomUUID } from 'node:crypto'
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { ReleaseLog } from '../history/release-log.ts'
import type { Caller } from '../http/caller.ts'
import { Conflict } from '../problems/problem.ts'
import { claimDeployments, removeClaim } from '../store/deployment-claims.ts'
import type { Store } from '../store/store.ts'
import { Type } from '../typebox/type.ts'
import { getService } from './get.ts'
import { isDeploying, primaryDeployment } from './primary-deployment.ts'
import { lifeOf, revisionArnOf, revisionOf } from './service-life.ts'
import type { ChangedService, ChangeOptions } from './update.ts'

/** Spread these into `query` and `later` of a route that deploys a service. */
export const onBusyQuery = {
  onBusy: Type.Enum(['supersede', 'reject'], {
    $id: 'OnBusy',
    default: 'supersede',
    description:
      'What happens when a deployment of the service is in progress: `supersede` replaces it, as ECS does; `reject` ' +
      'changes nothing, and the response is 409 `DeploymentInProgress`.',
  }),
}
export const onBusyNotYetAvailable = {
  onBusy: { now: ['supersede', 'reject'], later: ['queue'], what: 'waiting for another deployment' },
}

export interface DeployingDeps {
  releaseLog: ReleaseLog
  store: Store
}

/** The parts of a request that deploys a service. */
export interface DeployingCall {
  account: Account
  caller: Pick<Caller, 'name'>
  params: { cluster: string; service: string }
  query: { onBusy: 'supersede' | 'reject' }
  ifMatch: string | undefined
  firstTryAt: Date | undefined
}

type Change = (options: ChangeOptions) => Promise<ChangedService>

/** A change takes at most a minute: two calls to AWS, each with its wait for the request budget. */
const claimSeconds = 120
/** How long ECS may take to show a deployment made through this gateway. */
const unseenMs = 300_000

/**
 * Makes a change that may deploy the service, and records who deployed it.
 * @throws Conflict `DeploymentInProgress` with `?onBusy=reject`
 */
export async function changeAndRecord(
  deps: DeployingDeps,
  call: DeployingCall,
  change: Change,
): Promise<ChangedService> {
  const { account, caller, params, query, ifMatch, firstTryAt } = call
  const recorded = async (options: ChangeOptions) => {
    const changed = await change(options)
    await recordDeployment(deps.releaseLog, account, changed, caller.name)
    return changed
  }
  const options = { ifMatch, firstTryAt }
  if (query.onBusy !== 'reject') return recorded(options)
  const exclusive = {
    ...options,
    requireIdle: (current: Service) => requireIdle(deps.releaseLog, account, current),
  }
  // A repeated request takes no claim: its first try may have left one, which would refuse it.
  if (firstTryAt) return recorded(exclusive)
  const service = await getService(account, params.cluster, params.service)
  return whileClaimed(deps.store, account, service, caller.name, () => recorded(exclusive))
}

/** Records the deployment that a change has made, if it has made one. */
export async function recordDeployment(
  releaseLog: ReleaseLog,
  account: Account,
  { service, deploymentId, restoredFrom }: ChangedService,
  madeBy: string,
): Promise<void> {
  const deployment = service.deployments?.find(({ id }) => id === deploymentId)
  if (deploymentId === undefined || !deployment) return
  await releaseLog.recordOwnDeployment(lifeOf(account, service), {
    arn: revisionArnOf(service, deploymentId),
    createdAt: deployment.createdAt ?? new Date(),
    revision: revisionOf(service, deployment),
    madeBy,
    restoredFrom,
  })
}

async function whileClaimed<T>(
  store: Store,
  account: Account,
  service: Service,
  caller: string,
  work: () => Promise<T>,
): Promise<T> {
  const { account: scope, service: arn } = lifeOf(account, service)
  const claim = { account: scope, service: arn, id: randomUUID(), caller }
  const holder = await claimDeployments(store, claim, claimSeconds)
  if (holder) throw inProgress(service, { by: holder.caller, since: holder.since, id: undefined })
  try {
    return await work()
  } finally {
    // A claim that cannot be removed expires.
    await removeClaim(store, claim).catch(() => {})
  }
}

/**
 * Checks that no deployment of the service is in progress.
 * @throws Conflict `DeploymentInProgress`
 */
export async function requireIdle(releaseLog: ReleaseLog, account: Account, service: Service): Promise<void> {
  const life = lifeOf(account, service)
  const own = await releaseLog.newestOwnDeployment(life)
  const { deployments = [] } = service
  const primary = primaryDeployment(service)
  const isUnseen =
    own !== undefined &&
    own.created_at > (primary?.createdAt?.toISOString() ?? '') &&
    Date.now() - Date.parse(own.created_at) < unseenMs &&
    !deployments.some(({ id = '' }) => revisionArnOf(service, id) === own.revision)
  if (isUnseen)
    throw inProgress(service, { by: own.made_by, since: own.created_at, id: own.revision.replace(/^.*\//, 'ecs-svc/') })
  if (!primary || !isDeploying(service)) return
  const { id = '', createdAt = new Date() } = primary
  const by = await releaseLog.findMaker(life.account, revisionArnOf(service, id))
  throw inProgress(service, { by, since: createdAt.toISOString(), id })
}

interface OtherDeployment {
  /** The token's name; none for a deployment made elsewhere. */
  by: string | null | undefined
  since: string
  id: string | undefined
}

function inProgress({ serviceName }: Service, { by, since, id }: OtherDeployment): Conflict {
  const what = id === undefined ? 'A change' : `The deployment ${id}`
  const who = by ? `of the token ${by}` : 'made elsewhere'
  return new Conflict(
    'DeploymentInProgress',
    `${what} ${who} has been deploying the service ${serviceName} since ${since}, so this request changed nothing.`,
    {
      next: 'Repeat it when that deployment has ended, or with ?onBusy=supersede to replace it.',
      also: { deployment: { ...(id !== undefined && { id }), by: by ?? 'elsewhere', since } },
    },
  )
}
