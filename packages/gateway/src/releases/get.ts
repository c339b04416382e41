import type { Account } from '../aws/account.ts'
import type { ReleaseLog, ReleaseSummary } from '../history/release-log.ts'
import { type UnavailablePart, unavailableMember } from '../http/unavailable-parts.ts'
import { NotFound } from '../problems/problem.ts'
import { getService } from '../services/get.ts'
import { type CollectedReleases, collectReleases } from './collect.ts'
import { toReleaseResources } from './list.ts'
import type { ReleaseResource } from './schema.ts'

/**
 * Gets one release of the service.
 * @param number the release's number, as text from the path
 * @throws NotFound `ServiceNotFound`, `ReleaseNotFound`
 * @throws Unavailable `StoreUnavailable`
 */
export async function getRelease(
  account: Account,
  cluster: string,
  ref: string,
  number: string,
  releaseLog: ReleaseLog,
): Promise<ReleaseResource & { unavailable?: UnavailablePart[] }> {
  const collected = await collectReleases(account, await getService(account, cluster, ref), releaseLog)
  const [release] = await toReleaseResources(collected, [getReleaseByNumber(collected, number)], releaseLog)
  return { ...release!, ...unavailableMember(collected.unavailable) } as ReleaseResource
}

/** @throws NotFound `ReleaseNotFound` */
export function getReleaseByNumber({ service, releases }: CollectedReleases, number: string | number): ReleaseSummary {
  const found = releases.find((release) => String(release.number) === String(number))
  if (found) return found
  throw new NotFound('ReleaseNotFound', `The service ${service.serviceName} has no release ${number}.`, {
    next: 'GET …/releases lists its releases.',
  })
}
