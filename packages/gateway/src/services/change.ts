/** Changing a service: JSON Merge Patch on what UpdateService takes, on tags, and on the containers of its task definition. */
import type {
  CapacityProviderStrategyItem,
  Deployment,
  RegisterTaskDefinitionRequest,
  Service,
  Tag,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import { operation, type ReadingFault, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { withOrgTag } from '../aws/org-tag.ts'
import { allowTags, setTags } from '../aws/tags.ts'
import { refuseForeign } from '../clusters/foreign-references.ts'
import { keepOrgTag } from '../clusters/org-tag-in-body.ts'
import { type Caller, requireFamily } from '../http/caller.ts'
import { requireMatch } from '../http/etag.ts'
import { BadRequest } from '../problems/problem.ts'
import { type Body, readBody, throwFaults } from '../shapes/body.ts'
import { mergePatch } from '../shapes/merge-patch.ts'
import { isSame } from '../shapes/same.ts'
import { allowDefinition } from '../task-definitions/allow.ts'
import { nameOf } from '../task-definitions/get.ts'
import { registerInput } from '../task-definitions/register.ts'
import { inBody, sameCluster } from '../tasks/run.ts'
import { type PatchedDefinition, patchContainers } from './containers.ts'
import { clusterOf, getService, recordService } from './get.ts'
import { onDeployment, presentService } from './schema.ts'

/** A service after a change, and the deployment that the change made, if it made one. */
export interface Changed {
  service: Service
  deploymentId: string | undefined
}

interface Trying {
  ifMatch: string | undefined
  /** When this was tried before without an answer: what it may have made since then is not made again. */
  firstTryAt: Date | undefined
}

export async function patchService(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  cluster: string,
  ref: string,
  body: unknown,
  { ifMatch, firstTryAt }: Trying,
): Promise<Changed> {
  const read = readBody('UpdateService', body, { nulls: 'remove', own: ['containers', 'tags'] })
  const created = readBody('CreateService', body, { nulls: 'remove', only: ['tags', ...fixed, 'name'] })
  sameCluster(read, cluster)
  sameService(read, ref)
  await refuseForeign(account, read)
  keepOrgTag(account, created)
  keepOrgTag(account, read)
  const current = await getService(account, cluster, ref)
  refuseFixed(created, current)
  requireMatch(ifMatch, presentService(current))

  const wanted = wantedOf(read, current)
  const tags = wantedTags(account, created, current)
  const { containers } = read.own
  const definition =
    containers &&
    (await patchContainers(account, baseDefinition(read, current), containers).catch((error: unknown) =>
      Promise.reject(inBody(error, read)),
    ))
  checkAll(
    definition?.faults ?? [],
    [created, 'TagResource', { resourceArn: current.serviceArn, tags: tags ?? [] }],
    [read, 'UpdateService', { ...wanted, service: shortName(ref), cluster }],
  )

  // Tasks move to other capacity by a deployment only: ECS rejects the change without one.
  if (wanted.capacityProviderStrategy) wanted.forceNewDeployment = true
  // Before the first of several calls: a revision that could not be deployed would stay behind.
  account.allow('UpdateService', wanted)
  if (wanted.taskDefinition !== undefined) requireFamily(caller, wanted.taskDefinition)
  if (definition) requireFamily(caller, nameOf(definition.base))
  if (!definition?.input) await allowDeployed(account, current, wanted, definition && nameOf(definition.base))
  if (tags) allowTags(account, current.serviceArn!, current.tags ?? [], tags)
  if (definition?.input)
    wanted.taskDefinition = nameOf(await registered(account, definition, definition.input, firstTryAt))
  else if (definition && wanted.taskDefinition === undefined && isOther(nameOf(definition.base), current))
    wanted.taskDefinition = nameOf(definition.base)
  if (tags) await setTags(account, current.serviceArn!, current.tags ?? [], tags)
  const tagged = tags ? { ...current, tags } : current
  if (tags) recordService(account, tagged, { before: current, fields: ['tags'] })
  const made = deploymentSince(current, firstTryAt)
  if (made !== undefined && !wanted.capacityProviderStrategy) delete wanted.forceNewDeployment
  if (Object.keys(wanted).length === 0) return { service: tagged, deploymentId: made }
  return update(account, tagged, wanted, read)
}

async function registered(
  account: Account,
  { located }: PatchedDefinition,
  input: RegisterTaskDefinitionRequest,
  firstTryAt: Date | undefined,
) {
  try {
    return await registerInput(account, input, firstTryAt)
  } catch (error) {
    throw located(error)
  }
}

/** A new deployment of the same definition. */
export async function restartService(
  account: Account,
  cluster: string,
  ref: string,
  { ifMatch, firstTryAt }: Trying,
): Promise<Changed> {
  const current = await getService(account, cluster, ref)
  const made = deploymentSince(current, firstTryAt)
  if (made !== undefined) return { service: current, deploymentId: made }
  requireMatch(ifMatch, presentService(current))
  await allowDeployed(account, current, { forceNewDeployment: true })
  return update(account, current, { forceNewDeployment: true })
}

/** Holds the definition that the update deploys, if it deploys one, against the guardrails. */
async function allowDeployed(account: Account, current: Service, wanted: Update, base?: string): Promise<void> {
  const named = wanted.taskDefinition ?? (base !== undefined && isOther(base, current) ? base : undefined)
  if (named !== undefined || wanted.forceNewDeployment)
    await allowDefinition(account, named ?? current.taskDefinition ?? '')
}

type Update = Partial<Omit<UpdateServiceRequest, 'service' | 'cluster'>>

/** UpdateService, noted for later looks. */
async function update(account: Account, before: Service, wanted: Update, read?: Body): Promise<Changed> {
  try {
    const { service } = await account
      .ecs()
      .updateService({ cluster: clusterOf(before), service: before.serviceName!, ...wanted })
    const after: Service = { ...service, tags: service?.tags?.length ? service.tags : before.tags }
    const made = primaryOf(after)
    const deploymentId = made !== primaryOf(before) ? made : undefined
    const fields = Object.keys(wanted).filter((field) => field in after) as (keyof Service)[]
    recordService(account, after, {
      before,
      fields: deploymentId ? [...fields, 'deployments', 'taskDefinition'] : fields,
    })
    return { service: after, deploymentId }
  } catch (error) {
    throw read ? inBody(error, read) : error
  }
}

/** The deployment that a first try, begun then, has made. */
function deploymentSince(service: Service, firstTryAt: Date | undefined): string | undefined {
  const primary = primaryIn(service)
  return firstTryAt && primary?.createdAt && primary.createdAt >= firstTryAt ? primary.id : undefined
}

export function primaryOf(service: Service): string | undefined {
  return primaryIn(service)?.id
}

function primaryIn({ deployments }: Service): Deployment | undefined {
  return deployments?.find(({ status }) => status === 'PRIMARY')
}

/** Those members that the patch changes, as they become; a fault for what ECS cannot clear. */
function wantedOf(read: Body, current: Service): Update {
  const shape = operation('UpdateService')!.input
  const there: Record<string, unknown> = { ...current, ...onDeployment(current) }
  const merged = mergePatch(shape, there, read.input)
  const wanted: Record<string, unknown> = {}
  for (const [field, given] of Object.entries(read.input)) {
    if (field === 'service' || field === 'cluster') continue
    if (given === null && isNothing(there[field])) continue
    const value = given === null ? cleared(read, field) : merged[field]
    const isChange =
      field === 'taskDefinition'
        ? isOther(String(value), current)
        : value !== undefined && !isSame(...filled(field, value, there[field]))
    if (isChange) wanted[field] = value
  }
  if (wanted.forceNewDeployment === false) delete wanted.forceNewDeployment
  return wanted
}

/** A strategy may lack what ECS fills in (weight 0, base 0), and have another order: that makes no other one. */
function filled(field: string, ...values: [wanted: unknown, there: unknown]): [unknown, unknown] {
  if (field !== 'capacityProviderStrategy') return values
  const [wanted, there] = values.map((strategy) =>
    ((strategy ?? []) as CapacityProviderStrategyItem[])
      .map((item) => ({ ...item, weight: item.weight ?? 0, base: item.base ?? 0 }))
      .sort((a, b) => (String(a.capacityProvider) < String(b.capacityProvider) ? -1 : 1)),
  )
  return [wanted, there]
}

function isNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
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

/** Fields of a patch that ECS can clear. */
export const clearable: ReadonlySet<string> = new Set([...lists, 'serviceConnectConfiguration', 'tags'])

/** What ECS takes for "none". */
function cleared(read: Body, field: string): unknown {
  if (lists.has(field)) return []
  if (field === 'serviceConnectConfiguration') return { enabled: false }
  read.refuse([field], `ECS cannot clear ${field}; give it another value`)
  return undefined
}

/** What CreateService sets for good. */
const fixed = ['serviceName', 'launchType', 'schedulingStrategy'] as const

/** An answer that is sent back says these, too; that one of them can be changed must not be what a client believes. */
function refuseFixed(created: Body, current: Service): void {
  const there: Record<string, unknown> = { ...current }
  for (const field of fixed) {
    const given = created.input[field]
    if (given === undefined || there[field] === given) continue
    // Of a service with a capacity provider strategy ECS tells no launch type.
    if (field === 'launchType' && there[field] === undefined && given === 'FARGATE') continue
    created.refuse([field], `${field} cannot be changed: it is ${there[field] ?? 'not set'}`)
  }
}

function wantedTags({ org }: Account, tagPatch: Body, current: Service): Tag[] | undefined {
  if (!('tags' in tagPatch.input)) return undefined
  const merged = mergePatch(operation('CreateService')!.input, { tags: current.tags ?? [] }, tagPatch.input)
  const tags = withOrgTag(org, (merged.tags ?? []) as Tag[])
  return isSame(byKey(tags), byKey(current.tags ?? [])) ? undefined : tags
}

function byKey(tags: readonly Tag[]): unknown {
  return Object.fromEntries(tags.map((tag) => [tag.key, tag.value ?? null]))
}

/** The faults of all parts of the body at once. */
function checkAll(
  found: readonly ReadingFault[],
  ...parts: readonly [part: Body, operationName: string, input: Record<string, unknown>][]
): void {
  throwFaults([
    ...found,
    ...parts.flatMap(([part, operationName, input]) => faultsIn(() => part.check(operationName, input))),
  ])
}

function faultsIn(check: () => void): ReadingFault[] {
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
  return primaryIn(current)?.taskDefinition ?? current.taskDefinition ?? ''
}

/** A family alone may mean a newer revision: only a revision can be known to be the one that is there. */
function isOther(ref: string, current: Service): boolean {
  return shortName(ref) !== shortName(current.taskDefinition ?? '')
}
