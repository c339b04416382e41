import type { Container, NetworkBinding, Task } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { ContainerObservation } from '../../runtimes/runtime.ts'

/** A task as it is kept: what ECS answers, and beside it what only the engine needs to know. */
export interface TaskRecord extends Wire<Task> {
  taskArn: string
  clusterArn: string
  taskDefinitionArn: string
  lastStatus: TaskStatus
  desiredStatus: 'RUNNING' | 'STOPPED'
  createdAt: number
  version: number
  containers: Wire<Container>[]
  engine: TaskEngineState
}

/** In the order in which a task goes through them (ECS Developer Guide, "Task lifecycle"). */
export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED'

interface TaskEngineState {
  /** ARN of the service that the task belongs to. */
  service?: string
  /** `ecs-svc/N`. Unlike `startedBy`, no caller of RunTask can say it. */
  deployment?: string
  subnet: string
  /** Of the task's network interface; missing before it has one. */
  address?: string
  /** The security groups of its network interface; none for the VPC's default one. */
  securityGroups?: readonly string[]
  /** Its network interface was asked for with a public address. */
  isPublic?: boolean
  /** What is published on the host, by container; missing where nothing is. */
  ports?: Readonly<Record<string, Wire<NetworkBinding>[]>>
  /** What each container was last seen to be, by name: what a runtime takes up again after a restart. */
  observed: Readonly<Record<string, ContainerObservation>>
  /** What the counts of its deployment have taken in of it. */
  counted?: 'healthy' | 'ended'
  /** Milliseconds since 1970. */
  protectedUntil?: number
}

/** A RunTask that was answered under a clientToken. */
export interface RunTaskToken {
  key: string
  taskArns: string[]
  /** The request, so that another one under the same token is told apart. */
  input: string
  /** Milliseconds since 1970. */
  at: number
}
