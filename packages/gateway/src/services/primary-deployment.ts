import type { Deployment, Service } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'

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

/** The id (`ecs-svc/N`) of the deployment of a service revision: the revision's ARN ends with its number. */
export function deploymentIdOf(revisionArn: string | undefined): string {
  return `ecs-svc/${shortName(revisionArn ?? '')}`
}
