/** Releases of a service: every state in which it was deployed. `services.rollback` restores one. */
import { type Destination, defineCall, type OptionsOf, send } from '../call.ts'
import { listing } from '../listing.ts'
import { type ServiceRef, servicePathValues } from '../references.ts'

const listPath = '/{account}/clusters/{cluster}/services/{service}/releases'

export const releaseCalls = {
  list: defineCall(`GET ${listPath}`),
  get: defineCall(`GET ${listPath}/{release}`),
  diff: defineCall(`GET ${listPath}/{release}/diff`),
}

export function releases(destination: Destination) {
  const list = (service: ServiceRef, query?: OptionsOf<'listReleases'>) =>
    listing(destination, releaseCalls.list, () => servicePathValues(service), query)
  const pathValues = (service: ServiceRef, release: number) => () => ({
    ...servicePathValues(service),
    release: String(release),
  })
  return {
    list,
    page: (service: ServiceRef, query?: OptionsOf<'listReleases'>) => list(service, query).page(),
    get: (service: ServiceRef, release: number, options?: OptionsOf<'getRelease'>) =>
      send(destination, releaseCalls.get, pathValues(service, release), undefined, options),
    /** The differences from release `to`; without it, from the one that runs now. */
    diff: (service: ServiceRef, release: number, options?: OptionsOf<'diffReleases'>) =>
      send(destination, releaseCalls.diff, pathValues(service, release), undefined, options),
  }
}
