import type { ServiceRevision } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { ReleaseLog, ReleaseSummary } from '../history/release-log.ts'
import { type Page, type PageQuery, pageOf } from '../http/list.ts'
import { type UnavailablePart, unavailableMember } from '../http/unavailable-parts.ts'
import { getService } from '../services/get.ts'
import { type CollectedReleases, collectReleases } from './collect.ts'
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
  { identity, currentArn }: CollectedReleases,
  releases: readonly ReleaseSummary[],
  releaseLog: ReleaseLog,
): Promise<ReleaseResource[]> {
  const arns = releases.map(({ revision }) => revision)
  const revisions: Map<string, ServiceRevision> = await releaseLog.getRevisions(identity.account, arns)
  return releases.map((release) =>
    toReleaseResource(release, revisions.get(release.revision), { isCurrent: release.revision === currentArn }),
  )
}
