/** Deployments of a service. */
import { type Destination, defineCall, type OptionsOf, send, withDryRun } from '../call.ts'
import { listing } from '../listing.ts'
import { type DeploymentRef, deploymentPathValues, type ServiceRef, servicePathValues } from '../references.ts'
import type { DeploymentContinue, DeploymentStop, ServiceDeployment } from '../resources.ts'
import { watch } from '../streams/watch.ts'
import type { StreamOptions } from '../streams/watch-event.ts'

const listPath = '/{account}/clusters/{cluster}/services/{service}/deployments'
const itemPath = `${listPath}/{deployment}`

export const deploymentCalls = {
  list: defineCall(`GET ${listPath}`),
  get: defineCall(`GET ${itemPath}`),
  stop: defineCall(`POST ${itemPath}/stop`),
  continue: defineCall(`POST ${itemPath}/continue`),
}

export function deployments(destination: Destination) {
  const list = (service: ServiceRef, query?: OptionsOf<'listDeployments'>) =>
    listing(destination, deploymentCalls.list, () => servicePathValues(service), query)
  return {
    list,
    page: (service: ServiceRef, query?: OptionsOf<'listDeployments'>) => list(service, query).page(),
    get: (ref: DeploymentRef, options?: Omit<OptionsOf<'getDeployment'>, 'cursor'>) =>
      send(destination, deploymentCalls.get, () => deploymentPathValues(ref), undefined, options),
    watch: (ref: DeploymentRef, options?: StreamOptions) =>
      watch<ServiceDeployment>(destination, deploymentCalls.get, () => deploymentPathValues(ref), options),
    stop: withDryRun<[ref: DeploymentRef, body?: DeploymentStop], 'stopDeployment'>((ref, body = {}, options) =>
      send(destination, deploymentCalls.stop, () => deploymentPathValues(ref), body, options),
    ),
    /** Continues a deployment that waits at a PAUSE hook. */
    continue: withDryRun<[ref: DeploymentRef, body: DeploymentContinue], 'continueDeployment'>((ref, body, options) =>
      send(destination, deploymentCalls.continue, () => deploymentPathValues(ref), body, options),
    ),
  }
}
