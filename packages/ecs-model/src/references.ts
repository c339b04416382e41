/** Reads and builds references to ECS's resources: ARNs, names and `family:revision`. */

/** The part of an ARN that all resources of an account in a Region share. */
export interface ArnScope {
  partition: string
  region: string
  account: string
}

export interface Arn extends ArnScope {
  service: string
  resource: string
}

/** Splits an ARN into its parts. Undefined for any other text. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:(aws[\w-]*):([\w-]+):([\w-]*):(\d*):(.+)$/.exec(text)
  if (!match) return undefined
  const [, partition, service, region, account, resource] = match
  return { partition: partition!, service: service!, region: region!, account: account!, resource: resource! }
}

/** Builds an ARN of ECS from the path of a resource: `arn:aws:ecs:us-east-1:123456789012:cluster/prod`. */
export function ecsArn({ partition, region, account }: ArnScope, ...path: string[]): string {
  return `arn:${partition}:ecs:${region}:${account}:${path.join('/')}`
}

/** The last segment of an ARN (`prod`, `www`, `web:7`, a task's id). A name is returned unchanged. */
export function shortName(reference: string): string {
  return reference.startsWith('arn:') ? reference.slice(reference.lastIndexOf('/') + 1) : reference
}

/**
 * The cluster in the long ARN of a service or task: `arn:…:service/prod/www` → `prod`. Undefined for other references.
 */
export function clusterOfArn(reference: string): string | undefined {
  const segments = parseArn(reference)?.resource.split('/')
  return segments?.length === 3 ? segments[1] : undefined
}

/**
 * Whether a reference can name a resource of this kind: it is a name, or an ARN of the kind. If a cluster is given and
 * the ARN contains one, they must be the same.
 */
export function canReferTo(
  kind: 'cluster' | 'service' | 'task' | 'task-definition',
  reference: string,
  cluster?: string,
): boolean {
  if (!reference.startsWith('arn:')) return reference !== '' && !reference.includes('/')
  const arn = parseArn(reference)
  const [kindInArn, ...path] = arn?.resource.split('/') ?? []
  if (arn?.service !== 'ecs' || kindInArn !== kind || path.includes('')) return false
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
 * The first part of an ARN that differs from this kind of resource and scope. It is `kind` also for a text that is no
 * ARN of ECS. Undefined when the ARN can be a resource of this kind in this scope.
 */
export function differingArnPart(
  arn: string,
  kind: ResourceKind,
  { partition, region, account }: ArnScope,
): 'kind' | 'partition' | 'region' | 'account' | undefined {
  const parsed = parseArn(arn)
  if (parsed?.service !== 'ecs' || parsed.resource.split('/')[0] !== kind) return 'kind'
  if (parsed.partition !== partition) return 'partition'
  if (parsed.region !== region) return 'region'
  return parsed.account === account ? undefined : 'account'
}

export interface TaskDefinitionReference {
  family: string
  /** As written, so that `web:latest` can be rejected. Undefined when the reference has only a family. */
  revision?: string
}

/** Splits `web`, `web:7` or the ARN of a task definition. */
export function familyAndRevision(reference: string): TaskDefinitionReference {
  const name = shortName(reference)
  const colon = name.lastIndexOf(':')
  return colon < 0 ? { family: name } : { family: name.slice(0, colon), revision: name.slice(colon + 1) }
}

/** The AWS partition of a Region (AWS General Reference, "ARNs"). */
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
