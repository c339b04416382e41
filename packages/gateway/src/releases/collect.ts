/**
 * The releases of a service: what ECS shows of its deployments and service revisions, stored in the release log. Each
 * read stores everything that ECS keeps. ECS keeps 90 days, so one read in 90 days leaves no gap.
 */
import type { Service, ServiceDeploymentBrief, ServiceRevision } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { inBatches } from '../aws/reads/paging.ts'
import type { ReleaseHead, ReleaseLog, SeenRevision, ServiceIdentity } from '../history/release-log.ts'
import { readIfOffered, type UnavailablePart } from '../http/unavailable-parts.ts'
import { collectBriefs, describeDeployments, isFinished } from '../services/deployments.ts'
import { primaryDeployment } from '../services/primary-deployment.ts'
import { identityOf, revisionArnOf, revisionOf } from '../services/service-identity.ts'
import { outcomeOf, outcomeOfDeployment } from './outcome.ts'

export interface CollectedReleases {
  service: Service
  life: ServiceIdentity
  /** The highest number first. */
  releases: ReleaseHead[]
  /** The ARN of the revision that the newest deployment targets; after ECS's own rollback, of the one it restored. */
  current: string | undefined
  unavailable: UnavailablePart[]
}

/** ECS describes at most this many revisions in a call. */
const maxDescribed = 20
/** ECS does not describe older revisions (API Reference, DescribeServiceRevisions). */
const describedSince = Date.parse('2024-10-25')

/**
 * Reads the deployments of the service, stores what is new, and returns all releases.
 * @throws Unavailable `StoreUnavailable`
 */
export async function collectReleases(
  account: Account,
  service: Service,
  releaseLog: ReleaseLog,
): Promise<CollectedReleases> {
  const life = identityOf(account, service)
  const unavailable: UnavailablePart[] = []
  const [briefs = [], known] = await Promise.all([
    readIfOffered('releases', unavailable, () => collectBriefs(account, service)),
    releaseLog.releases(life),
  ])
  const outcomes = outcomesOf(service, briefs)
  const finalArns = new Set(known.filter(({ is_final }) => is_final === 1).map(({ revision }) => revision))
  const notFinalArns = [...outcomes.keys()].filter((arn) => !finalArns.has(arn))
  const described = await readIfOffered('configuration', unavailable, () =>
    describeRevisions(
      account,
      notFinalArns.filter((arn) => outcomes.get(arn)!.createdAt.getTime() >= describedSince),
    ),
  )
  const seen = notFinalArns.map((arn) => seenRevision(service, arn, outcomes.get(arn)!, described?.get(arn)))
  const releases = await releaseLog.save(life, seen)
  return { service, life, releases, current: await currentRevision(account, service, briefs, unavailable), unavailable }
}

interface SeenOutcome {
  createdAt: Date
  outcome: SeenRevision['outcome']
  isFinal: boolean
}

/** The outcomes of all revisions that ECS shows, by ARN. */
function outcomesOf(service: Service, briefs: readonly ServiceDeploymentBrief[]): Map<string, SeenOutcome> {
  const outcomes = new Map<string, SeenOutcome>()
  const ordered = [...briefs].sort((a, b) => timeOf(a) - timeOf(b))
  for (const [i, brief] of ordered.entries()) {
    const arn = brief.targetServiceRevisionArn
    if (arn === undefined) continue
    const before = outcomes.get(arn)
    // ECS's own rollback deploys a revision again. A revision that was stable once stays `stable`.
    if (before?.outcome === 'stable') continue
    const outcome = outcomeOf(brief, i < ordered.length - 1)
    const createdAt = before?.createdAt ?? brief.createdAt ?? new Date(0)
    outcomes.set(arn, { createdAt, outcome, isFinal: isFinished(brief) })
  }
  // Deployments that the list does not show: those older than 90 days, and those that were made just now.
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

function seenRevision(
  service: Service,
  arn: string,
  { createdAt, outcome, isFinal }: SeenOutcome,
  described: ServiceRevision | undefined,
): SeenRevision {
  const deployment = service.deployments?.find(({ id = '' }) => revisionArnOf(service, id) === arn)
  const revision = described ?? (deployment && revisionOf(service, deployment))
  return {
    arn,
    createdAt: described?.createdAt ?? createdAt,
    outcome,
    isFinal: isFinal && described !== undefined,
    revision,
  }
}

async function describeRevisions(account: Account, arns: readonly string[]): Promise<Map<string, ServiceRevision>> {
  const revisions = await inBatches(arns, maxDescribed, async (batch) => {
    const { serviceRevisions = [] } = await account.ecs().describeServiceRevisions({ serviceRevisionArns: batch })
    return serviceRevisions
  })
  return new Map(revisions.map((revision) => [revision.serviceRevisionArn ?? '', revision]))
}

async function currentRevision(
  account: Account,
  service: Service,
  briefs: readonly ServiceDeploymentBrief[],
  unavailable: UnavailablePart[],
): Promise<string | undefined> {
  const primary = primaryDeployment(service)
  const ofPrimary = primary?.id === undefined ? undefined : revisionArnOf(service, primary.id)
  const newest = briefs.reduce<ServiceDeploymentBrief | undefined>(
    (last, brief) => (last && timeOf(last) >= timeOf(brief) ? last : brief),
    undefined,
  )
  if (!newest || timeOf(newest) < (primary?.createdAt?.getTime() ?? 0)) return ofPrimary
  if (!newest.status?.startsWith('ROLLBACK_')) return newest.targetServiceRevisionArn
  const [deployment] =
    (await readIfOffered('isCurrent', unavailable, () =>
      describeDeployments(account, [newest.serviceDeploymentArn ?? '']),
    )) ?? []
  return deployment?.rollback?.serviceRevisionArn ?? newest.targetServiceRevisionArn
}

function timeOf({ createdAt }: ServiceDeploymentBrief): number {
  return createdAt?.getTime() ?? 0
}
