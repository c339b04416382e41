import type { ServiceRevision } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { ReleaseLog, ReleaseSummary } from '../history/release-log.ts'
import { type Caller, requireFamilyInFence } from '../http/caller.ts'
import { type UnavailablePart, unavailableMember } from '../http/unavailable-parts.ts'
import type { Change } from '../plans/differences.ts'
import { BadRequest, NotFound } from '../problems/problem.ts'
import { getService } from '../services/get.ts'
import { findTaskDefinition } from '../task-definitions/get.ts'
import { type DeployedContent, releaseChangesBetween } from './changes.ts'
import { type CollectedReleases, collectReleases } from './collect.ts'
import { getReleaseByNumber } from './get.ts'

export interface ReleaseDiff {
  from: number
  to: number
  changes: Change[]
  unavailable?: UnavailablePart[]
}

interface DiffQuery {
  /** The release's number, as text from the path. */
  release: string
  /** Number of the release to compare with; undefined for the current release. */
  to: number | undefined
}

/**
 * Compares two releases of the service.
 * @throws NotFound `ServiceNotFound`, `ReleaseNotFound`
 * @throws BadRequest `ReleaseNotFound` for `to`
 * @throws Forbidden `OutsideFence` for a task definition outside of the caller's fence
 */
export async function diffReleases(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  service: { cluster: string; ref: string },
  { release, to }: DiffQuery,
  releaseLog: ReleaseLog,
): Promise<ReleaseDiff> {
  const collected = await collectReleases(account, await getService(account, service.cluster, service.ref), releaseLog)
  const compared = [getReleaseByNumber(collected, release), releaseToCompareWith(collected, to)] as const
  const [before, after] = await getReleaseContents(account, caller, collected, compared, releaseLog)
  const unavailable = [...collected.unavailable, ...missingDefinitions([before!, after!])]
  return {
    from: compared[0].number ?? 0,
    to: compared[1].number ?? 0,
    changes: releaseChangesBetween(before!, after!),
    ...unavailableMember(unavailable),
  }
}

function releaseToCompareWith(collected: CollectedReleases, to: number | undefined): ReleaseSummary {
  if (to === undefined) return currentRelease(collected)
  try {
    return getReleaseByNumber(collected, to)
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    const message = `the service has no release ${to}`
    throw new BadRequest('ReleaseNotFound', error.detail, { errors: [{ in: 'query', name: 'to', message }] })
  }
}

/** @throws NotFound `ReleaseNotFound` when the service has not been deployed */
export function currentRelease({ service, releases, currentArn }: CollectedReleases): ReleaseSummary {
  const found = releases.find(({ revision }) => revision === currentArn)
  if (found) return found
  throw new NotFound('ReleaseNotFound', `The service ${service.serviceName} has no current release.`)
}

/**
 * Gets the contents of releases: their service revisions and task definitions.
 * @throws Forbidden `OutsideFence` for a task definition outside of the caller's fence
 */
export async function getReleaseContents(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  { identity }: CollectedReleases,
  releases: readonly ReleaseSummary[],
  releaseLog: ReleaseLog,
): Promise<DeployedContent[]> {
  const arns = releases.map(({ revision }) => revision)
  const revisions: Map<string, ServiceRevision> = await releaseLog.getRevisions(identity.account, arns)
  const knownRevisions = arns.map((arn): ServiceRevision => revisions.get(arn) ?? { serviceRevisionArn: arn })
  for (const { taskDefinition } of knownRevisions) if (taskDefinition) requireFamilyInFence(caller, taskDefinition)
  return Promise.all(
    knownRevisions.map(async (revision) => {
      const name = revision.taskDefinition === undefined ? null : shortName(revision.taskDefinition)
      const found = name === null ? undefined : await findTaskDefinition(account, name)
      return { revision, definition: found, definitionName: name }
    }),
  )
}

function missingDefinitions(contents: readonly DeployedContent[]): UnavailablePart[] {
  return contents
    .filter(({ definition }) => definition === undefined)
    .map(({ definitionName }) => ({
      part: 'containers, definition',
      action: 'ecs:DescribeTaskDefinition',
      reason:
        definitionName === null
          ? 'ECS does not describe the revision, so its task definition is not known.'
          : `The task definition ${definitionName} does not exist any more.`,
    }))
}
