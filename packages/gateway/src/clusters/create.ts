import type { CreateClusterRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { type Caller, requireCluster } from '../http/caller.ts'
import { Conflict } from '../problems/problem.ts'
import { readBody } from '../shapes/body.ts'
import { saysAll } from '../shapes/same.ts'
import { refuseForeign } from './foreign-references.ts'
import { findCluster } from './get.ts'
import { inOrg, keepOrgTag } from './org-tag-in-body.ts'
import { type ClusterResource, presentCluster } from './schema.ts'

/**
 * Makes a cluster; without a name it is `default`, as in ECS.
 * @param firstTryAt when this was tried before without an answer: a cluster that is as asked for is the one
 * @throws Forbidden `OutsideFence`
 * @throws Conflict `ClusterAlreadyExists`: ECS itself would answer with the one that is there
 */
export async function createCluster(
  account: Account,
  caller: Caller,
  body: unknown,
  firstTryAt?: Date,
): Promise<ClusterResource> {
  const read = readBody('CreateCluster', body ?? {})
  await refuseForeign(account, read)
  keepOrgTag(account, read)
  read.check()
  const input: CreateClusterRequest = read.input
  const name = input.clusterName ?? 'default'
  requireCluster(caller, name)
  const there = await findCluster(account, name)
  if (there && firstTryAt && saysAll(there, inOrg(account, input))) return presentCluster(there)
  if (there)
    throw new Conflict('ClusterAlreadyExists', `There is a cluster ${name} already.`, {
      next: 'Use another name, or PUT to bring the one that is there to this.',
    })
  return makeCluster(account, { ...input, clusterName: name }).catch((error: unknown) =>
    Promise.reject(read.located(error)),
  )
}

/** Makes a cluster that is known not to be there. */
export async function makeCluster(
  account: Account,
  input: CreateClusterRequest & { clusterName: string },
): Promise<ClusterResource> {
  const { cluster } = await account.ecs().createCluster(input)
  const made = { ...cluster, clusterName: input.clusterName }
  account.ownWrites.record('cluster', input.clusterName, { after: made })
  return presentCluster(made)
}
