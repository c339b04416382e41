/**
 * Applies ECS's rules to inputs in ECS's order: first the rules on the input alone, later the rules on the input
 * together with the resources that it names.
 */
import { type Fault, faultsOf, type RuleContext } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { EcsState } from '../records/state.ts'
import { getCluster } from './cluster-reference.ts'

/** Actions that look up the resource of the request before they check anything else (capture controls 22). */
const firstLookups: Readonly<Record<string, (ecsState: EcsState, input: Record<string, unknown>) => unknown>> = {
  UpdateClusterSettings: (ecsState, { cluster }) => getCluster(ecsState, cluster as string | undefined),
}

/** Members that ECS checks only after it has found the resource of the request. The action checks them. */
const checkedByAction: Readonly<Record<string, string>> = { DescribeClusters: 'include' }

/** @throws AwsError for the first error that ECS would find in the input alone. */
export function checkInput(ecsState: EcsState, action: string, input: Record<string, unknown>): void {
  firstLookups[action]?.(ecsState, input)
  const isChecked = ({ afterLookup, path }: Fault) => !afterLookup && path[0] !== checkedByAction[action]
  const fault = faultsOf(action, input, { account: ecsState.account }).find(isChecked)
  if (fault) throw new AwsError(fault.code, fault.message)
}

/** @throws AwsError for the first error that ECS finds after it has looked up the cluster and the task definition. */
export function checkAfterLookup(ecsState: EcsState, action: string, input: object, context: RuleContext): void {
  const fault = faultsOf(action, { ...input }, { account: ecsState.account, ...context }).find(
    ({ afterLookup }) => afterLookup,
  )
  if (fault) throw new AwsError(fault.code, fault.message)
}
