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
import { serviceIn } from './owned-cache.ts'
import type { Ownership } from './ownership.ts'

export function createRules(boundaryTag: BoundaryTag, ownership: Ownership) {
  const withCheckedBoundaryTag = (tags: readonly Tag[] = []): Tag[] => {
    for (const { key, value } of tags) rejectIf('/tags', boundaryTagViolation(boundaryTag, key, value))
    return addBoundaryTag(boundaryTag, tags)
  }
  /** AWS leaves the tags out of some responses. */
  const tagsOf = (resource: { tags?: Tag[] | undefined }, sent: Tag[]) => (resource.tags?.length ? resource.tags : sent)

  return {
    async CreateCluster(
      input: CreateClusterRequest,
      send: (input: CreateClusterRequest) => Promise<CreateClusterCommandOutput>,
    ) {
      const { clusterName = 'default' } = input
      const tags = withCheckedBoundaryTag(input.tags)
      // For a name in use, ECS returns the existing cluster with success, also one outside of the boundary.
      const existing = await ownership.findCluster(clusterName)
      if (existing && !hasBoundaryTag(boundaryTag, existing.tags)) throw nameTaken(clusterName)
      const output = await send({ ...input, tags })
      const { cluster } = output
      if (cluster?.tags?.length && !hasBoundaryTag(boundaryTag, cluster.tags)) throw nameTaken(clusterName)
      if (cluster) cluster.tags = tagsOf(cluster, tags)
      ownership.cache.addCreated('cluster', clusterName)
      return output
    },

    async CreateService(
      input: CreateServiceRequest,
      send: (input: CreateServiceRequest) => Promise<CreateServiceCommandOutput>,
    ) {
      await ownership.requireCluster(input.cluster)
      rejectIf('/propagateTags', propagationViolation(boundaryTag, input.propagateTags))
      const tags = withCheckedBoundaryTag(input.tags)
      const { propagateTags = 'SERVICE', enableECSManagedTags = true } = input
      const definition = input.taskDefinition && {
        taskDefinition: await ownership.requireDefinition(input.taskDefinition),
      }
      const output = await send({ ...input, ...definition, tags, propagateTags, enableECSManagedTags })
      if (output.service) output.service.tags = tagsOf(output.service, tags)
      ownership.cache.addCreated('service', serviceIn(input.cluster, input.serviceName))
      return output
    },

    async RegisterTaskDefinition(
      input: RegisterTaskDefinitionRequest,
      send: (input: RegisterTaskDefinitionRequest) => Promise<RegisterTaskDefinitionCommandOutput>,
    ) {
      const tags = withCheckedBoundaryTag(input.tags)
      const output = await send({ ...input, tags })
      output.tags = tagsOf(output, tags)
      ownership.cache.addCreated('task-definition', output.taskDefinition?.taskDefinitionArn ?? '')
      return output
    },

    async RunTask(input: RunTaskRequest, send: (input: RunTaskRequest) => Promise<RunTaskCommandOutput>) {
      await ownership.requireCluster(input.cluster)
      const tags = withCheckedBoundaryTag(input.tags)
      const output = await send({
        ...input,
        taskDefinition: await ownership.requireDefinition(input.taskDefinition),
        tags,
      })
      for (const task of output.tasks ?? []) {
        task.tags = tagsOf(task, tags)
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
export function propagationViolation(boundaryTag: BoundaryTag | undefined, propagateTags: unknown): string | undefined {
  return boundaryTag && propagateTags === 'NONE'
    ? `tasks must get the tag ${boundaryTag.key}: use SERVICE or TASK_DEFINITION`
    : undefined
}

/**
 * Cluster names are unique in the AWS account, across boundaries. So a client has to learn that a cluster outside of
 * its boundary uses the name.
 */
function nameTaken(name: string): Conflict {
  return new Conflict('ClusterAlreadyExists', `The name ${name} is taken in this AWS account.`, {
    next: 'Use another name.',
  })
}

/**
 * Rejects the input when there is a message.
 * @throws BadRequest `InvalidBody`
 */
export function rejectIf(pointer: string, message: string | undefined): void {
  if (message)
    throw new BadRequest('InvalidBody', `${pointer}: ${message}.`, { errors: [{ in: 'body', pointer, message }] })
}
