/** Plans of changes of clusters, for `?dryRun=true`. */
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { type Plan, planOf } from '../plans/plan.ts'
import { type PlannedCall, recordPlannedCalls } from '../plans/planning-account.ts'
import { findCluster } from './get.ts'
import { type ClusterResource, toClusterResource } from './schema.ts'

/**
 * Plans a change of a cluster, or its creation.
 * @param change makes the change with the account that it gets, which records calls and sends no writes
 * @param ref of the changed cluster; undefined for a cluster that the change creates
 */
export async function planCluster(
  account: Account,
  change: (planningAccount: Account) => Promise<ClusterResource>,
  ref?: string,
): Promise<Plan> {
  const current = ref === undefined ? undefined : await findCluster(account, ref)
  const { result, calls } = await recordPlannedCalls(account, change)
  const before = current && toClusterResource(current)
  return planOf({
    calls,
    before: before ? withoutVersion(before) : {},
    after: withoutVersion(result),
    effectOf,
    ...(before && { configVersion: before.configVersion as string }),
  })
}

/** Leaves out `configVersion`: a plan shows the changed fields, not their hash. */
function withoutVersion({ configVersion, ...document }: ClusterResource) {
  return document
}

function effectOf({ action, input }: PlannedCall): string | undefined {
  const { clusterName, cluster } = input as { clusterName?: string; cluster?: string }
  switch (action) {
    case 'CreateCluster':
      return `ECS creates the cluster ${clusterName}.`
    case 'UpdateCluster':
      return `ECS changes the settings of the cluster ${shortName(cluster ?? '')}.`
    case 'PutClusterCapacityProviders':
      return 'ECS sets the capacity providers of the cluster. Tasks that run already stay where they are.'
    case 'DeleteCluster':
      return `ECS deletes the cluster ${shortName(cluster ?? '')}, which is empty.`
    case 'TagResource':
      return 'Tags of the cluster are set.'
    case 'UntagResource':
      return 'Tags of the cluster are removed.'
    default:
      return undefined
  }
}
