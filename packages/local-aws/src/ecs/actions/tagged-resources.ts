/**
 * The resources of ECS with their tags, for the Resource Groups Tagging API. Deleted clusters, deleted services and
 * stopped tasks are not among them.
 */
import type { Tag } from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn } from '@ecs-api/ecs-model'
import { type TaggedResource, tagMap } from '../../protocol/tagged-resource.ts'
import type { EcsTables } from '../records/ecs-tables.ts'

/** @param time the resources are listed as they were at this time (milliseconds since 1970) */
export function taggedResources(ecsTables: EcsTables, time: number): TaggedResource[] {
  const { clusters, services, tasks, taskDefinitions, capacityProviders } = ecsTables
  return [
    ...[...clusters.asOf(time).values()]
      .filter(({ status }) => status !== 'INACTIVE')
      .map(({ clusterArn, tags }) => resource('cluster', clusterArn, tags)),
    ...[...services.asOf(time).values()]
      .filter(({ status }) => status !== 'INACTIVE')
      .map(({ serviceArn, tags }) => resource('service', serviceArn, tags)),
    ...[...tasks.asOf(time).values()]
      .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
      .map(({ taskArn, tags }) => resource('task', taskArn, tags)),
    ...[...taskDefinitions.asOf(time).values()].map(({ taskDefinitionArn, tags }) =>
      resource('task-definition', taskDefinitionArn, tags),
    ),
    ...[...capacityProviders.asOf(time).values()]
      .filter(({ status }) => status !== 'INACTIVE')
      .map(({ name, tags }) => resource('capacity-provider', ecsArn(ecsTables, 'capacity-provider', name), tags)),
  ]
}

function resource(kind: string, arn: string, tags: readonly AwsJson<Tag>[] = []): TaggedResource {
  return { arn, type: `ecs:${kind}`, tags: tagMap(tags.map(({ key, value }) => [key, value])) }
}
