/** The actions on the tags of a resource of any kind. Requests name the resource by its ARN. */
import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-ecs'
import { type AwsJson, differingArnPart, parseArn, type ResourceKind, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { ActionContext, Actions } from './action.ts'
import { clusterNotFound } from './cluster-reference.ts'
import { mergedTags } from './tag-rules.ts'

export const tagActions = {
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
} satisfies Actions

type Tags = AwsJson<Tag>[]

/** The tags of a resource, and a function that replaces them. */
interface ResourceTags {
  tags: Tags
  replaceTags: (tags: Tags) => void
}

function tagResource(
  { ecsTables }: ActionContext,
  { resourceArn = '', tags = [] }: AwsJson<TagResourceRequest>,
): AwsJson<TagResourceResponse> {
  const tagged = getTaggedResource(ecsTables, resourceArn)
  tagged.replaceTags(mergedTags(tagged.tags, tags))
  return {}
}

function untagResource(
  { ecsTables }: ActionContext,
  { resourceArn = '', tagKeys = [] }: AwsJson<UntagResourceRequest>,
): AwsJson<UntagResourceResponse> {
  const tagged = getTaggedResource(ecsTables, resourceArn)
  tagged.replaceTags(tagged.tags.filter(({ key }) => key === undefined || !tagKeys.includes(key)))
  return {}
}

/** Unlike TagResource, this action has no ResourceNotFoundException (API Reference, ListTagsForResource). */
function listTagsForResource(
  { ecsTables }: ActionContext,
  { resourceArn = '' }: AwsJson<ListTagsForResourceRequest>,
): AwsJson<ListTagsForResourceResponse> {
  try {
    return { tags: getTaggedResource(ecsTables, resourceArn).tags }
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'ResourceNotFoundException')) throw error
    const isCluster = parseArn(resourceArn)?.resource.startsWith('cluster/')
    throw isCluster ? clusterNotFound() : new AwsError('InvalidParameterException', error.message)
  }
}

function getTaggedResource(ecsTables: EcsTables, resourceArn: string): ResourceTags {
  const arn = parseArn(resourceArn)
  if (arn?.service !== 'ecs') throw new AwsError('InvalidParameterException', `Invalid ARN: ${resourceArn}`)
  const kind = arn.resource.slice(0, arn.resource.indexOf('/'))
  const find = Object.hasOwn(findersByKind, kind) ? findersByKind[kind] : undefined
  if (!find) throw new AwsError('InvalidParameterException', `Resources of the kind ${kind} have no tags.`)
  // `service/web` is an ARN in the old format, without the cluster's name. The text was recorded from ECS for a
  // service.
  if (needsLongArn.has(kind) && arn.resource.split('/').length < 3)
    throw new AwsError('InvalidParameterException', 'Long arn format must be used for tagging operations')
  const isInThisAccount = differingArnPart(resourceArn, kind as ResourceKind, ecsTables) === undefined
  const tagged = isInThisAccount ? find(ecsTables, resourceArn) : undefined
  // The text was not recorded. It has the form of the text for an inactive cluster.
  if (!tagged)
    throw new AwsError(
      'ResourceNotFoundException',
      `The specified ${kind} was not found. Specify a valid ${kind} and try again.`,
    )
  return tagged
}

const needsLongArn = new Set(['service', 'task'])

const findersByKind: Record<string, (ecsTables: EcsTables, arn: string) => ResourceTags | undefined> = {
  cluster({ clusters }, arn) {
    const cluster = clusters.get(shortName(arn))
    if (cluster?.status === 'INACTIVE') throw notActive('cluster is inactive. Specify an active cluster')
    return (
      cluster && {
        tags: cluster.tags ?? [],
        replaceTags: (tags) => clusters.set(cluster.clusterName, { ...cluster, tags }),
      }
    )
  },
  service({ services }, arn) {
    const service = services.get(arn)
    if (service?.status === 'INACTIVE') throw notActive('service is inactive. Specify an active service')
    return service && { tags: service.tags ?? [], replaceTags: (tags) => services.set(arn, { ...service, tags }) }
  },
  task({ tasks }, arn) {
    const task = tasks.get(arn)
    if (task?.lastStatus === 'STOPPED') throw notActive('task is stopped. Specify a running task')
    return task && { tags: task.tags ?? [], replaceTags: (tags) => tasks.set(arn, { ...task, tags }) }
  },
  'task-definition'({ taskDefinitions }, arn) {
    const definition = taskDefinitions.get(shortName(arn))
    return (
      definition && {
        tags: definition.tags,
        replaceTags: (tags) => taskDefinitions.set(shortName(arn), { ...definition, tags }),
      }
    )
  },
  'capacity-provider'({ capacityProviders }, arn) {
    const provider = capacityProviders.get(shortName(arn))
    if (provider?.status === 'INACTIVE') return undefined
    return (
      provider && {
        tags: provider.tags ?? [],
        replaceTags: (tags) => capacityProviders.set(provider.name, { ...provider, tags }),
      }
    )
  },
}

/** The text was recorded for a cluster and a task. The text for a service has the same form. */
function notActive(subject: string): AwsError {
  return new AwsError('InvalidParameterException', `The specified ${subject} and try again.`)
}
