/**
 * The releases of a service: the gateway reads its deployments and service revisions from ECS and stores them in the
 * release log. Each read stores all that ECS returns: the deployments of the last 90 days. So no release is missing
 * when a service's releases are read at least once in 90 days.
 */
import type { Service, ServiceDeploymentBrief, ServiceRevision } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { mapInBatches } from '../aws/reads/paging.ts'
import type { ReleaseLog, ReleaseSummary, SeenRevision, ServiceIdentity } from '../history/release-log.ts'
import { readUnlessUnsupported, type UnavailablePart } from '../http/unavailable-parts.ts'
import { collectBriefs, describeDeployments, isFinished } from '../services/deployments.ts'
import { primaryDeployment } from '../services/primary-deployment.ts'
import { revisionArnOf, revisionOfDeployment, serviceIdentityOf } from '../services/service-identity.ts'
import type { DeploymentEnd } from '../store/audit-records.ts'
import { outcomeOfBrief, outcomeOfDeployment } from './outcome.ts'

export interface CollectedReleases {
  service: Service
  identity: ServiceIdentity
  /** The highest number first. */
  releases: ReleaseSummary[]
  /**
   * The ARN of the current revision: the newest deployment deploys it, or ECS has rolled that deployment back to it.
   */
  currentArn: string | undefined
  /** The ARNs of the revisions whose deployments ECS shows. */
  shownArns: ReadonlySet<string>
  unavailable: UnavailablePart[]
}

/** ECS describes at most this many revisions in a call. */
const maxRevisionsPerCall = 20
/** ECS does not describe older revisions (API Reference, DescribeServiceRevisions). */
const oldestDescribed = Date.parse('2024-10-25')

/**
 * Reads the deployments of the service, stores what is new, and returns all releases.
 * @throws Unavailable `StoreUnavailable`
 */
export async function collectReleases(
  account: Account,
  service: Service,
  releaseLog: ReleaseLog,
): Promise<CollectedReleases> {
  const identity = serviceIdentityOf(account, service)
  const unavailable: UnavailablePart[] = []
  const [listed, known] = await Promise.all([
    readUnlessUnsupported('releases', unavailable, () => collectBriefs(account, service)),
    releaseLog.listReleases(identity),
  ])
  const briefs = listed ?? []
  const outcomes = outcomesOf(service, briefs)
  const finalArns = new Set(known.filter(({ is_final }) => is_final === 1).map(({ revision }) => revision))
  const notFinalArns = [...outcomes.keys()].filter((arn) => !finalArns.has(arn))
  const described = await readUnlessUnsupported('configuration', unavailable, () =>
    describeRevisions(
      account,
      notFinalArns.filter((arn) => outcomes.get(arn)!.createdAt.getTime() >= oldestDescribed),
    ),
  )
  const isOpen = new Set(notFinalArns)
  const ends = listed ? endsOf(listed) : endsOfDescribed(outcomes)
  await releaseLog.endDeployments(ends.filter(({ revision }) => isOpen.has(revision)))
  const seen = notFinalArns.map((arn) => seenRevision(service, arn, outcomes.get(arn)!, described?.get(arn)))
  const releases = await releaseLog.saveSeenRevisions(identity, seen)
  return {
    service,
    identity,
    releases,
    shownArns: new Set(outcomes.keys()),
    currentArn: await findCurrentRevisionArn(account, service, briefs, unavailable),
    unavailable,
  }
}

interface RevisionOutcome {
  createdAt: Date
  outcome: SeenRevision['outcome']
  isFinal: boolean
}

