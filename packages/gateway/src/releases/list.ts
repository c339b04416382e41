import type { ServiceRevision } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { ReleaseLog, ReleaseSummary } from '../history/release-log.ts'
import { type Page, type PageQuery, pageOf } from '../http/list.ts'
import { type UnavailablePart, unavailableMember } from '../http/unavailable-parts.ts'
import { getService } from '../services/get.ts'
import { type CollectedReleases, collectReleases } from './collect.ts'
import { hasUntaggedImage, imageNamesOf } from './image-names.ts'
import { type ReleaseResource, toReleaseResource } from './schema.ts'

const newestFirst = {
  key: ({ number }: ReleaseSummary) => [number ?? 0],
  directions: ['descending'] as const,
}

/**
 * Lists the releases of the service, the highest number first.
 * @throws NotFound `ServiceNotFound`
 * @throws Unavailable `StoreUnavailable`
 */
export async function listReleases(
  account: Account,
  cluster: string,
  ref: string,
  query: PageQuery,
  releaseLog: ReleaseLog,
): Promise<Page<ReleaseResource> & { unavailable?: UnavailablePart[] }> {
  const collected = await collectReleases(account, await getService(account, cluster, ref), releaseLog)
  const { items, nextCursor } = pageOf(collected.releases, newestFirst, query)
  return {
    items: await toReleaseResources(collected, items, releaseLog),
    nextCursor,
    ...unavailableMember(collected.unavailable),
  }
}

/** The releases in the API's shape. */
export async function toReleaseResources(
  { identity, currentArn, releases: all }: CollectedReleases,
  releases: readonly ReleaseSummary[],
  releaseLog: ReleaseLog,
): Promise<ReleaseResource[]> {
  const revisionsOf = (summaries: readonly ReleaseSummary[]): Promise<Map<string, ServiceRevision>> =>
    releaseLog.getRevisions(
      identity.account,
      summaries.map(({ revision }) => revision),
    )
  const revisions = await revisionsOf(releases)
  const needsOthers = releases.length < all.length && [...revisions.values()].some(hasUntaggedImage)
  const nameOf = imageNamesOf(all, needsOthers ? await revisionsOf(all) : revisions)
  return releases.map((release) => {
    const isCurrent = release.revision === currentArn
    return toReleaseResource(release, revisions.get(release.revision), { isCurrent, nameOf })
  })
}
