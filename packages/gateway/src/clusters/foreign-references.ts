/** ARNs of another account in a body: an error at their place, before ECS is asked. */
import type { ResourceKind } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { foreignReason } from '../aws/own-references.ts'
import type { Body } from '../shapes/body.ts'

type Path = (string | number)[]
type Items = readonly { capacityProvider?: unknown }[]

/** Adds an error for each reference in the body that is an ARN of another account, Region, partition or kind. */
export async function refuseForeign(account: Account, read: Body): Promise<void> {
  for (const { path, kind, value } of references(read.input)) {
    const reason =
      typeof value === 'string' && value.startsWith('arn:') ? await foreignReason(account, kind, value) : undefined
    if (reason) read.refuse(path, reason)
  }
}

function* references(
  input: Readonly<Record<string, unknown>>,
): Iterable<{ path: Path; kind: ResourceKind; value: unknown }> {
  yield { path: ['cluster'], kind: 'cluster', value: input.cluster }
  yield { path: ['clusterName'], kind: 'cluster', value: input.clusterName }
  yield { path: ['service'], kind: 'service', value: input.service }
  yield { path: ['taskDefinition'], kind: 'task-definition', value: input.taskDefinition }
  for (const [i, value] of listOf<unknown>(input.capacityProviders).entries())
    yield { path: ['capacityProviders', i], kind: 'capacity-provider', value }
  for (const member of ['capacityProviderStrategy', 'defaultCapacityProviderStrategy'])
    for (const [i, item] of listOf<Items[number]>(input[member]).entries())
      yield { path: [member, i, 'capacityProvider'], kind: 'capacity-provider', value: item?.capacityProvider }
}

function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : []
}
