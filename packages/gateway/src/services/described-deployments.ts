/**
 * The `deployments` in the description of a service, in the shape of ECS's service deployments: for AWS endpoints that
 * do not offer the actions of service deployments.
 */
import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import { parseArn, shortName } from '@ecs-api/ecs-model'
import { clusterOf } from './get.ts'
import { isDeploying } from './primary-deployment.ts'
import { revisionArnOf } from './service-identity.ts'

/** The primary deployment, and older ones whose tasks still run. */
export function describedDeployments(service: Service): ServiceDeployment[] {
  return (service.deployments ?? []).map((deployment) => toServiceDeployment(service, deployment))
}

function toServiceDeployment(service: Service, deployment: Deployment): ServiceDeployment {
  const { id = '', desiredCount = 0, runningCount = 0, pendingCount = 0, createdAt, updatedAt } = deployment
  const { partition, region, account } = parseArn(service.serviceArn ?? '') ?? {}
  const path = `${clusterOf(service)}/${service.serviceName}/${shortName(id)}`
  const status = statusOf(service, deployment)
  return {
    // On ECS the id of a service deployment is another one than the deployment's. Here only the deployment has an id.
    serviceDeploymentArn: `arn:${partition}:ecs:${region}:${account}:service-deployment/${path}`,
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    createdAt,
    startedAt: createdAt,
    updatedAt,
    status,
    statusReason: deployment.rolloutStateReason,
    deploymentConfiguration: service.deploymentConfiguration,
    targetServiceRevision: {
      arn: revisionArnOf(service, id),
      requestedTaskCount: desiredCount,
      runningTaskCount: runningCount,
      pendingTaskCount: pendingCount,
    },
  }
}

function statusOf(service: Service, { status, rolloutState }: Deployment): ServiceDeployment['status'] {
  if (status === 'PRIMARY') {
    if (rolloutState === 'FAILED') return 'ROLLBACK_FAILED'
    return isDeploying(service) ? 'IN_PROGRESS' : 'SUCCESSFUL'
  }
  // The primary deployment is replacing this one, whose tasks still run.
  if (rolloutState === 'FAILED') return 'ROLLBACK_IN_PROGRESS'
  return rolloutState === 'IN_PROGRESS' ? 'STOPPED' : 'SUCCESSFUL'
}
