/**
 * Attributes: names and values on a container instance, for placement. Fargate shows no container instances and this
 * engine has none. A request to put or delete attributes therefore gets ECS's error for a missing target, and the list
 * is always empty.
 */
import type {
  Attribute,
  DeleteAttributesRequest,
  DeleteAttributesResponse,
  ListAttributesRequest,
  ListAttributesResponse,
  PutAttributesRequest,
  PutAttributesResponse,
} from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ActionContext, Actions } from './action.ts'
import { getActiveCluster } from './cluster-reference.ts'

export const attributeActions = {
  PutAttributes: putAttributes,
  ListAttributes: listAttributes,
  DeleteAttributes: deleteAttributes,
} satisfies Actions

function putAttributes(
  { ecsState }: ActionContext,
  { cluster, attributes = [] }: AwsJson<PutAttributesRequest>,
): AwsJson<PutAttributesResponse> {
  getActiveCluster(ecsState, cluster)
  return { attributes: attributes.map(rejectTarget) }
}

function deleteAttributes(
  { ecsState }: ActionContext,
  { cluster, attributes = [] }: AwsJson<DeleteAttributesRequest>,
): AwsJson<DeleteAttributesResponse> {
  getActiveCluster(ecsState, cluster)
  return { attributes: attributes.map(rejectTarget) }
}

function listAttributes(
  { ecsState }: ActionContext,
  { cluster }: AwsJson<ListAttributesRequest>,
): AwsJson<ListAttributesResponse> {
  getActiveCluster(ecsState, cluster)
  return { attributes: [] }
}

/** @throws AwsError always: for an invalid attribute, else for its target, which does not exist. */
function rejectTarget({ name = '', targetId }: AwsJson<Attribute>): never {
  if (!/^[\w./-]{1,128}$/.test(name)) throw new AwsError('InvalidParameterException', `Invalid attribute name: ${name}`)
  if (targetId === undefined)
    throw new AwsError('InvalidParameterException', 'A target id must be given for each attribute.')
  throw new AwsError(
    'TargetNotFoundException',
    `The specified target was not found: ${targetId}. This engine has no container instances.`,
  )
}
