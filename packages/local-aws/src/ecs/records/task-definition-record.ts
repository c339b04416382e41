import type { Tag, TaskDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'

/** A task definition as it is stored: ECS's members and the tags. */
export interface TaskDefinitionRecord extends AwsJson<TaskDefinition> {
  taskDefinitionArn: string
  family: string
  revision: number
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS'
  /** ECS's TaskDefinition has no tags: DescribeTaskDefinition returns them beside it. */
  tags: AwsJson<Tag>[]
}