/** The outcomes of all revisions that ECS shows, by ARN. */
function outcomesOf(service: Service, briefs: readonly ServiceDeploymentBrief[]): Map<string, RevisionOutcome> {
  const outcomes = new Map<string, RevisionOutcome>()
  const ordered = [...briefs].sort((a, b) => timeOf(a) - timeOf(b))
  for (const [i, brief] of ordered.entries()) {
    const arn = brief.targetServiceRevisionArn
    if (arn === undefined) continue
    const earlier = outcomes.get(arn)
    // A rollback by ECS deploys a revision a second time. A revision that was stable once stays `stable`.
    if (earlier?.outcome === 'stable') continue
    const outcome = outcomeOfBrief(brief, { isReplaced: i < ordered.length - 1 })
    const createdAt = earlier?.createdAt ?? brief.createdAt ?? new Date(0)
    outcomes.set(arn, { createdAt, outcome, isFinal: isFinished(brief) })
  }
  // The list of deployments lacks those older than 90 days, and may lack those that were made just now.
  for (const deployment of service.deployments ?? []) {
    const arn = revisionArnOf(service, deployment.id ?? '')
    if (outcomes.has(arn)) continue
    outcomes.set(arn, {
      createdAt: deployment.createdAt ?? new Date(0),
      outcome: outcomeOfDeployment(deployment),
      isFinal: false,
    })
  }
  return outcomes
}

/** The ends of all ended deployments, oldest first. ECS may deploy a revision again: only the first end counts. */
function endsOf(briefs: readonly ServiceDeploymentBrief[]): DeploymentEnd[] {
  const ordered = [...briefs].sort((a, b) => timeOf(a) - timeOf(b))
  return ordered.flatMap((brief, i) => {
    const { targetServiceRevisionArn: revision, serviceDeploymentArn, statusReason, finishedAt } = brief
    if (revision === undefined || !isFinished(brief)) return []
    return {
      revision,
      outcome: outcomeOfBrief(brief, { isReplaced: i < ordered.length - 1 }),
      deployment: serviceDeploymentArn && shortName(serviceDeploymentArn),
      outcome_reason: statusReason ?? null,
      ended_at: finishedAt?.toISOString() ?? null,
    }
  })
}

/** The ends of deployments that only the service's description shows: on endpoints without service deployments. */
function endsOfDescribed(outcomes: ReadonlyMap<string, RevisionOutcome>): DeploymentEnd[] {
  return [...outcomes]
    .filter(([, { outcome }]) => outcome !== 'under-way')
    .map(([revision, { outcome }]) => ({ revision, outcome, outcome_reason: null, ended_at: null }))
}

function seenRevision(
  service: Service,
  arn: string,
  { createdAt, outcome, isFinal }: RevisionOutcome,
  described: ServiceRevision | undefined,
): SeenRevision {
  const deployment = service.deployments?.find(({ id = '' }) => revisionArnOf(service, id) === arn)
  const revision = described ?? (deployment && revisionOfDeployment(service, deployment))
  return {
    arn,
    createdAt: described?.createdAt ?? createdAt,
    outcome,
    isFinal: isFinal && described !== undefined,
    revision,
  }
}

async function describeRevisions(account: Account, arns: readonly string[]): Promise<Map<string, ServiceRevision>> {
  const revisions = await mapInBatches(arns, maxRevisionsPerCall, async (batch) => {
    const { serviceRevisions = [] } = await account.ecs().describeServiceRevisions({ serviceRevisionArns: batch })
    return serviceRevisions
  })
  return new Map(revisions.map((revision) => [revision.serviceRevisionArn ?? '', revision]))
}

async function findCurrentRevisionArn(
  account: Account,
  service: Service,
  briefs: readonly ServiceDeploymentBrief[],
  unavailable: UnavailablePart[],
): Promise<string | undefined> {
  const primary = primaryDeployment(service)
  const primaryArn = primary?.id === undefined ? undefined : revisionArnOf(service, primary.id)
  const newest = briefs.reduce<ServiceDeploymentBrief | undefined>(
    (last, brief) => (last && timeOf(last) >= timeOf(brief) ? last : brief),
    undefined,
  )
  if (!newest || timeOf(newest) < (primary?.createdAt?.getTime() ?? 0)) return primaryArn
  if (!newest.status?.startsWith('ROLLBACK_')) return newest.targetServiceRevisionArn
  const [deployment] =
    (await readUnlessUnsupported('isCurrent', unavailable, () =>
      describeDeployments(account, [newest.serviceDeploymentArn ?? '']),
    )) ?? []
  return deployment?.rollback?.serviceRevisionArn ?? newest.targetServiceRevisionArn
}

function timeOf({ createdAt }: ServiceDeploymentBrief): number {
  return createdAt?.getTime() ?? 0
}
