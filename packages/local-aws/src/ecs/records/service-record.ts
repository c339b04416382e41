import type { Deployment, Service, ServiceDeployment, ServiceEvent, ServiceRevision } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'

/**
 * A service as it is stored: ECS's members, and in `internal` the members that ECS's responses do not show. Counts and
 * lists that are computed for each response are not stored.
 */
export interface ServiceRecord
  extends Omit<AwsJson<Service>, 'deployments' | 'events' | 'runningCount' | 'pendingCount'> {
  serviceArn: string
  serviceName: string
  clusterArn: string
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  desiredCount: number
  createdAt: number
  deploymentConfiguration: AwsJson<Service>['deploymentConfiguration'] & {
    minimumHealthyPercent: number
    maximumPercent: number
  }
  internal: ServiceInternals
}

interface ServiceInternals {
  /** The PRIMARY deployment first. */
  deployments: DeploymentRecord[]
  /** The id of the last deployment that completed. A rollback deploys it again. */
  lastCompleted?: string
  /**
   * The conditions that held at the last reconciliation. An event is emitted when a condition begins to hold, not again
   * while it holds.
   */
  conditions: string[]
  /** Milliseconds since 1970. */
  drainingSince?: number
  inactiveSince?: number
  /**
   * The CreateService request that created the service, so that a repeated request returns the same service. `input` is
   * a hash of the request. (ECS's own `createdBy`, a member of the service, is a principal.)
   */
  createdBy: { clientToken?: string; input: string }
}

export interface DeploymentRecord extends Omit<AwsJson<Deployment>, 'desiredCount' | 'runningCount' | 'pendingCount'> {
  id: string
  /** DRAINING: the deployment had tasks when its service was deleted. */
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING'
  taskDefinition: string
  createdAt: number
  updatedAt: number
  failedTasks: number
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  internal: {
    rollingBack: boolean
    /** Failed tasks in a row since a task became healthy, as the back-off counts them. */
    startFailures: number
    /** Milliseconds since 1970. */
    lastFailureAt?: number
    /** ARN of the service deployment that records this rollout. */
    serviceDeployment: string
  }
}

/** A service deployment as it is stored: without the task counts, which are computed for each response. */
export interface ServiceDeploymentRecord extends AwsJson<ServiceDeployment> {
  serviceDeploymentArn: string
  serviceArn: string
  createdAt: number
  internal: {
    /** The deployment's id. */
    deployment: string
  }
}

export interface ServiceRevisionRecord extends AwsJson<ServiceRevision> {
  serviceRevisionArn: string
  serviceArn: string
  taskDefinition: string
}

/** Newest first. ECS keeps 100. */
export interface ServiceEventsRecord {
  events: AwsJson<ServiceEvent>[]
}
