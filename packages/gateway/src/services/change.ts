/** Changing a service: JSON Merge Patch on what UpdateService takes, on tags, and on the containers of its task definition. */
import type { Service, Tag, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { operation, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { bringTags } from '../aws/tags.ts'
import { requireMatch } from '../http/etag.ts'
import { BadRequest } from '../problems/problem.ts'
import { type Body, readBody, throwFaults } from '../shapes/body.ts'
import { mergePatch } from '../shapes/merge-patch.ts'
import { isSame } from '../shapes/same.ts'
import { nameOf } from '../task-definitions/look.ts'
import { registerInput } from '../task-definitions/register.ts'
import { inBody, sameCluster } from '../tasks/run.ts'
import { type PatchedDefinition, patchContainers } from './containers.ts'
import { clusterOf, lookAtService, noteService } from './look.ts'
import { onDeployment, presentService } from './schema.ts'

/** A service after a change, and the deployment that the change made, if it made one. */
export interface Changed {
  service: Service
  deploymentId: string | undefined
}

export async function patchService(account: Account, cluster: string, ref: string, body: unknown, ifMatch: string | undefined): Promise<Changed> {
  const read = readBody('UpdateService', body, { nulls: 'remove', own: ['containers', 'tags'] })
  const tagPatch = readBody('CreateService', own(body, 'tags'), { nulls: 'remove' })
  sameCluster(read, cluster)
  sameService(read, ref)
  const current = await lookAtService(account, cluster, ref)
  requireMatch(ifMatch, presentService(current))

  const wanted = wantedOf(read, current)
  const tags = wantedTags(tagPatch, current)
  const containers = own(body, 'containers')
  const definition =
    'containers' in containers
      ? await patchContainers(account, baseDefinition(read, current), containers.containers).catch((error: unknown) =>
          Promise.reject(inBody(error, read)),
        )
      : undefined
  checkAll(read, tagPatch, definition, { ...wanted, service: shortName(ref), cluster })

  if (definition?.input) wanted.taskDefinition = nameOf(await registerInput(account, definition.input))
  else if (definition && wanted.taskDefinition === undefined && isOther(nameOf(definition.base), current))
    wanted.taskDefinition = nameOf(definition.base)
  if (tags) await bringTags(account, current.serviceArn!, current.tags ?? [], tags)
  const tagged = tags ? { ...current, tags } : current
  if (tags) noteService(account, tagged, { before: current, fields: ['tags'] })
  if (Object.keys(wanted).length === 0) return { service: tagged, deploymentId: undefined }
  return update(account, tagged, wanted, read)
}

/** A new deployment of the same definition. */
export async function restartService(account: Account, cluster: string, ref: string, ifMatch: string | undefined): Promise<Changed> {
  const current = await lookAtService(account, cluster, ref)
  requireMatch(ifMatch, presentService(current))
  return update(account, current, { forceNewDeployment: true })
}

type Update = Partial<Omit<UpdateServiceRequest, 'service' | 'cluster'>>

/** UpdateService, noted for later looks. */
async function update(account: Account, before: Service, wanted: Update, read?: Body): Promise<Changed> {
  try {
    const { service } = await account.ecs().updateService({ cluster: clusterOf(before), service: before.serviceName!, ...wanted })
    const after: Service = { ...service, tags: service?.tags?.length ? service.tags : before.tags }
    const made = primaryOf(after)
    const deploymentId = made !== primaryOf(before) ? made : undefined
    const fields = Object.keys(wanted).filter((field) => field in after) as (keyof Service)[]
    noteService(account, after, { before, fields: deploymentId ? [...fields, 'deployments', 'taskDefinition'] : fields })
    return { service: after, deploymentId }
  } catch (error) {
    throw read ? inBody(error, read) : error
  }
}

export function primaryOf(service: Service): string | undefined {
  return service.deployments?.find((deployment) => deployment.status === 'PRIMARY')?.id
}

/** Those members that the patch changes, as they become; a fault for what ECS cannot clear. */
function wantedOf(read: Body, current: Service): Update {
  const shape = operation('UpdateService')!.input
  const there: Record<string, unknown> = { ...current, ...onDeployment(current) }
  const merged = mergePatch(shape, there, read.input)
  const wanted: Record<string, unknown> = {}
  for (const [field, given] of Object.entries(read.input)) {
    if (field === 'service' || field === 'cluster') continue
    const value = given === null ? cleared(read, field) : merged[field]
    if (field === 'taskDefinition' ? isOther(String(value), current) : value !== undefined && !isSame(value, there[field])) wanted[field] = value
  }
  if (wanted.forceNewDeployment === false) delete wanted.forceNewDeployment
  return wanted
}

const lists = new Set([
  'loadBalancers',
  'serviceRegistries',
  'placementConstraints',
  'placementStrategy',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
  'capacityProviderStrategy',
  'gatewayConnectors',
])

/** What ECS takes for "none". */
function cleared(read: Body, field: string): unknown {
  if (lists.has(field)) return []
  if (field === 'serviceConnectConfiguration') return { enabled: false }
  read.refuse([field], `ECS cannot clear ${field}; give it another value`)
  return undefined
}

function wantedTags(tagPatch: Body, current: Service): Tag[] | undefined {
  if (!('tags' in tagPatch.input)) return undefined
  const merged = mergePatch(operation('CreateService')!.input, { tags: current.tags ?? [] }, tagPatch.input)
  const tags = (merged.tags ?? []) as Tag[]
  return isSame(byKey(tags), byKey(current.tags ?? [])) ? undefined : tags
}

function byKey(tags: readonly Tag[]): unknown {
  return Object.fromEntries(tags.map((tag) => [tag.key, tag.value]))
}

/** The faults of all three parts of the body at once. */
function checkAll(read: Body, tagPatch: Body, definition: PatchedDefinition | undefined, input: Record<string, unknown>): void {
  const faults = [
    ...(definition?.faults ?? []),
    ...faultsIn(() => tagPatch.check('TagResource', { resourceArn: 'arn', tags: [] })),
    ...faultsIn(() => read.check('UpdateService', input)),
  ]
  throwFaults(faults)
}

function faultsIn(check: () => void): { pointer: string; message: string }[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error
    return (error.options.errors ?? []).flatMap((fault) => (fault.in === 'body' ? [fault] : []))
  }
}

function sameService(read: Body, ref: string): void {
  const given = read.input.service
  if (typeof given === 'string' && shortName(given) !== shortName(ref))
    read.refuse(['service'], `${given} is not the service that the path names (${shortName(ref)})`)
}

/** `containers` patches the definition that stands beside it, else the PRIMARY deployment's. */
function baseDefinition(read: Body, current: Service): string {
  const given = read.input.taskDefinition
  if (typeof given === 'string') return given
  return current.deployments?.find((deployment) => deployment.status === 'PRIMARY')?.taskDefinition ?? current.taskDefinition ?? ''
}

/** A family alone may mean a newer revision: only a revision can be known to be the one that is there. */
function isOther(ref: string, current: Service): boolean {
  return shortName(ref) !== shortName(current.taskDefinition ?? '')
}

/** The named member of a body as an object of its own. */
function own(body: unknown, member: string): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, member)) return {}
  return { [member]: (body as Record<string, unknown>)[member] }
}
