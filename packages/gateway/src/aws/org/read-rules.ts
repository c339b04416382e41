/**
 * The boundary's rules for reads: resources outside of the boundary are removed from responses, as if they did not
 * exist. A response is changed in place, because no other code has it yet.
 */
import type {
  DescribeClustersCommandOutput,
  DescribeClustersRequest,
  DescribeServicesCommandOutput,
  DescribeServicesRequest,
  DescribeTaskDefinitionCommandOutput,
  DescribeTaskDefinitionRequest,
  DescribeTasksCommandOutput,
  DescribeTasksRequest,
  Failure,
  ListClustersCommandOutput,
  ListClustersRequest,
  ListServicesCommandOutput,
  ListServicesRequest,
  ListTaskDefinitionsCommandOutput,
  ListTaskDefinitionsRequest,
  ListTasksCommandOutput,
  ListTasksRequest,
} from '@aws-sdk/client-ecs'
import { serviceCacheRef } from './owned-cache.ts'
import type { Ownership } from './ownership.ts'

export function readRules(ownership: Ownership) {
  return {
    async DescribeClusters(
      input: DescribeClustersRequest,
      send: (input: DescribeClustersRequest) => Promise<DescribeClustersCommandOutput>,
    ) {
      const output = await send(withTagsIncluded(input))
      const clusters = ownership.ownedClusters(output.clusters ?? [])
      const failures = missingFailures(output.clusters, clusters, ({ clusterArn }) => clusterArn)
      return replaceIn(output, { clusters }, failures)
    },

    async DescribeServices(
      input: DescribeServicesRequest,
      send: (input: DescribeServicesRequest) => Promise<DescribeServicesCommandOutput>,
    ) {
      await ownership.requireCluster(input.cluster)
      const output = await send(withTagsIncluded(input))
      const services = ownership.ownedServices(input.cluster, output.services ?? [])
      const failures = missingFailures(output.services, services, ({ serviceArn }) => serviceArn)
      return replaceIn(output, { services }, failures)
    },

    async DescribeTasks(
      input: DescribeTasksRequest,
      send: (input: DescribeTasksRequest) => Promise<DescribeTasksCommandOutput>,
    ) {
      await ownership.requireCluster(input.cluster)
      const output = await send(withTagsIncluded(input))
      const tasks = await ownership.ownedTasks(input.cluster, output.tasks ?? [])
      const failures = missingFailures(output.tasks, tasks, ({ taskArn }) => taskArn)
      return replaceIn(output, { tasks }, failures)
    },

    async DescribeTaskDefinition(
      input: DescribeTaskDefinitionRequest,
      send: (input: DescribeTaskDefinitionRequest) => Promise<DescribeTaskDefinitionCommandOutput>,
    ) {
      return send(
        withTagsIncluded({ ...input, taskDefinition: await ownership.requireTaskDefinition(input.taskDefinition) }),
      )
    },

    async ListClusters(
      input: ListClustersRequest,
      send: (input: ListClustersRequest) => Promise<ListClustersCommandOutput>,
    ) {
      const output = await send(input)
      output.clusterArns = await ownership.ownedArns('ecs:cluster', output.clusterArns, input)
      return output
    },

    async ListServices(
      input: ListServicesRequest,
      send: (input: ListServicesRequest) => Promise<ListServicesCommandOutput>,
    ) {
      await ownership.requireCluster(input.cluster)
      const output = await send(input)
      output.serviceArns = await ownership.ownedArns('ecs:service', output.serviceArns, input, (arn) =>
        serviceCacheRef(input.cluster, arn),
      )
      return output
    },

    async ListTaskDefinitions(
      input: ListTaskDefinitionsRequest,
      send: (input: ListTaskDefinitionsRequest) => Promise<ListTaskDefinitionsCommandOutput>,
    ) {
      const output = await send(input)
      output.taskDefinitionArns = await ownership.ownedArns('ecs:task-definition', output.taskDefinitionArns, input)
      return output
    },

    /**
     * Does not filter the ARNs: the index of tags cannot hold tasks, which are too many and too short-lived.
     * Callers describe the tasks, and DescribeTasks removes tasks outside of the boundary.
     */
    async ListTasks(input: ListTasksRequest, send: (input: ListTasksRequest) => Promise<ListTasksCommandOutput>) {
      await ownership.requireCluster(input.cluster)
      return send(input)
    },
  }
}

function withTagsIncluded<Input extends { include?: string[] | undefined }>(input: Input): Input {
  return input.include?.includes('TAGS') ? input : { ...input, include: [...(input.include ?? []), 'TAGS'] }
}

/** Returns the failures that ECS would return if the resources outside of the boundary did not exist. */
function missingFailures<T extends object>(
  described: readonly T[] = [],
  owned: readonly T[],
  arnOf: (resource: T) => string | undefined,
): Failure[] {
  const ownedSet = new Set(owned)
  return described
    .filter((resource) => !ownedSet.has(resource))
    .map((resource) => ({ arn: arnOf(resource), reason: 'MISSING' }))
}

/** Replaces members of a response and adds failures to it. */
function replaceIn<Output extends { failures?: Failure[] | undefined }>(
  output: Output,
  members: Partial<Output>,
  failures: Failure[],
): Output {
  Object.assign(output, members)
  if (failures.length > 0) output.failures = [...(output.failures ?? []), ...failures]
  return output
}
