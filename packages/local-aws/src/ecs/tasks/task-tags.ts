/**
 * The tags of a new task: from its request, its definition, its service, and from ECS itself ("managed tags"; ECS
 * Developer Guide, "How resources are tagged").
 */
import type { Tag } from '@aws-sdk/client-ecs'
import { type AwsJson, shortName } from '@ecs-api/ecs-model'
import type { ServiceRecord } from '../records/service-record.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'

export function tagsOfServiceTask(service: ServiceRecord, definition: TaskDefinitionRecord): AwsJson<Tag>[] {
  return mergedTags(
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
  requestTags: AwsJson<Tag>[],
  definition: TaskDefinitionRecord,
  {
    clusterArn,
    withDefinitionTags,
    withManagedTags,
  }: { clusterArn: string; withDefinitionTags: boolean; withManagedTags: boolean },
): AwsJson<Tag>[] {
  return mergedTags(
    withDefinitionTags ? definition.tags : [],
    requestTags,
    withManagedTags ? [{ key: 'aws:ecs:clusterName', value: shortName(clusterArn) }] : [],
  )
}

/** Of two tags with the same key, the later one is kept. */
function mergedTags(...lists: AwsJson<Tag>[][]): AwsJson<Tag>[] {
  return [...new Map(lists.flat().map((tag) => [tag.key, tag])).values()]
}
