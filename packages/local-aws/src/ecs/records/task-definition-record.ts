import type { Tag, TaskDefinition } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

/** A task definition as it is stored: ECS's members and the tags. */
export interface TaskDefinitionRecord extends Wire<TaskDefinition> {
  taskDefinitionArn: string
  family: string
  revision: number
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS'
  /** Not part of ECS's TaskDefinition: DescribeTaskDefinition returns tags beside it. */
  tags: Wire<Tag>[]
}
