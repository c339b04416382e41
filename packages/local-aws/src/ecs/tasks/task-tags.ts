/**
 * The tags that a task gets from its definition, its service and ECS, besides those of its own request (ECS Developer
 * Guide, "How resources are tagged").
 */
import type { Tag } from '@aws-sdk/client-ecs'
import { shortName, type Wire } from '@ecs-api/ecs-model'
import type { ServiceRecord } from '../records/service-record.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'

export function tagsOfServiceTask(service: ServiceRecord, definition: TaskDefinitionRecord): Wire<Tag>[] {
  return merged(
    service.propagateTags === 'TASK_DEFINITION' ? definition.tags : [],
    service.propagateTags === 'SERVICE' ? (service.tags ?? []) : [],
    service.enableECSManagedTags
      ? [
          { key: 'aws:ecs:clusterName', value: shortName(service.clusterArn) },
          { key: 'aws:ecs:serviceName', value: service.serviceName },
        ]
      : [],
  )
}

export function tagsOfTask(
  own: Wire<Tag>[],
  definition: TaskDefinitionRecord,
  { clusterArn, propagate, managed }: { clusterArn: string; propagate: boolean; managed: boolean },
): Wire<Tag>[] {
  return merged(
    propagate ? definition.tags : [],
    own,
    managed ? [{ key: 'aws:ecs:clusterName', value: shortName(clusterArn) }] : [],
  )
}

/** Of two tags with one key the later wins. */
function merged(...lists: Wire<Tag>[][]): Wire<Tag>[] {
  return [...new Map(lists.flat().map((tag) => [tag.key, tag])).values()]
}
