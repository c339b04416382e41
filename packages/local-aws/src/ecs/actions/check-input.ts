/** ECS's rules on inputs, applied in its order: on the input alone first, then together with what the input names. */
import { type Fault, faultsOf, type Known } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { EcsState } from '../records/state.ts'
import { findCluster } from './cluster-reference.ts'

/** Actions that look up what they are about before they check anything else of their input (capture controls 22). */
const lookedUpFirst: Readonly<Record<string, (ecsState: EcsState, input: Record<string, unknown>) => unknown>> = {
  UpdateClusterSettings: (ecsState, { cluster }) => findCluster(ecsState, cluster as string | undefined),
}

/** Members that ECS looks at only when it has found what the request is about: the action checks them. */
const checkedByAction: Readonly<Record<string, string>> = { DescribeClusters: 'include' }

/** @throws AwsError for the first thing that ECS would find wrong with the input alone. */
export function checkInput(ecsState: EcsState, action: string, input: Record<string, unknown>): void {
  lookedUpFirst[action]?.(ecsState, input)
  const isChecked = ({ afterLookup, path }: Fault) => !afterLookup && path[0] !== checkedByAction[action]
  const fault = faultsOf(action, input, { account: ecsState.account }).find(isChecked)
  if (fault) throw new AwsError(fault.code, fault.message)
}

/** @throws AwsError for the first thing that ECS finds wrong once it has looked up the cluster and the task definition. */
export function checkAfterLookup(ecsState: EcsState, action: string, input: object, known: Known): void {
  const fault = faultsOf(action, { ...input }, { account: ecsState.account, ...known }).find((one) => one.afterLookup)
  if (fault) throw new AwsError(fault.code, fault.message)
}
