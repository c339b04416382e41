/** Deployments of a service. */
import { call, type Destination, type OptionsOf, plannable, send } from '../call.ts'
import { listing } from '../listing.ts'
import { type DeploymentRef, deploymentPath, type ServiceRef, servicePath } from '../references.ts'
import type { DeploymentContinue, DeploymentStop, ServiceDeployment } from '../resources.ts'
import { watch } from '../streams/watch.ts'
import type { StreamOptions } from '../streams/watch-event.ts'

const ofService = '/{account}/clusters/{cluster}/services/{service}/deployments'
const deployment = `${ofService}/{deployment}`

export const deploymentCalls = {
  list: call('listDeployments', 'GET', ofService),
  get: call('getDeployment', 'GET', deployment),
  stop: call('stopDeployment', 'POST', `${deployment}/stop`),
  continue: call('continueDeployment', 'POST', `${deployment}/continue`),
}

export function deployments(destination: Destination) {
  const list = (service: ServiceRef, query?: OptionsOf<'listDeployments'>) =>
    listing(destination, deploymentCalls.list, () => servicePath(service), query)
  return {
    list,
    page: (service: ServiceRef, query?: OptionsOf<'listDeployments'>) => list(service, query).page(),
    get: (ref: DeploymentRef, options?: Omit<OptionsOf<'getDeployment'>, 'cursor'>) =>
      send(destination, deploymentCalls.get, () => deploymentPath(ref), undefined, options),
    watch: (ref: DeploymentRef, options?: StreamOptions) =>
      watch<ServiceDeployment>(destination, deploymentCalls.get, () => deploymentPath(ref), options),
    stop: plannable<[ref: DeploymentRef, body?: DeploymentStop], 'stopDeployment'>((ref, body = {}, options) =>
      send(destination, deploymentCalls.stop, () => deploymentPath(ref), body, options),
    ),
    /** Continues a deployment that waits at a PAUSE hook. */
    continue: plannable<[ref: DeploymentRef, body: DeploymentContinue], 'continueDeployment'>((ref, body, options) =>
      send(destination, deploymentCalls.continue, () => deploymentPath(ref), body, options),
    ),
  }
}
