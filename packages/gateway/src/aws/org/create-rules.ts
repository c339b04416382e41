/**
 * The boundary's rules for actions that create resources: the resource gets the boundary's tag, and its cluster and
 * task definition must be within the boundary.
 */
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
import { addBoundaryTag, type BoundaryTag, boundaryTagViolation, hasBoundaryTag } from '../boundary-tag.ts'
import { serviceCacheRef } from './owned-cache.ts'
import type { Ownership } from './ownership.ts'

export function createRules(boundaryTag: BoundaryTag, ownership: Ownership) {
  const withCheckedBoundaryTag = (tags: readonly Tag[] = []): Tag[] => {
    for (const { key, value } of tags) throwIfViolated('/tags', boundaryTagViolation(boundaryTag, key, value))
    return addBoundaryTag(boundaryTag, tags)
  }
  /** Returns the sent tags for a response without tags: AWS leaves them out of some responses. */
  const tagsOrSentTags = (resource: { tags?: Tag[] | undefined }, sentTags: Tag[]) =>
    resource.tags?.length ? resource.tags : sentTags

  return {
    async CreateCluster(
      input: CreateClusterRequest,
      send: (input: CreateClusterRequest) => Promise<CreateClusterCommandOutput>,
    ) {
      const { clusterName = 'default' } = input
      const tags = withCheckedBoundaryTag(input.tags)
      // For a name in use, CreateCluster succeeds and returns the existing cluster, even one outside of the boundary.
      const existing = await ownership.findCluster(clusterName)
      if (existing && !hasBoundaryTag(boundaryTag, existing.tags)) throw nameTaken(clusterName)
      const output = await send({ ...input, tags })
      const { cluster } = output
      if (cluster?.tags?.length && !hasBoundaryTag(boundaryTag, cluster.tags)) throw nameTaken(clusterName)
      if (cluster) cluster.tags = tagsOrSentTags(cluster, tags)
      ownership.cache.addCreated('cluster', clusterName)
      return output
    },

    async CreateService(
      input: CreateServiceRequest,
      send: (input: CreateServiceRequest) => Promise<CreateServiceCommandOutput>,
    ) {
      await ownership.requireCluster(input.cluster)
      throwIfViolated('/propagateTags', tagPropagationViolation(boundaryTag, input.propagateTags))
      const tags = withCheckedBoundaryTag(input.tags)
      const { propagateTags = 'SERVICE', enableECSManagedTags = true } = input
      const definition = input.taskDefinition && {
        taskDefinition: await ownership.requireTaskDefinition(input.taskDefinition),
      }
      const output = await send({ ...input, ...definition, tags, propagateTags, enableECSManagedTags })
      if (output.service) output.service.tags = tagsOrSentTags(output.service, tags)
      ownership.cache.addCreated('service', serviceCacheRef(input.cluster, input.serviceName))
      return output
    },

    async RegisterTaskDefinition(
      input: RegisterTaskDefinitionRequest,
      send: (input: RegisterTaskDefinitionRequest) => Promise<RegisterTaskDefinitionCommandOutput>,
    ) {
      const tags = withCheckedBoundaryTag(input.tags)
      const output = await send({ ...input, tags })
      output.tags = tagsOrSentTags(output, tags)
      ownership.cache.addCreated('task-definition', output.taskDefinition?.taskDefinitionArn ?? '')
      return output
    },

    async RunTask(input: RunTaskRequest, send: (input: RunTaskRequest) => Promise<RunTaskCommandOutput>) {
      await ownership.requireCluster(input.cluster)
      const tags = withCheckedBoundaryTag(input.tags)
      const output = await send({
        ...input,
        taskDefinition: await ownership.requireTaskDefinition(input.taskDefinition),
        tags,
      })
      for (const task of output.tasks ?? []) {
        task.tags = tagsOrSentTags(task, tags)
        ownership.cache.addCreated('task', task.taskArn ?? '')
      }
      return output
    },
  }
}

/**
 * Returns why a service's `propagateTags` is not allowed; undefined when it is. Both SERVICE and TASK_DEFINITION give
 * the boundary's tag to the tasks, because the service and its task definition have it.
 */
export function tagPropagationViolation(
  boundaryTag: BoundaryTag | undefined,
  propagateTags: unknown,
): string | undefined {
  return boundaryTag && propagateTags === 'NONE'
    ? `tasks must get the tag ${boundaryTag.key}: use SERVICE or TASK_DEFINITION`
    : undefined
}

/**
 * A cluster's name is unique in the AWS account, across boundaries. So a client has to learn that a cluster outside of
 * its boundary has the name.
 */
function nameTaken(name: string): Conflict {
  return new Conflict('ClusterAlreadyExists', `The name ${name} is taken in this AWS account.`, {
    next: 'Use another name.',
  })
}

/**
 * Rejects a request when there is a reason to.
 * @param pointer of the invalid member in the request's body
 * @throws BadRequest `InvalidBody`
 */
export function throwIfViolated(pointer: string, reason: string | undefined): void {
  if (reason)
    throw new BadRequest('InvalidBody', `${pointer}: ${reason}.`, {
      errors: [{ in: 'body', pointer, message: reason }],
    })
}
