import type { Tag, TaskDefinition } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

export interface TaskDefinitionRecord extends Wire<TaskDefinition> {
  taskDefinitionArn: string
  family: string
  revision: number
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS'
  /** Not part of ECS's answer: DescribeTaskDefinition shows them beside the definition. */
  tags: Wire<Tag>[]
}
