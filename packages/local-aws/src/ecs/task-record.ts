import type { Task } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

export interface TaskRecord extends Wire<Task> {
  taskArn: string
  clusterArn: string
  taskDefinitionArn: string
  lastStatus: string
  desiredStatus: string
}
