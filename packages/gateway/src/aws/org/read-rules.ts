/** What is looked at: what isn't the organisation's is as if it were not there. The answers are changed in place; they are nobody else's yet. */
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
import { serviceIn } from './owned-cache.ts'
import type { Ownership } from './ownership.ts'

export function readRules(ownership: Ownership) {
  return {
    async DescribeClusters(
      input: DescribeClustersRequest,
      send: (input: DescribeClustersRequest) => Promise<DescribeClustersCommandOutput>,
    ) {
      const output = await send(withTagsAsked(input))
      const clusters = ownership.ourClusters(output.clusters ?? [])
      return hiding(
        output,
        missing(output.clusters, clusters, ({ clusterArn }) => clusterArn),
        { clusters },
      )
    },

    async DescribeServices(
      input: DescribeServicesRequest,
      send: (input: DescribeServicesRequest) => Promise<DescribeServicesCommandOutput>,
    ) {
      await ownership.requireCluster(input.cluster)
      const output = await send(withTagsAsked(input))
      const services = ownership.ourServices(input.cluster, output.services ?? [])
      return hiding(
        output,
        missing(output.services, services, ({ serviceArn }) => serviceArn),
        { services },
      )
    },

    async DescribeTasks(
      input: DescribeTasksRequest,
      send: (input: DescribeTasksRequest) => Promise<DescribeTasksCommandOutput>,
    ) {
      await ownership.requireCluster(input.cluster)
      const output = await send(withTagsAsked(input))
      const tasks = await ownership.ourTasks(input.cluster, output.tasks ?? [])
      return hiding(
        output,
        missing(output.tasks, tasks, ({ taskArn }) => taskArn),
        { tasks },
      )
    },

    async DescribeTaskDefinition(
      input: DescribeTaskDefinitionRequest,
      send: (input: DescribeTaskDefinitionRequest) => Promise<DescribeTaskDefinitionCommandOutput>,
    ) {
      return send(withTagsAsked({ ...input, taskDefinition: await ownership.requireDefinition(input.taskDefinition) }))
    },

    async ListClusters(
      input: ListClustersRequest,
      send: (input: ListClustersRequest) => Promise<ListClustersCommandOutput>,
    ) {
      const output = await send(input)
      output.clusterArns = await ownership.listed('ecs:cluster', output.clusterArns, input)
      return output
    },

    async ListServices(
      input: ListServicesRequest,
      send: (input: ListServicesRequest) => Promise<ListServicesCommandOutput>,
    ) {
      await ownership.requireCluster(input.cluster)
      const output = await send(input)
      output.serviceArns = await ownership.listed('ecs:service', output.serviceArns, input, (arn) =>
        serviceIn(input.cluster, arn),
      )
      return output
    },

    async ListTaskDefinitions(
      input: ListTaskDefinitionsRequest,
      send: (input: ListTaskDefinitionsRequest) => Promise<ListTaskDefinitionsCommandOutput>,
    ) {
      const output = await send(input)
      output.taskDefinitionArns = await ownership.listed('ecs:task-definition', output.taskDefinitionArns, input)
      return output
    },

    /** Ids only: there are too many tasks, living too short, for the index of tags. Whoever lists describes them, and sees ours then. */
    async ListTasks(input: ListTasksRequest, send: (input: ListTasksRequest) => Promise<ListTasksCommandOutput>) {
      await ownership.requireCluster(input.cluster)
      return send(input)
    },
  }
}

function withTagsAsked<Input extends { include?: string[] | undefined }>(input: Input): Input {
  return input.include?.includes('TAGS') ? input : { ...input, include: [...(input.include ?? []), 'TAGS'] }
}

function missing<T extends object>(
  all: readonly T[] = [],
  ours: readonly T[],
  arnOf: (thing: T) => string | undefined,
): Failure[] {
  const kept = new Set(ours)
  return all.filter((thing) => !kept.has(thing)).map((thing) => ({ arn: arnOf(thing), reason: 'MISSING' }))
}

function hiding<Output extends { failures?: Failure[] | undefined }>(
  output: Output,
  hidden: Failure[],
  ours: Partial<Output>,
): Output {
  Object.assign(output, ours)
  if (hidden.length > 0) output.failures = [...(output.failures ?? []), ...hidden]
  return output
}
