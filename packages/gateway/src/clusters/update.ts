/** The calls that change an existing cluster, for both PUT and PATCH. */
import type {
  Cluster,
  CreateClusterRequest,
  PutClusterCapacityProvidersRequest,
  UpdateClusterRequest,
} from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { requireTagsAllowed, setTags } from '../aws/tags.ts'
import type { Body } from '../shapes/body.ts'
import { isSameJson } from '../shapes/same.ts'
import { type ClusterResource, settableClusterFields, toClusterResource } from './schema.ts'

/** Fields of a cluster with the values that they must get. */
export type ClusterUpdate = Pick<CreateClusterRequest, (typeof settableClusterFields)[number]>

/**
 * Sends the fields that differ from the cluster. ECS has three actions for them: for tags, for capacity providers, and
 * for settings.
 * @throws Forbidden `GuardrailBroken` before the first call, so that no part of the change is made
 */
export async function updateCluster(
  account: Account,
  current: Cluster,
  wanted: ClusterUpdate,
): Promise<ClusterResource> {
  const fields = settableClusterFields.filter(
    (field) => wanted[field] !== undefined && !isSameJson(wanted[field], current[field]),
  )
  if (fields.length === 0) return toClusterResource(current)
  const update: ClusterUpdate = Object.fromEntries(fields.map((field) => [field, wanted[field]]))
  const after: Cluster = { ...current, ...update }
  const { tags } = update
  const providers = providersInput(update, after)
  const settings = settingsInput(update, after)
  if (tags) requireTagsAllowed(account, current.clusterArn!, current.tags ?? [], tags)
  if (providers) account.guardrails.requireAllowed('PutClusterCapacityProviders', providers)
  if (settings) account.guardrails.requireAllowed('UpdateCluster', settings)

  if (tags) await setTags(account, current.clusterArn!, current.tags ?? [], tags)
  if (providers) {
    const { cluster } = await account.ecs().putClusterCapacityProviders(providers)
    // ECS adds members that a strategy leaves out, such as `base: 0`.
    after.defaultCapacityProviderStrategy = cluster?.defaultCapacityProviderStrategy
    after.capacityProviders = cluster?.capacityProviders
  }
  if (settings) {
    const { cluster } = await account.ecs().updateCluster(settings)
    for (const field of ['settings', 'configuration', 'serviceConnectDefaults'] as const)
      if (update[field]) Object.assign(after, { [field]: cluster?.[field] })
  }
  account.recentWrites.record('cluster', current.clusterName!, { before: current, after, fields })
  return toClusterResource(after)
}

/** PutClusterCapacityProviders always sets both members. */
function providersInput(update: ClusterUpdate, after: Cluster): PutClusterCapacityProvidersRequest | undefined {
  if (!update.capacityProviders && !update.defaultCapacityProviderStrategy) return undefined
  return {
    cluster: after.clusterName,
    capacityProviders: after.capacityProviders ?? [],
    defaultCapacityProviderStrategy: after.defaultCapacityProviderStrategy ?? [],
  }
}

function settingsInput(update: ClusterUpdate, { clusterName }: Cluster): UpdateClusterRequest | undefined {
  const { settings, configuration, serviceConnectDefaults } = update
  if (!settings && !configuration && !serviceConnectDefaults) return undefined
  return { cluster: clusterName, settings, configuration, serviceConnectDefaults }
}

/** Adds an error to the body when it names another cluster than the path. @returns the name in the path */
export function addOtherNameError(body: Body, ref: string): string {
  const name = shortName(ref)
  const nameInBody = body.input.clusterName
  if (typeof nameInBody === 'string' && shortName(nameInBody) !== name)
    body.addError(['clusterName'], `${nameInBody} is not the cluster in the path (${name})`)
  return name
}
