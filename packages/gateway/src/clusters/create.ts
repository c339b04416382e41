import type { CreateClusterRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { type Caller, requireClusterInFence } from '../http/caller.ts'
import { Conflict } from '../problems/problem.ts'
import { readBody } from '../shapes/body.ts'
import { containsAll } from '../shapes/same.ts'
import { addForeignReferenceErrors } from './body-references.ts'
import { addBoundaryTagErrors, withBoundaryTag } from './boundary-tag.ts'
import { findCluster } from './get.ts'
import { type ClusterResource, toClusterResource } from './schema.ts'

/**
 * Creates a cluster. The default name is `default`, as in ECS.
 * @param firstTryAt when the first try of a request with this Idempotency-Key started; undefined for the first try
 *   itself. In a later try, an existing cluster with all fields of the body counts as created by the first try
 * @throws BadRequest `InvalidBody` with all errors of the body at once
 * @throws Forbidden `OutsideFence`
 * @throws Conflict `ClusterAlreadyExists`; ECS's CreateCluster would return the existing cluster instead
 */
export async function createCluster(
  account: Account,
  caller: Caller,
  body: unknown,
  firstTryAt?: Date,
): Promise<ClusterResource> {
  const requestBody = readBody('CreateCluster', body ?? {})
  await addForeignReferenceErrors(account, requestBody)
  addBoundaryTagErrors(account, requestBody)
  requestBody.throwIfInvalid()
  const input: CreateClusterRequest = requestBody.input
  const name = input.clusterName ?? 'default'
  requireClusterInFence(caller, name)
  const existing = await findCluster(account, name)
  if (existing && firstTryAt && containsAll(existing, withBoundaryTag(account, input)))
    return toClusterResource(existing)
  if (existing)
    throw new Conflict('ClusterAlreadyExists', `The cluster ${name} already exists.`, {
      next: 'Use another name, or PUT the cluster to change it.',
    })
  return createAbsentCluster(account, { ...input, clusterName: name }).catch((error: unknown) =>
    Promise.reject(requestBody.withPointerToField(error)),
  )
}

/** Sends CreateCluster for a cluster that does not exist, and records it in the recent writes. */
export async function createAbsentCluster(
  account: Account,
  input: CreateClusterRequest & { clusterName: string },
): Promise<ClusterResource> {
  const { cluster } = await account.ecs().createCluster(input)
  const created = { ...cluster, clusterName: input.clusterName }
  account.recentWrites.record('cluster', input.clusterName, { after: created })
  return toClusterResource(created)
}
