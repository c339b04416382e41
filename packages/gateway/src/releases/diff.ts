import type { ServiceRevision } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { ReleaseHead, ReleaseLog } from '../history/release-log.ts'
import { type Caller, requireFamily } from '../http/caller.ts'
import { type UnavailablePart, unavailableMember } from '../http/unavailable-parts.ts'
import type { Change } from '../plans/differences.ts'
import { BadRequest, NotFound } from '../problems/problem.ts'
import { getService } from '../services/get.ts'
import { findTaskDefinition } from '../task-definitions/get.ts'
import { changesBetween, type DeployedContent } from './changes.ts'
import { type CollectedReleases, collectReleases } from './collect.ts'
import { releaseNumbered } from './get.ts'

export interface ReleaseDiff {
  from: number
  to: number
  changes: Change[]
  unavailable?: UnavailablePart[]
}

interface DiffQuery {
  /** As the path has it. */
  release: string
  /** Undefined: the current release. */
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
  const heads = [releaseNumbered(collected, release), otherRelease(collected, to)] as const
  const [before, after] = await contentsOf(account, caller, collected, heads, releaseLog)
  const unavailable = [...collected.unavailable, ...missingDefinitions([before!, after!])]
  return {
    from: heads[0].number ?? 0,
    to: heads[1].number ?? 0,
    changes: changesBetween(before!, after!),
    ...unavailableMember(unavailable),
  }
}

function otherRelease(collected: CollectedReleases, to: number | undefined): ReleaseHead {
  if (to === undefined) return currentRelease(collected)
  try {
    return releaseNumbered(collected, to)
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    const message = `the service has no release ${to}`
    throw new BadRequest('ReleaseNotFound', error.detail, { errors: [{ in: 'query', name: 'to', message }] })
  }
}

/** @throws NotFound `ReleaseNotFound` when the service has not been deployed */
export function currentRelease({ service, releases, current }: CollectedReleases): ReleaseHead {
  const found = releases.find(({ revision }) => revision === current)
  if (found) return found
  throw new NotFound('ReleaseNotFound', `The service ${service.serviceName} has no current release.`)
}

/**
 * The contents of releases.
 * @throws Forbidden `OutsideFence` for a task definition outside of the caller's fence
 */
export async function contentsOf(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  { life }: CollectedReleases,
  heads: readonly ReleaseHead[],
  releaseLog: ReleaseLog,
): Promise<DeployedContent[]> {
  const arns = heads.map(({ revision }) => revision)
  const revisions: Map<string, ServiceRevision> = await releaseLog.revisions(life.account, arns)
  const known = arns.map((arn): ServiceRevision => revisions.get(arn) ?? { serviceRevisionArn: arn })
  for (const { taskDefinition } of known) if (taskDefinition) requireFamily(caller, taskDefinition)
  return Promise.all(
    known.map(async (revision) => {
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
