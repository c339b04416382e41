/**
 * Rejects requests with ARNs of other accounts. After this check, code identifies a resource by its short name only, so
 * an unchecked ARN of another account would mean this account's resource of the same name.
 */
import { clusterOfArn, differingArnPart, partitionOf, type ResourceKind, shortName } from '@ecs-api/ecs-model'
import type { ProblemCode } from '../problems/codes.ts'
import { BadRequest, NotFound } from '../problems/problem.ts'
import type { Account } from './account.ts'

/** By the name of the path parameter. */
const pathReferences: Readonly<Record<string, readonly [kind: ResourceKind, code: ProblemCode]>> = {
  cluster: ['cluster', 'ClusterNotFound'],
  service: ['service', 'ServiceNotFound'],
  task: ['task', 'TaskNotFound'],
  taskdef: ['task-definition', 'TaskDefinitionNotFound'],
  deployment: ['service-deployment', 'DeploymentNotFound'],
}
/** By the name of the query parameter. */
const queryReferences: Readonly<Record<string, ResourceKind>> = {
  cluster: 'cluster',
  service: 'service',
  task: 'task',
}

type Parameters = Readonly<Record<string, unknown>>

/**
 * Checks the ARNs in a request's path and query. Returns undefined when there are none, so that a request without ARNs
 * does not wait. Nearly every request has none.
 * @throws NotFound with the problem code of the resource that the path names; BadRequest `InvalidQuery`
 */
export function rejectForeignArns(account: Account, params: Parameters, query: Parameters): Promise<void> | undefined {
  const arns = [...arnsIn(params, pathReferences), ...arnsIn(query, queryReferences)]
  return arns.length === 0 ? undefined : checkArns(account, params, query)
}

async function checkArns(account: Account, params: Parameters, query: Parameters): Promise<void> {
  for (const [name, arn] of arnsIn(params, pathReferences)) {
    const [kind, code] = pathReferences[name]!
    const reason = await foreignArnReason(account, kind, arn)
    if (reason)
      throw new NotFound(code, `${capitalised(reason)}.`, {
        next: 'Use the resource’s name or id, or send the request to the account that the resource belongs to.',
      })
  }
  for (const [name, arn] of arnsIn(query, queryReferences)) {
    const reason =
      (await foreignArnReason(account, queryReferences[name]!, arn)) ?? otherClusterReason(arn, params.cluster)
    if (reason)
      throw new BadRequest('InvalidQuery', `?${name}: ${reason}.`, { errors: [{ in: 'query', name, message: reason }] })
  }
}

/** Returns why an ARN does not name a resource of this kind in this account; undefined when it does. */
export async function foreignArnReason(account: Account, kind: ResourceKind, arn: string): Promise<string | undefined> {
  const { name, region } = account
  const scope = { partition: partitionOf(region), region, account: await account.ownNumber() }
  const part = differingArnPart(arn, kind, scope)
  if (part === undefined) return undefined
  const kindName = kind.replaceAll('-', ' ')
  return part === 'kind'
    ? `the ARN is not that of a ${kindName}`
    : `the ARN is of another ${part}, so it names no ${kindName} of account ${name}`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Returns why an ARN does not fit the cluster in the path; undefined when it does. */
function otherClusterReason(arn: string, cluster: unknown): string | undefined {
  const clusterInArn = clusterOfArn(arn)
  if (typeof cluster !== 'string' || clusterInArn === undefined || clusterInArn === shortName(cluster)) return undefined
  return `the ARN is of the cluster ${clusterInArn}, not of ${shortName(cluster)}`
}

/**
 * Lists the ARNs in the parameters of a request.
 * @param references the names of the parameters that may have ARNs, as keys
 */
function arnsIn(values: Parameters, references: object): [name: string, arn: string][] {
  const arns: [string, string][] = []
  for (const name in values) {
    const value = values[name]
    if (typeof value === 'string' && value.startsWith('arn:') && Object.hasOwn(references, name))
      arns.push([name, value])
  }
  return arns
}
