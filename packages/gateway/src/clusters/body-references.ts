/** Checks references to resources in a body before ECS is called. Each error has the JSON Pointer of its reference. */
import { type ResourceKind, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { foreignArnReason } from '../aws/foreign-arns.ts'
import type { Body } from '../shapes/body.ts'

interface BodyReference {
  path: (string | number)[]
  kind: ResourceKind
  value: unknown
}

/** Adds an error for each ARN in the body that is of another account, Region, partition or kind. */
export async function addForeignReferenceErrors(account: Account, body: Body): Promise<void> {
  for (const { path, kind, value } of referencesIn(body.input)) {
    const reason =
      typeof value === 'string' && value.startsWith('arn:') ? await foreignArnReason(account, kind, value) : undefined
    if (reason) body.addError(path, reason)
  }
}

/** Adds an error when the body names another cluster than the path. */
export function addOtherClusterError(body: Body, cluster: string): void {
  const clusterInBody = body.input.cluster
  if (typeof clusterInBody === 'string' && shortName(clusterInBody) !== shortName(cluster))
    body.addError(['cluster'], `${clusterInBody} is not the cluster in the path (${shortName(cluster)})`)
}

function* referencesIn(input: Readonly<Record<string, unknown>>): Iterable<BodyReference> {
  yield { path: ['cluster'], kind: 'cluster', value: input.cluster }
  yield { path: ['clusterName'], kind: 'cluster', value: input.clusterName }
  yield { path: ['service'], kind: 'service', value: input.service }
  yield { path: ['taskDefinition'], kind: 'task-definition', value: input.taskDefinition }
  for (const [i, value] of listOf<unknown>(input.capacityProviders).entries())
    yield { path: ['capacityProviders', i], kind: 'capacity-provider', value }
  for (const member of ['capacityProviderStrategy', 'defaultCapacityProviderStrategy'])
    for (const [i, item] of listOf<{ capacityProvider?: unknown }>(input[member]).entries())
      yield { path: [member, i, 'capacityProvider'], kind: 'capacity-provider', value: item?.capacityProvider }
}

function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : []
}
