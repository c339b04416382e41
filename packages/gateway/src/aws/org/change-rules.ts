/** What reaches for a thing that is there: it must be the organisation's, and stays so. */
import type {
  DeleteTaskDefinitionsRequest,
  DescribeServiceDeploymentsRequest,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import { parseArn } from '@ecs-api/ecs-model'
import { NotFound } from '../../problems/problem.ts'
import { type OrgTag, whyNotSaid } from '../org-tag.ts'
import { refuse, whyNotPropagated } from './create-rules.ts'
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

export function changeRules(org: OrgTag, ownership: Ownership) {
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

  /** @throws NotFound for what is not ours, and for an ARN of a kind that is not known here */
  async function requireArn(arn = ''): Promise<void> {
    const [kind, cluster = '', name = ''] = parseArn(arn)?.resource.split('/') ?? []
    if (kind === 'cluster') return ownership.requireCluster(cluster)
    if (kind === 'service' || kind === 'service-deployment') return ownership.requireService(cluster, name)
    if (kind === 'task') return ownership.requireTask(cluster, name)
    if (kind === 'task-definition') return void (await ownership.requireDefinition(arn))
    throw new NotFound('DeploymentNotFound', `There is no ${arn}.`)
  }

  return {
    PutClusterCapacityProviders: inCluster,
    UpdateCluster: inCluster,
    ListServiceDeployments: ofService,
    StopTask: ofTask,
    ContinueServiceDeployment: ofDeployment,
    StopServiceDeployment: ofDeployment,

    async DeleteCluster(input: InCluster, send: Send<InCluster>) {
      const output = await inCluster(input, send)
      ownership.known.gone('cluster', input.cluster ?? 'default')
      return output
    },

    async DeleteService(input: OfService, send: Send<OfService>) {
      const output = await ofService(input, send)
      ownership.known.gone('service', serviceIn(input.cluster, input.service))
      return output
    },

    async UpdateService(input: UpdateServiceRequest, send: Send<UpdateServiceRequest>) {
      await ownership.requireService(input.cluster, input.service)
      refuse('/propagateTags', whyNotPropagated(org, input.propagateTags))
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
      for (const { key, value } of input.tags ?? []) refuse('/tags', whyNotSaid(org, key, value))
      return send(input)
    },

    async UntagResource(input: UntagResourceRequest, send: Send<UntagResourceRequest>) {
      await requireArn(input.resourceArn)
      for (const key of input.tagKeys ?? []) refuse('/tags', whyNotSaid(org, key, null))
      return send(input)
    },
  }
}
