import type { Deployment, Service } from '@aws-sdk/client-ecs'

/** The newest deployment. Its tasks replace those of all other deployments of the service. */
export function primaryDeployment({ deployments }: Service): Deployment | undefined {
  return deployments?.find(({ status }) => status === 'PRIMARY')
}

/** Whether a deployment is in progress. An AWS endpoint without rollout states then shows a second deployment. */
export function isDeploying(service: Service): boolean {
  const primary = primaryDeployment(service)
  return primary?.rolloutState === undefined
    ? (service.deployments ?? []).length > 1
    : primary.rolloutState === 'IN_PROGRESS'
}
