/** How the release log identifies a service and its deployments. */
import type { Deployment, Service, ServiceRevision } from '@aws-sdk/client-ecs'
import { parseArn } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { ServiceIdentity } from '../history/release-log.ts'
import { historyScopeOf } from './archive.ts'
import { clusterOf } from './get.ts'

/**
 * `life` is the time of the service's creation: a service that is deleted and created again starts a new list of
 * releases.
 */
export function serviceIdentityOf(account: Account, service: Service): ServiceIdentity {
  const { serviceArn = '', createdAt = new Date(0) } = service
  return { account: historyScopeOf(account, service), service: serviceArn, life: createdAt.toISOString() }
}

/** The ARN of the revision that a deployment (`ecs-svc/N`) deploys: both end with the same number. */
export function revisionArnOf(service: Service, deploymentId: string): string {
  const { partition, region, account } = parseArn(service.serviceArn ?? '') ?? {}
  const path = `${clusterOf(service)}/${service.serviceName}/${deploymentId.replace(/^ecs-svc\//, '')}`
  return `arn:${partition}:ecs:${region}:${account}:service-revision/${path}`
}

/**
 * The part of a service revision that the description of the service shows. The gateway uses it where ECS does not
 * describe the revision: for a deployment that was just made, and on endpoints without service revisions.
 */
export function revisionOfDeployment(service: Service, deployment: Deployment): ServiceRevision {
  const { capacityProviderStrategy = [], createdAt, id = '' } = deployment
  return {
    serviceRevisionArn: revisionArnOf(service, id),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    taskDefinition: deployment.taskDefinition,
    ...(capacityProviderStrategy.length > 0
      ? { capacityProviderStrategy }
      : { launchType: deployment.launchType ?? service.launchType }),
    platformVersion: deployment.platformVersion,
    platformFamily: deployment.platformFamily,
    networkConfiguration: deployment.networkConfiguration ?? service.networkConfiguration,
    loadBalancers: service.loadBalancers,
    serviceRegistries: service.serviceRegistries,
    serviceConnectConfiguration: deployment.serviceConnectConfiguration,
    volumeConfigurations: deployment.volumeConfigurations,
    vpcLatticeConfigurations: deployment.vpcLatticeConfigurations,
    createdAt,
  }
}
