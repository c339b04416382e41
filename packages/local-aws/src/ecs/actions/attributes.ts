/**
 * The actions on attributes, which are names and values on container instances, for placement. This engine has no
 * container instances. A request to put or delete attributes therefore gets ECS's error for a missing target, and the
 * list is always empty.
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
  { ecsTables }: ActionContext,
  { cluster, attributes = [] }: AwsJson<PutAttributesRequest>,
): AwsJson<PutAttributesResponse> {
  getActiveCluster(ecsTables, cluster)
  return { attributes: attributes.map(rejectTarget) }
}

function deleteAttributes(
  { ecsTables }: ActionContext,
  { cluster, attributes = [] }: AwsJson<DeleteAttributesRequest>,
): AwsJson<DeleteAttributesResponse> {
  getActiveCluster(ecsTables, cluster)
  return { attributes: attributes.map(rejectTarget) }
}

function listAttributes(
  { ecsTables }: ActionContext,
  { cluster }: AwsJson<ListAttributesRequest>,
): AwsJson<ListAttributesResponse> {
  getActiveCluster(ecsTables, cluster)
  return { attributes: [] }
}

/** @throws AwsError always: for an invalid attribute, or because the attribute's target does not exist. */
function rejectTarget({ name = '', targetId }: AwsJson<Attribute>): never {
  if (!/^[\w./-]{1,128}$/.test(name)) throw new AwsError('InvalidParameterException', `Invalid attribute name: ${name}`)
  if (targetId === undefined)
    throw new AwsError('InvalidParameterException', 'A target id must be given for each attribute.')
  throw new AwsError(
    'TargetNotFoundException',
    `The specified target was not found: ${targetId}. This engine has no container instances.`,
  )
}
