import type { Account } from '../aws/account.ts'
import { mergeTags } from '../aws/tags.ts'
import { checkIfMatch } from '../http/response/etag.ts'
import { PreconditionFailed } from '../problems/problem.ts'
import { readBody } from '../shapes/body.ts'
import { addForeignReferenceErrors } from './body-references.ts'
import { addBoundaryTagErrors } from './boundary-tag.ts'
import { createAbsentCluster } from './create.ts'
import { findCluster } from './get.ts'
import { type ClusterResource, toClusterResource } from './schema.ts'
import { addOtherNameError, type ClusterUpdate, updateCluster } from './update.ts'

/**
 * Creates the cluster, or sets the fields of the body on the existing one. Fields that the body leaves out, and tags
 * that it does not name, stay as they are.
 * @param ifMatch the header `If-Match`: the version that the cluster must have
 * @throws BadRequest `InvalidBody` with all errors of the body at once
 * @throws PreconditionFailed when the cluster has another version, or does not exist
 */
export async function putCluster(
  account: Account,
  ref: string,
  body: unknown,
  ifMatch: string | undefined,
): Promise<{ created: boolean; cluster: ClusterResource }> {
  const requestBody = readBody('CreateCluster', body ?? {})
  const name = addOtherNameError(requestBody, ref)
  await addForeignReferenceErrors(account, requestBody)
  addBoundaryTagErrors(account, requestBody)
  requestBody.throwIfInvalid('CreateCluster', { ...requestBody.input, clusterName: name })
  const current = await findCluster(account, ref)
  if (!current && ifMatch !== undefined)
    throw new PreconditionFailed('PreconditionFailed', `The cluster ${name} does not exist, so nothing can match.`, {
      next: 'Repeat the request without If-Match to create the cluster.',
    })
  if (current) checkIfMatch(ifMatch, toClusterResource(current))
  try {
    if (!current)
      return { created: true, cluster: await createAbsentCluster(account, { ...requestBody.input, clusterName: name }) }
    const update: ClusterUpdate = { ...requestBody.input }
    if (update.tags) update.tags = mergeTags(current.tags ?? [], update.tags)
    return { created: false, cluster: await updateCluster(account, current, update) }
  } catch (error) {
    throw requestBody.withPointerToField(error)
  }
}
