/** Bringing a cluster to what is wanted: PUT names it whole, PATCH says what differs. */

import type { Cluster, CreateClusterRequest } from '@aws-sdk/client-ecs'
import { operation, type Path, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { withOrgTag } from '../aws/org-tag.ts'
import { allowTags, setTags, withTags } from '../aws/tags.ts'
import { requireMatch } from '../http/etag.ts'
import { PreconditionFailed } from '../problems/problem.ts'
import { type Body, readBody } from '../shapes/body.ts'
import { mergePatch } from '../shapes/merge-patch.ts'
import { isSame } from '../shapes/same.ts'
import { makeCluster } from './create.ts'
import { refuseForeign } from './foreign-references.ts'
import { findCluster, getCluster } from './get.ts'
import { keepOrgTag } from './org-tag-in-body.ts'
import { type ClusterResource, presentCluster, settable } from './schema.ts'

type Wanted = Pick<CreateClusterRequest, (typeof settable)[number]>

/** Makes the cluster, or brings it to this: a field given is made exactly so, one not given is left alone, tags not named stay. */
export async function putCluster(
  account: Account,
  ref: string,
  body: unknown,
  ifMatch: string | undefined,
): Promise<{ created: boolean; cluster: ClusterResource }> {
  const read = readBody('CreateCluster', body ?? {})
  const name = sameName(read, ref)
  await refuseForeign(account, read)
  keepOrgTag(account, read)
  read.check('CreateCluster', { ...read.input, clusterName: name })
  const current = await findCluster(account, ref)
  if (!current) {
    if (ifMatch !== undefined)
      throw new PreconditionFailed('PreconditionFailed', `There is no cluster ${name} to match.`)
    const cluster = await rejectedInBody(read, makeCluster(account, { ...read.input, clusterName: name }))
    return { created: true, cluster }
  }
  requireMatch(ifMatch, presentCluster(current))
  const wanted: Wanted = { ...read.input }
  if (wanted.tags) wanted.tags = withTags(current.tags ?? [], wanted.tags)
  return { created: false, cluster: await rejectedInBody(read, bring(account, current, wanted)) }
}

/** Changes what the patch names (JSON Merge Patch). */
export async function patchCluster(
  account: Account,
  ref: string,
  body: unknown,
  ifMatch: string | undefined,
): Promise<ClusterResource> {
  const read = readBody('CreateCluster', body, { nulls: 'remove' })
  sameName(read, ref)
  await refuseForeign(account, read)
  keepOrgTag(account, read)
  const current = await getCluster(account, ref)
  requireMatch(ifMatch, presentCluster(current))
  // To remove what is not there is no change.
  const isChange = ([field, given]: [string, unknown]) =>
    field !== 'clusterName' && (given !== null || isThere(current, field))
  const patch = Object.fromEntries(Object.entries(read.input).filter(isChange))
  const merged = mergePatch(operation('CreateCluster')!.input, { ...current }, patch)
  const wanted: Wanted = Object.fromEntries(
    Object.keys(patch).map((field) => [field, merged[field] ?? empty(read, field)]),
  )
  if (wanted.tags) wanted.tags = withOrgTag(account.org, wanted.tags)
  for (const { name } of current.settings ?? [])
    if (name !== undefined && wanted.settings && !wanted.settings.some((setting) => setting.name === name))
      read.refuse(['settings', name] satisfies Path, `ECS cannot clear the setting ${name}; give it another value`)
  read.check('CreateCluster', { capacityProviders: current.capacityProviders ?? [], ...wanted })
  return rejectedInBody(read, bring(account, current, wanted))
}

/** With the place in the body of what only AWS finds wrong in it. */
function rejectedInBody<T>(read: Body, change: Promise<T>): Promise<T> {
  return change.catch((error: unknown) => Promise.reject(read.located(error)))
}

function isThere(cluster: Cluster, field: string): boolean {
  return (cluster as Record<string, unknown>)[field] !== undefined
}

/** Fields that ECS has a way to clear. */
export const clearable: ReadonlySet<string> = new Set([
  'serviceConnectDefaults',
  'tags',
  'capacityProviders',
  'defaultCapacityProviderStrategy',
])

/** What a removed field becomes; ECS has no way to clear some. */
function empty(read: Body, field: string): unknown {
  if (clearable.has(field)) return field === 'serviceConnectDefaults' ? { namespace: '' } : []
  read.refuse([field], `ECS cannot clear ${field}; give it another value`)
  return undefined
}

function sameName(read: Body, ref: string): string {
  const name = shortName(ref)
  const given = read.input.clusterName
  if (typeof given === 'string' && shortName(given) !== name)
    read.refuse(['clusterName'], `${given} is not the cluster that the path names (${name})`)
  return name
}

async function bring(account: Account, current: Cluster, wanted: Wanted): Promise<ClusterResource> {
  const changed = settable.filter((field) => wanted[field] !== undefined && !isSame(wanted[field], current[field]))
  if (changed.length === 0) return presentCluster(current)
  const name = current.clusterName!
  const asked = Object.fromEntries(changed.map((field) => [field, wanted[field]])) as Wanted
  const after: Cluster = { ...current, ...asked }
  const { settings, configuration, serviceConnectDefaults } = asked
  const placing = (asked.capacityProviders || asked.defaultCapacityProviderStrategy) && {
    cluster: name,
    capacityProviders: after.capacityProviders ?? [],
    defaultCapacityProviderStrategy: after.defaultCapacityProviderStrategy ?? [],
  }
  const update = (settings || configuration || serviceConnectDefaults) && {
    cluster: name,
    settings,
    configuration,
    serviceConnectDefaults,
  }
  // Before the first of several calls: a change is made whole or not begun.
  if (asked.tags) allowTags(account, current.clusterArn!, current.tags ?? [], asked.tags)
  if (placing) account.allow('PutClusterCapacityProviders', placing)
  if (update) account.allow('UpdateCluster', update)
  if (asked.tags) await setTags(account, current.clusterArn!, current.tags ?? [], asked.tags)
  if (placing) {
    const { cluster } = await account.ecs().putClusterCapacityProviders(placing)
    // ECS fills in what was left out of a strategy (base 0).
    after.defaultCapacityProviderStrategy = cluster?.defaultCapacityProviderStrategy
    after.capacityProviders = cluster?.capacityProviders
  }
  if (update) {
    const { cluster } = await account.ecs().updateCluster(update)
    for (const field of ['settings', 'configuration', 'serviceConnectDefaults'] as const)
      if (asked[field]) Object.assign(after, { [field]: cluster?.[field] })
  }
  account.ownWrites.record('cluster', name, { before: current, after, fields: changed })
  return presentCluster(after)
}
