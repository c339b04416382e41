/**
 * Applies ECS's rules to inputs in ECS's order: first the rules on the input alone, later the rules on the input
 * together with the resources that it names.
 */
import { type Fault, faultsOf, type RuleContext } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import { getCluster } from './cluster-reference.ts'

/**
 * Actions that look up the resource of the request before they check anything else (AWS response recorded as controls
 * 22).
 */
const lookupsBeforeChecks: Readonly<Record<string, (ecsTables: EcsTables, input: Record<string, unknown>) => unknown>> =
  {
    UpdateClusterSettings: (ecsTables, { cluster }) => getCluster(ecsTables, cluster as string | undefined),
  }

/**
 * By action, the member that ECS checks only after it has found the resource of the request. The action checks it, not
 * this file.
 */
const memberCheckedByAction: Readonly<Record<string, string>> = { DescribeClusters: 'include' }

/** @throws AwsError for the first error that ECS would find in the input alone. */
export function checkInput(ecsTables: EcsTables, action: string, input: Record<string, unknown>): void {
  lookupsBeforeChecks[action]?.(ecsTables, input)
  const isChecked = ({ afterLookup, path }: Fault) => !afterLookup && path[0] !== memberCheckedByAction[action]
  const fault = faultsOf(action, input, { account: ecsTables.account }).find(isChecked)
  if (fault) throw new AwsError(fault.code, fault.message)
}

/** @throws AwsError for the first error that ECS finds after it has looked up the cluster and the task definition. */
export function checkAfterLookup(ecsTables: EcsTables, action: string, input: object, context: RuleContext): void {
  const fault = faultsOf(action, { ...input }, { account: ecsTables.account, ...context }).find(
    ({ afterLookup }) => afterLookup,
  )
  if (fault) throw new AwsError(fault.code, fault.message)
}
