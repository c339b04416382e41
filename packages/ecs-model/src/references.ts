/** ARNs, names and `family:revision`: how ECS's things are referred to. */

/** Where an account's things live. */
export interface Scope {
  partition: string
  region: string
  account: string
}

export interface Arn extends Scope {
  service: string
  resource: string
}

export function parseArn(text: string): Arn | undefined {
  const match = /^arn:(aws[\w-]*):([\w-]+):([\w-]*):(\d*):(.+)$/.exec(text)
  if (!match) return undefined
  const [, partition, service, region, account, resource] = match
  return { partition: partition!, service: service!, region: region!, account: account!, resource: resource! }
}

/** `arn:aws:ecs:us-east-1:123456789012:cluster/prod`: the ARN of something of ECS's, from its path. */
export function ecsArn({ partition, region, account }: Scope, ...path: string[]): string {
  return `arn:${partition}:ecs:${region}:${account}:${path.join('/')}`
}

/** The last segment of an ARN (`prod`, `www`, `web:7`, a task's id); a name is its own short name. */
export function shortName(reference: string): string {
  return reference.startsWith('arn:') ? reference.slice(reference.lastIndexOf('/') + 1) : reference
}

/** The cluster that a service's or task's long ARN names: `arn:…:service/prod/www` → `prod`. */
export function clusterOfArn(reference: string): string | undefined {
  const segments = parseArn(reference)?.resource.split('/')
  return segments?.length === 3 ? segments[1] : undefined
}

/**
 * Whether a reference can be to a thing of this kind: a name, or an ARN of its kind; and of the cluster, where there is one and the ARN
 * names it.
 */
export function canReferTo(
  kind: 'cluster' | 'service' | 'task' | 'task-definition',
  reference: string,
  cluster?: string,
): boolean {
  if (!reference.startsWith('arn:')) return reference !== '' && !reference.includes('/')
  const arn = parseArn(reference)
  const [found, ...path] = arn?.resource.split('/') ?? []
  if (arn?.service !== 'ecs' || found !== kind || path.includes('')) return false
  return path.length === 1 || (path.length === 2 && cluster !== undefined && path[0] === shortName(cluster))
}

export type ResourceKind =
  | 'cluster'
  | 'service'
  | 'task'
  | 'task-definition'
  | 'capacity-provider'
  | 'service-deployment'
  | 'service-revision'

/**
 * The first part of an ARN that makes it another account's resource, or another kind of resource; undefined for one of this kind that the
 * account can have in the Region. The one place that decides it, for the gateway and for the engine.
 */
export function foreignPart(
  arn: string,
  kind: ResourceKind,
  { partition, region, account }: Scope,
): 'kind' | 'partition' | 'region' | 'account' | undefined {
  const parsed = parseArn(arn)
  if (parsed?.service !== 'ecs' || parsed.resource.split('/')[0] !== kind) return 'kind'
  if (parsed.partition !== partition) return 'partition'
  if (parsed.region !== region) return 'region'
  return parsed.account === account ? undefined : 'account'
}

export interface TaskDefinitionReference {
  family: string
  /** As it was written, so that `web:latest` can be refused; undefined where only a family was given. */
  revision?: string
}

/** `web`, `web:7` or a task definition's ARN, taken apart. */
export function familyAndRevision(reference: string): TaskDefinitionReference {
  const name = shortName(reference)
  const colon = name.lastIndexOf(':')
  return colon < 0 ? { family: name } : { family: name.slice(0, colon), revision: name.slice(colon + 1) }
}

/** AWS's partition of a Region (AWS General Reference, "ARNs"). */
export function partitionOf(region: string): string {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws'
}

const partitions: [prefix: string, partition: string][] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['us-iso-', 'aws-iso'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
]
