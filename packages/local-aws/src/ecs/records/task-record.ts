import type { Container, NetworkBinding, Task } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { ContainerObservation } from '../../runtimes/runtime.ts'

/** A task as it is stored: ECS's members, and in `internal` the members that ECS's responses do not show. */
export interface TaskRecord extends AwsJson<Task> {
  taskArn: string
  clusterArn: string
  taskDefinitionArn: string
  lastStatus: TaskStatus
  desiredStatus: 'RUNNING' | 'STOPPED'
  createdAt: number
  version: number
  containers: AwsJson<Container>[]
  internal: TaskInternals
}

/** In the order in which a task passes through them (ECS Developer Guide, "Task lifecycle"). */
export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED'

interface TaskInternals {
  /** ARN of the service that the task belongs to. */
  service?: string
  /** `ecs-svc/N`. Only the scheduler sets this member, while a RunTask request can set any `startedBy`. */
  deployment?: string
  subnet: string
  /** The address of the task's network interface; undefined before the task has one. */
  address?: string
  /** The security groups of the task's network interface; undefined means the VPC's default group. */
  securityGroups?: readonly string[]
  /** Whether the request asked for a public address. */
  isPublic?: boolean
  /** The ports published on the host, by container; undefined where no ports are published. */
  ports?: Readonly<Record<string, AwsJson<NetworkBinding>[]>>
  /**
   * The last observation of each container, by name. After a restart, the runtime continues from these observations.
   */
  observed: Readonly<Record<string, ContainerObservation>>
  /** Whether the deployment's counts already include this task, and as what. */
  countedAs?: 'healthy' | 'ended'
  /** Milliseconds since 1970. */
  protectedUntil?: number
}

/** A RunTask request with a clientToken, and the tasks that it started. */
export interface RunTaskToken {
  key: string
  taskArns: string[]
  /** A hash of the request. Another request with the same token is rejected. */
  input: string
  /** The time of the request, in milliseconds since 1970. */
  at: number
}
