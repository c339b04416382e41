/**
 * The fields in which a service differs from a patch of it. A field that already has the patched value is not sent to
 * ECS.
 */
import type { CapacityProviderStrategyItem, Service, Tag } from '@aws-sdk/client-ecs'
import { findOperation, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { addBoundaryTag } from '../aws/boundary-tag.ts'
import type { Body } from '../shapes/body.ts'
import { mergePatch } from '../shapes/merge-patch.ts'
import { isSameJson } from '../shapes/same.ts'
import { deploymentFields } from './schema.ts'
import type { ServiceUpdate } from './update.ts'

/** Lists that UpdateService clears when it gets an empty list. */
const clearableLists = new Set([
  'loadBalancers',
  'serviceRegistries',
  'placementConstraints',
  'placementStrategy',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
  'capacityProviderStrategy',
  'gatewayConnectors',
])

/** Fields that a patch can remove with `null`. */
export const clearableServiceFields: ReadonlySet<string> = new Set([
  ...clearableLists,
  'serviceConnectConfiguration',
  'tags',
])

/**
 * The fields that the patch changes, with their new values. Adds an error to the body for each `null` that ECS rejects.
 */
export function changedFields(body: Body, current: Service): ServiceUpdate {
  const shape = findOperation('UpdateService')!.input
  const before: Record<string, unknown> = { ...current, ...deploymentFields(current) }
  const merged = mergePatch(shape, before, body.input)
  const changed: Record<string, unknown> = {}
  for (const [field, given] of Object.entries(body.input)) {
    if (field === 'service' || field === 'cluster') continue
    if (given === null && isEmpty(before[field])) continue
    const value = given === null ? clearedValue(body, field) : merged[field]
    const isChange =
      field === 'taskDefinition'
        ? isOtherDefinition(String(value), current)
        : value !== undefined && !isSameJson(comparable(field, value), comparable(field, before[field]))
    if (isChange) changed[field] = value
  }
  if (changed.forceNewDeployment === false) delete changed.forceNewDeployment
  return changed
}

/** All tags of the service after the patch; undefined when the patch changes none. */
export function changedTags({ boundaryTag }: Account, body: Body, current: Service): Tag[] | undefined {
  if (!('tags' in body.input)) return undefined
  const merged = mergePatch(findOperation('CreateService')!.input, { tags: current.tags ?? [] }, body.input)
  const tags = addBoundaryTag(boundaryTag, (merged.tags ?? []) as Tag[])
  return isSameJson(byKey(tags), byKey(current.tags ?? [])) ? undefined : tags
}

/**
 * Whether the reference names another task definition than the one that the service has. A family without a revision
 * always counts as another one, because a newer revision of it may exist.
 */
export function isOtherDefinition(ref: string, current: Service): boolean {
  return shortName(ref) !== shortName(current.taskDefinition ?? '')
}

/** The value to compare: ECS adds weight 0 and base 0 to a capacity provider strategy, whose order has no meaning. */
function comparable(field: string, value: unknown): unknown {
  if (field !== 'capacityProviderStrategy') return value
  return ((value ?? []) as CapacityProviderStrategyItem[])
    .map((item) => ({ ...item, weight: item.weight ?? 0, base: item.base ?? 0 }))
    .sort((a, b) => (String(a.capacityProvider) < String(b.capacityProvider) ? -1 : 1))
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

/** The value with which UpdateService clears the field. */
function clearedValue(body: Body, field: string): unknown {
  if (clearableLists.has(field)) return []
  if (field === 'serviceConnectConfiguration') return { enabled: false }
  body.addError([field], `ECS cannot clear ${field}; give it another value`)
  return undefined
}

function byKey(tags: readonly Tag[]): unknown {
  return Object.fromEntries(tags.map((tag) => [tag.key, tag.value ?? null]))
}
