/**
 * The boundary's rules for actions on existing resources: the resource must be within the boundary, and the change must
 * not remove the tag from it.
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
import { propagationViolation, rejectIf } from './create-rules.ts'
import { serviceIn } from './owned-cache.ts'
import type { Ownership } from './ownership.ts'

type Send<Input> = (input: Input) => Promise<object>
interface InCluster {
  cluster?: string | undefined
}
interface OfService extends InCluster {
  service?: string | undefined
}
interface OfTask extends InCluster {
  task?: string | undefined
}
interface OfDeployment {
  serviceDeploymentArn?: string | undefined
}

export function changeRules(boundaryTag: BoundaryTag, ownership: Ownership) {
  async function inCluster<Input extends InCluster>(input: Input, send: Send<Input>) {
    await ownership.requireCluster(input.cluster)
    return send(input)
  }
  async function ofService<Input extends OfService>(input: Input, send: Send<Input>) {
    await ownership.requireService(input.cluster, input.service)
    return send(input)
  }
  async function ofTask<Input extends OfTask>(input: Input, send: Send<Input>) {
    await ownership.requireTask(input.cluster, input.task)
    return send(input)
  }
  async function ofDeployment<Input extends OfDeployment>(input: Input, send: Send<Input>) {
    await requireArn(input.serviceDeploymentArn)
    return send(input)
  }

  /** @throws NotFound when the resource is outside of the boundary, or the ARN is of a kind that no rule handles */
  async function requireArn(arn = ''): Promise<void> {
    const [kind, cluster = '', name = ''] = parseArn(arn)?.resource.split('/') ?? []
    if (kind === 'cluster') return ownership.requireCluster(cluster)
    if (kind === 'service' || kind === 'service-deployment' || kind === 'service-revision')
      return ownership.requireService(cluster, name)
    if (kind === 'task') return ownership.requireTask(cluster, name)
    if (kind === 'task-definition') return void (await ownership.requireDefinition(arn))
    throw new NotFound('DeploymentNotFound', `There is no ${arn}.`)
  }

  return {
    PutClusterCapacityProviders: inCluster,
    UpdateCluster: inCluster,
    ListServiceDeployments: ofService,
    StopTask: ofTask,
    ExecuteCommand: ofTask,
    ContinueServiceDeployment: ofDeployment,
    StopServiceDeployment: ofDeployment,

    async DeleteCluster(input: InCluster, send: Send<InCluster>) {
      const output = await inCluster(input, send)
      ownership.cache.remove('cluster', input.cluster ?? 'default')
      return output
    },

    async DeleteService(input: OfService, send: Send<OfService>) {
      const output = await ofService(input, send)
      ownership.cache.remove('service', serviceIn(input.cluster, input.service))
      return output
    },

    async UpdateService(input: UpdateServiceRequest, send: Send<UpdateServiceRequest>) {
      await ownership.requireService(input.cluster, input.service)
      rejectIf('/propagateTags', propagationViolation(boundaryTag, input.propagateTags))
      const definition = input.taskDefinition && {
        taskDefinition: await ownership.requireDefinition(input.taskDefinition),
      }
      return send({ ...input, ...definition })
    },

    async DescribeServiceDeployments(
      input: DescribeServiceDeploymentsRequest,
      send: Send<DescribeServiceDeploymentsRequest>,
    ) {
      for (const arn of input.serviceDeploymentArns ?? []) await requireArn(arn)
      return send(input)
    },

    async DescribeServiceRevisions(
      input: DescribeServiceRevisionsRequest,
      send: Send<DescribeServiceRevisionsRequest>,
    ) {
      for (const arn of input.serviceRevisionArns ?? []) await requireArn(arn)
      return send(input)
    },

    async DeregisterTaskDefinition(input: { taskDefinition?: string | undefined }, send: Send<object>) {
      await ownership.requireDefinition(input.taskDefinition)
      return send(input)
    },

    async DeleteTaskDefinitions(input: DeleteTaskDefinitionsRequest, send: Send<DeleteTaskDefinitionsRequest>) {
      for (const ref of input.taskDefinitions ?? []) await ownership.requireDefinition(ref)
      return send(input)
    },

    async TagResource(input: TagResourceRequest, send: Send<TagResourceRequest>) {
      await requireArn(input.resourceArn)
      for (const { key, value } of input.tags ?? []) rejectIf('/tags', boundaryTagViolation(boundaryTag, key, value))
      return send(input)
    },

    async UntagResource(input: UntagResourceRequest, send: Send<UntagResourceRequest>) {
      await requireArn(input.resourceArn)
      for (const key of input.tagKeys ?? []) rejectIf('/tags', boundaryTagViolation(boundaryTag, key, null))
      return send(input)
    },
  }
}
