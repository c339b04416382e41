/** Deployments of a service. */
import { call, type OptionsOf, type Scope, send } from '../call.ts'
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

export function deployments(scope: Scope) {
  const list = (service: ServiceRef, query?: OptionsOf<'listDeployments'>) =>
    listing(scope, deploymentCalls.list, () => servicePath(service), query)
  return {
    list,
    page: (service: ServiceRef, query?: OptionsOf<'listDeployments'>) => list(service, query).page(),
    get: (ref: DeploymentRef, options?: Omit<OptionsOf<'getDeployment'>, 'cursor'>) =>
      send(scope, deploymentCalls.get, () => deploymentPath(ref), undefined, options),
    watch: (ref: DeploymentRef, options?: StreamOptions) =>
      watch<ServiceDeployment>(scope, deploymentCalls.get, () => deploymentPath(ref), options),
    stop: (ref: DeploymentRef, body: DeploymentStop = {}, options?: OptionsOf<'stopDeployment'>) =>
      send(scope, deploymentCalls.stop, () => deploymentPath(ref), body, options),
    /** Continues a deployment that waits at a PAUSE hook. */
    continue: (ref: DeploymentRef, body: DeploymentContinue, options?: OptionsOf<'continueDeployment'>) =>
      send(scope, deploymentCalls.continue, () => deploymentPath(ref), body, options),
  }
}
