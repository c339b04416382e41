/**
 * ARNs that requests name resources by: only the account's own are followed. Below this check a resource is known by its short name, so
 * another account's ARN would otherwise stand for our resource of that name.
 */
import { clusterOfArn, foreignPart, partitionOf, type ResourceKind, shortName } from '@ecs-api/ecs-model'
import type { ProblemCode } from '../problems/codes.ts'
import { BadRequest, NotFound } from '../problems/problem.ts'
import type { Account } from './account.ts'

const inPaths: Readonly<Record<string, readonly [kind: ResourceKind, code: ProblemCode]>> = {
  cluster: ['cluster', 'ClusterNotFound'],
  service: ['service', 'ServiceNotFound'],
  task: ['task', 'TaskNotFound'],
  taskdef: ['task-definition', 'TaskDefinitionNotFound'],
  deployment: ['service-deployment', 'DeploymentNotFound'],
}
const inQueries: Readonly<Record<string, ResourceKind>> = { cluster: 'cluster', service: 'service' }

type Values = Readonly<Record<string, unknown>>

/**
 * Checks the ARNs in a request's path and query. Returns undefined at once where there are none, as in nearly every request.
 * @throws NotFound with the code of what the path names; BadRequest `InvalidQuery`
 */
export function checkReferences(account: Account, params: Values, query: Values): Promise<void> | undefined {
  const given = [...arnsIn(params, inPaths), ...arnsIn(query, inQueries)]
  return given.length === 0 ? undefined : check(account, params, query)
}

async function check(account: Account, params: Values, query: Values): Promise<void> {
  for (const [name, arn] of arnsIn(params, inPaths)) {
    const [kind, code] = inPaths[name]!
    const reason = await foreignReason(account, kind, arn)
    if (reason)
      throw new NotFound(code, `${capitalised(reason)}.`, {
        next: 'Name the resource by its name or id, or ask the account that it belongs to.',
      })
  }
  for (const [name, arn] of arnsIn(query, inQueries)) {
    const reason = (await foreignReason(account, inQueries[name]!, arn)) ?? otherCluster(arn, params.cluster)
    if (reason)
      throw new BadRequest('InvalidQuery', `?${name}: ${reason}.`, { errors: [{ in: 'query', name, message: reason }] })
  }
}

/** Why an ARN is not of this kind in this account; undefined where it is. */
export async function foreignReason(account: Account, kind: ResourceKind, arn: string): Promise<string | undefined> {
  const { name, region } = account
  const scope = { partition: partitionOf(region), region, account: await account.ownNumber() }
  const part = foreignPart(arn, kind, scope)
  if (part === undefined) return undefined
  const what = kind.replaceAll('-', ' ')
  return part === 'kind'
    ? `the ARN is not that of a ${what}`
    : `the ARN is of another ${part}, so it names no ${what} of the account ${name}`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function otherCluster(arn: string, cluster: unknown): string | undefined {
  const named = clusterOfArn(arn)
  if (typeof cluster !== 'string' || named === undefined || named === shortName(cluster)) return undefined
  return `the ARN is of the cluster ${named}, not of ${shortName(cluster)}`
}

function arnsIn(values: Values, known: object): [name: string, arn: string][] {
  const found: [string, string][] = []
  for (const name in values) {
    const value = values[name]
    if (typeof value === 'string' && value.startsWith('arn:') && Object.hasOwn(known, name)) found.push([name, value])
  }
  return found
}
