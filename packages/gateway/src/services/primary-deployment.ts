import type { Deployment, Service } from '@aws-sdk/client-ecs'

/** The deployment that ECS brings the service to, or has brought it to. */
export function primaryDeployment({ deployments }: Service): Deployment | undefined {
  return deployments?.find(({ status }) => status === 'PRIMARY')
}
