import type { Deployment, Service } from '@aws-sdk/client-ecs'

/** The newest deployment: ECS is replacing the tasks of all others with its tasks, or has replaced them. */
export function primaryDeployment({ deployments }: Service): Deployment | undefined {
  return deployments?.find(({ status }) => status === 'PRIMARY')
}

/** Endpoints without rollout states show a deployment in progress as a second deployment. */
export function isDeploying(service: Service): boolean {
  const primary = primaryDeployment(service)
  return primary?.rolloutState === undefined
    ? (service.deployments ?? []).length > 1
    : primary.rolloutState === 'IN_PROGRESS'
}
