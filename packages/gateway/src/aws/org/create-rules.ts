/** What is made carries the organisation's tag, and stands on nothing that isn't the organisation's. */
import type {
  CreateClusterCommandOutput,
  CreateClusterRequest,
  CreateServiceCommandOutput,
  CreateServiceRequest,
  RegisterTaskDefinitionCommandOutput,
  RegisterTaskDefinitionRequest,
  RunTaskCommandOutput,
  RunTaskRequest,
  Tag,
} from '@aws-sdk/client-ecs'
import { BadRequest, Conflict } from '../../problems/problem.ts'
import { carries, type OrgTag, whyNotSaid, withOrgTag } from '../org-tag.ts'
import { serviceIn } from './owned-cache.ts'
import type { Ownership } from './ownership.ts'

export function createRules(org: OrgTag, ownership: Ownership) {
  const tagged = (tags: readonly Tag[] = []): Tag[] => {
    for (const { key, value } of tags) refuse('/tags', whyNotSaid(org, key, value))
    return withOrgTag(org, tags)
  }
  /** AWS leaves the tags out of some answers. */
  const told = (answered: Tag[] | undefined, given: Tag[]) => (answered?.length ? answered : given)

  return {
    async CreateCluster(
      input: CreateClusterRequest,
      send: (input: CreateClusterRequest) => Promise<CreateClusterCommandOutput>,
    ) {
      const { clusterName = 'default' } = input
      const tags = tagged(input.tags)
      // ECS answers a CreateCluster of a name in use with the cluster that is there, whosever it is.
      const there = await ownership.clusterAt(clusterName)
      if (there && !carries(org, there.tags)) throw taken(clusterName)
      const output = await send({ ...input, tags })
      const { cluster } = output
      if (cluster?.tags?.length && !carries(org, cluster.tags)) throw taken(clusterName)
      if (cluster) cluster.tags = told(cluster.tags, tags)
      ownership.known.made('cluster', clusterName)
      return output
    },

    async CreateService(
      input: CreateServiceRequest,
      send: (input: CreateServiceRequest) => Promise<CreateServiceCommandOutput>,
    ) {
      await ownership.requireCluster(input.cluster)
      refuse('/propagateTags', whyNotPropagated(org, input.propagateTags))
      const tags = tagged(input.tags)
      const { propagateTags = 'SERVICE', enableECSManagedTags = true } = input
      const definition = input.taskDefinition && {
        taskDefinition: await ownership.requireDefinition(input.taskDefinition),
      }
      const output = await send({ ...input, ...definition, tags, propagateTags, enableECSManagedTags })
      if (output.service) output.service.tags = told(output.service.tags, tags)
      ownership.known.made('service', serviceIn(input.cluster, input.serviceName))
      return output
    },

    async RegisterTaskDefinition(
      input: RegisterTaskDefinitionRequest,
      send: (input: RegisterTaskDefinitionRequest) => Promise<RegisterTaskDefinitionCommandOutput>,
    ) {
      const tags = tagged(input.tags)
      const output = await send({ ...input, tags })
      output.tags = told(output.tags, tags)
      ownership.known.made('task-definition', output.taskDefinition?.taskDefinitionArn ?? '')
      return output
    },

    async RunTask(input: RunTaskRequest, send: (input: RunTaskRequest) => Promise<RunTaskCommandOutput>) {
      await ownership.requireCluster(input.cluster)
      const tags = tagged(input.tags)
      const output = await send({
        ...input,
        taskDefinition: await ownership.requireDefinition(input.taskDefinition),
        tags,
      })
      for (const task of output.tasks ?? []) {
        task.tags = told(task.tags, tags)
        ownership.known.made('task', task.taskArn ?? '')
      }
      return output
    },
  }
}

/** Why tasks of a service may not go without its tags; undefined when they don't. A definition that may be run here carries the tag as well. */
export function whyNotPropagated(org: OrgTag | undefined, propagateTags: unknown): string | undefined {
  return org && propagateTags === 'NONE'
    ? `tasks must get the tag ${org.key}: propagate SERVICE or TASK_DEFINITION`
    : undefined
}

/** Names of clusters are the account's, not the organisation's: that this one is taken can't be kept from who wants it. */
function taken(name: string): Conflict {
  return new Conflict('ClusterAlreadyExists', `The name ${name} is taken in this AWS account.`, {
    next: 'Use another name.',
  })
}

export function refuse(pointer: string, message: string | undefined): void {
  if (message)
    throw new BadRequest('InvalidBody', `${pointer}: ${message}.`, { errors: [{ in: 'body', pointer, message }] })
}
