/**
 * The boundary's rules for actions on existing resources: the resource must be within the boundary, and the action must
 * not remove the boundary's tag from it. A service must keep `propagateTags`, so that its tasks get the tag too.
 */
import type {
  DeleteTaskDefinitionsRequest,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import { parseArn } from '@ecs-api/ecs-model'
import { NotFound } from '../../problems/problem.ts'
import { type BoundaryTag, boundaryTagViolation } from '../boundary-tag.ts'
import { tagPropagationViolation, throwIfViolated } from './create-rules.ts'
import { serviceCacheRef } from './owned-cache.ts'
import type { Ownership } from './ownership.ts'

type Send<Input> = (input: Input) => Promise<object>
interface ClusterInput {
  cluster?: string | undefined
}
interface ServiceInput extends ClusterInput {
  service?: string | undefined
}
interface TaskInput extends ClusterInput {
  task?: string | undefined
}
interface DeploymentInput {
  serviceDeploymentArn?: string | undefined
}

export function changeRules(boundaryTag: BoundaryTag, ownership: Ownership) {
  async function clusterRule<Input extends ClusterInput>(input: Input, send: Send<Input>) {
    await ownership.requireCluster(input.cluster)
    return send(input)
  }
  async function serviceRule<Input extends ServiceInput>(input: Input, send: Send<Input>) {
    await ownership.requireService(input.cluster, input.service)
    return send(input)
  }
  async function taskRule<Input extends TaskInput>(input: Input, send: Send<Input>) {
    await ownership.requireTask(input.cluster, input.task)
    return send(input)
  }
  async function deploymentRule<Input extends DeploymentInput>(input: Input, send: Send<Input>) {
    await requireArnWithinBoundary(input.serviceDeploymentArn)
    return send(input)
  }

  /** @throws NotFound when the resource is outside of the boundary, or its kind is unknown here */
  async function requireArnWithinBoundary(arn = ''): Promise<void> {
    const [kind, cluster = '', name = ''] = parseArn(arn)?.resource.split('/') ?? []
    if (kind === 'cluster') return ownership.requireCluster(cluster)
    if (kind === 'service' || kind === 'service-deployment' || kind === 'service-revision')
      return ownership.requireService(cluster, name)
    if (kind === 'task') return ownership.requireTask(cluster, name)
    if (kind === 'task-definition') return void (await ownership.requireTaskDefinition(arn))
    throw new NotFound('DeploymentNotFound', `There is no ${arn}.`)
  }

  return {
    PutClusterCapacityProviders: clusterRule,
    UpdateCluster: clusterRule,
    ListServiceDeployments: serviceRule,
    StopTask: taskRule,
    ExecuteCommand: taskRule,
    ContinueServiceDeployment: deploymentRule,
    StopServiceDeployment: deploymentRule,

    async DeleteCluster(input: ClusterInput, send: Send<ClusterInput>) {
      const output = await clusterRule(input, send)
      ownership.cache.remove('cluster', input.cluster ?? 'default')
      return output
    },

    async DeleteService(input: ServiceInput, send: Send<ServiceInput>) {
      const output = await serviceRule(input, send)
      ownership.cache.remove('service', serviceCacheRef(input.cluster, input.service))
      return output
    },

    async UpdateService(input: UpdateServiceRequest, send: Send<UpdateServiceRequest>) {
      await ownership.requireService(input.cluster, input.service)
      throwIfViolated('/propagateTags', tagPropagationViolation(boundaryTag, input.propagateTags))
      // The checked revision is deployed, also when a newer one of the family is registered meanwhile.
      const definition = input.taskDefinition && {
        taskDefinition: await ownership.requireTaskDefinition(input.taskDefinition),
      }
      return send({ ...input, ...definition })
    },

    async DescribeServiceDeployments(
      input: DescribeServiceDeploymentsRequest,
      send: Send<DescribeServiceDeploymentsRequest>,
    ) {
      for (const arn of input.serviceDeploymentArns ?? []) await requireArnWithinBoundary(arn)
      return send(input)
    },

    async DescribeServiceRevisions(
      input: DescribeServiceRevisionsRequest,
      send: Send<DescribeServiceRevisionsRequest>,
    ) {
      for (const arn of input.serviceRevisionArns ?? []) await requireArnWithinBoundary(arn)
      return send(input)
    },

    async DeregisterTaskDefinition(input: { taskDefinition?: string | undefined }, send: Send<object>) {
      await ownership.requireTaskDefinition(input.taskDefinition)
      return send(input)
    },

    async DeleteTaskDefinitions(input: DeleteTaskDefinitionsRequest, send: Send<DeleteTaskDefinitionsRequest>) {
      for (const ref of input.taskDefinitions ?? []) await ownership.requireTaskDefinition(ref)
      return send(input)
    },

    async TagResource(input: TagResourceRequest, send: Send<TagResourceRequest>) {
      await requireArnWithinBoundary(input.resourceArn)
      for (const { key, value } of input.tags ?? [])
        throwIfViolated('/tags', boundaryTagViolation(boundaryTag, key, value))
      return send(input)
    },

    async UntagResource(input: UntagResourceRequest, send: Send<UntagResourceRequest>) {
      await requireArnWithinBoundary(input.resourceArn)
      for (const key of input.tagKeys ?? []) throwIfViolated('/tags', boundaryTagViolation(boundaryTag, key, null))
      return send(input)
    },
  }
}
