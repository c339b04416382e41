/** Releases of a service: every state in which it was deployed. `services.rollback` restores one. */
import { call, type OptionsOf, type Scope, send } from '../call.ts'
import { listing } from '../listing.ts'
import { type ServiceRef, servicePath } from '../references.ts'

const ofService = '/{account}/clusters/{cluster}/services/{service}/releases'

export const releaseCalls = {
  list: call('listReleases', 'GET', ofService),
  get: call('getRelease', 'GET', `${ofService}/{release}`),
  diff: call('diffReleases', 'GET', `${ofService}/{release}/diff`),
}

export function releases(scope: Scope) {
  const list = (service: ServiceRef, query?: OptionsOf<'listReleases'>) =>
    listing(scope, releaseCalls.list, () => servicePath(service), query)
  const path = (service: ServiceRef, release: number) => () => ({ ...servicePath(service), release: String(release) })
  return {
    list,
    page: (service: ServiceRef, query?: OptionsOf<'listReleases'>) => list(service, query).page(),
    get: (service: ServiceRef, release: number, options?: OptionsOf<'getRelease'>) =>
      send(scope, releaseCalls.get, path(service, release), undefined, options),
    /** The differences from release `to`; without it, from the one that runs now. */
    diff: (service: ServiceRef, release: number, options?: OptionsOf<'diffReleases'>) =>
      send(scope, releaseCalls.diff, path(service, release), undefined, options),
  }
}
