import type { Deployment, Service, ServiceDeployment, ServiceEvent, ServiceRevision } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

/** A service as it is kept: what ECS answers, but for what is counted or looked up when asked for, and beside it what only the engine needs to know. */
export interface ServiceRecord extends Omit<Wire<Service>, 'deployments' | 'events' | 'runningCount' | 'pendingCount'> {
  serviceArn: string
  serviceName: string
  clusterArn: string
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  desiredCount: number
  createdAt: number
  deploymentConfiguration: Wire<Service>['deploymentConfiguration'] & {
    minimumHealthyPercent: number
    maximumPercent: number
  }
  engine: ServiceEngineState
}

interface ServiceEngineState {
  /** The PRIMARY one first. */
  deployments: DeploymentRecord[]
  /** The deployment that last completed: where a rollback goes. */
  lastCompleted?: string
  /** What the service was found to be, so that it is told when it begins to be so and not at every look. */
  conditions: string[]
  /** Milliseconds since 1970. */
  drainingSince?: number
  inactiveSince?: number
  /** The CreateService that made it, so that the same request again is answered with the same service. */
  createdBy: { clientToken?: string; input: string }
}

export interface DeploymentRecord extends Omit<Wire<Deployment>, 'desiredCount' | 'runningCount' | 'pendingCount'> {
  id: string
  /** DRAINING: it had tasks when its service was deleted. */
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING'
  taskDefinition: string
  createdAt: number
  updatedAt: number
  failedTasks: number
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  engine: {
    rollingBack: boolean
    startFailures: number
    lastFailureAt?: number
    /** ARN of the service deployment that tells this rollout's story. */
    serviceDeployment: string
  }
}

/** A service deployment keeps its own numbers only once it is over; while it goes on they are counted. */
export interface ServiceDeploymentRecord extends Wire<ServiceDeployment> {
  serviceDeploymentArn: string
  serviceArn: string
  createdAt: number
  engine: { deployment: string }
}

export interface ServiceRevisionRecord extends Wire<ServiceRevision> {
  serviceRevisionArn: string
  serviceArn: string
  taskDefinition: string
}

/** Newest first. ECS keeps 100. */
export interface ServiceEventsRecord {
  events: Wire<ServiceEvent>[]
}
