import type { Cluster } from '@aws-sdk/client-ecs'
import { findOperation, type Path } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { addBoundaryTag } from '../aws/boundary-tag.ts'
import { checkIfMatch } from '../http/response/etag.ts'
import { type Body, readBody } from '../shapes/body.ts'
import { mergePatch } from '../shapes/merge-patch.ts'
import { addForeignReferenceErrors } from './body-references.ts'
import { addBoundaryTagErrors } from './boundary-tag.ts'
import { getCluster } from './get.ts'
import { type ClusterResource, toClusterResource } from './schema.ts'
import { addOtherNameError, type ClusterUpdate, updateCluster } from './update.ts'

/** Fields that a patch can remove with `null`. */
export const clearableClusterFields: ReadonlySet<string> = new Set([
  'serviceConnectDefaults',
  'tags',
  'capacityProviders',
  'defaultCapacityProviderStrategy',
])

/**
 * Changes the fields that the body names (JSON Merge Patch).
 * @param ifMatch the header `If-Match`: the version that the cluster must have
 * @throws NotFound `ClusterNotFound`
 * @throws BadRequest `InvalidBody` with all errors of the body at once: the checks collect them, and the last one
 *   throws
 * @throws PreconditionFailed when the cluster has another version
 */
export async function patchCluster(
  account: Account,
  ref: string,
  body: unknown,
  ifMatch: string | undefined,
): Promise<ClusterResource> {
  const requestBody = readBody('CreateCluster', body, { nulls: 'remove' })
  addOtherNameError(requestBody, ref)
  await addForeignReferenceErrors(account, requestBody)
  addBoundaryTagErrors(account, requestBody)
  const current = await getCluster(account, ref)
  checkIfMatch(ifMatch, toClusterResource(current))
  const update = patchedFields(requestBody, current)
  if (update.tags) update.tags = addBoundaryTag(account.boundaryTag, update.tags)
  addClearedSettingErrors(requestBody, current, update)
  requestBody.throwIfInvalid('CreateCluster', { capacityProviders: current.capacityProviders ?? [], ...update })
  try {
    return await updateCluster(account, current, update)
  } catch (error) {
    throw requestBody.withPointerToField(error)
  }
}

/** Returns the patched fields with their new values. Adds an error for each field that ECS cannot clear. */
function patchedFields(body: Body, current: Cluster): ClusterUpdate {
  const before: Readonly<Record<string, unknown>> = { ...current }
  // The removal of an absent field changes nothing, so it is left out.
  const patch = Object.fromEntries(
    Object.entries(body.input).filter(
      ([field, value]) => field !== 'clusterName' && (value !== null || before[field] !== undefined),
    ),
  )
  const merged = mergePatch(findOperation('CreateCluster')!.input, before, patch)
  return Object.fromEntries(Object.keys(patch).map((field) => [field, merged[field] ?? clearedValue(body, field)]))
}

function addClearedSettingErrors(body: Body, current: Cluster, { settings }: ClusterUpdate): void {
  for (const { name } of current.settings ?? [])
    if (name !== undefined && settings && !settings.some((setting) => setting.name === name))
      body.addError(['settings', name] satisfies Path, `ECS cannot clear the setting ${name}; give it another value`)
}

/** Returns the value with which ECS clears the field. Adds an error when ECS cannot clear the field. */
function clearedValue(body: Body, field: string): unknown {
  if (clearableClusterFields.has(field)) return field === 'serviceConnectDefaults' ? { namespace: '' } : []
  body.addError([field], `ECS cannot clear ${field}; give it another value`)
  return undefined
}
