import type { Failure, RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { ownClientToken } from '../aws/client-token.ts'
import { withOrgTag } from '../aws/org-tag.ts'
import { refuseForeign } from '../clusters/foreign-references.ts'
import { keepOrgTag } from '../clusters/org-tag-in-body.ts'
import { placed } from '../clusters/placement.ts'
import { type Caller, requireFamily } from '../http/caller.ts'
import {
  BadRequest,
  Conflict,
  NotFound,
  NotYetAvailable,
  namedByBody,
  Problem,
  Unavailable,
} from '../problems/problem.ts'
import { type Body, readBody } from '../shapes/body.ts'
import { allowDefinition } from '../task-definitions/allow.ts'

export interface Started {
  tasks: Task[]
  failures: { reason: string; detail: string }[]
}

/** RunTask starts at most ten tasks a call. */
const maxPerCall = 10
/** A bound for what one request can set off: as many as a service can have (Amazon ECS service quotas). */
const maxPerRequest = 5000

/**
 * Runs tasks, any count of them.
 * @param clientToken ECS's `clientToken` for the nth RunTask call
 * @throws the problem that the first failure's reason means, when none could be started
 */
export async function runTasks(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  cluster: string,
  body: unknown,
  clientToken: (call: number) => string | undefined,
): Promise<Started> {
  refuseJobs(body)
  const read = readBody('RunTask', body)
  sameCluster(read, cluster)
  await refuseForeign(account, read)
  keepOrgTag(account, read)
  const count = countOf(read)
  const input = await placed(account, cluster, read)
  const request = { ...input, cluster, count: Math.min(count, maxPerCall) }
  read.check('RunTask', request)
  account.allow('RunTask', {
    ...request,
    count,
    tags: withOrgTag(account.org, (request as unknown as RunTaskRequest).tags ?? []),
  })
  requireFamily(caller, (request as unknown as RunTaskRequest).taskDefinition ?? '')
  await allowDefinition(account, (request as unknown as RunTaskRequest).taskDefinition ?? '')
  const started: Started = { tasks: [], failures: [] }
  for (let call = 0; call * maxPerCall < count; call++) {
    const part = {
      ...(request as unknown as RunTaskRequest),
      count: Math.min(count - call * maxPerCall, maxPerCall),
      clientToken: clientToken(call) ?? ownClientToken(),
    }
    try {
      const { tasks = [], failures = [] } = await account.ecs().runTask(part)
      for (const task of tasks) account.ownWrites.record('task', shortName(task.taskArn ?? ''), { after: task })
      started.tasks.push(...tasks)
      started.failures.push(...failures.map(failureOf))
    } catch (error) {
      // What has been started is told, whatever came after it.
      if (started.tasks.length === 0 || !(error instanceof Problem)) throw inBody(error, read)
      started.failures.push({ reason: error.code, detail: error.detail })
      break
    }
  }
  const [first] = started.failures
  if (started.tasks.length === 0 && first) throw problemOf(first)
  return started
}

function refuseJobs(body: unknown): void {
  for (const field of ['timeoutSeconds', 'retry'])
    if (typeof body === 'object' && body !== null && field in body) throw new NotYetAvailable(`${field} of a task`)
}

export function sameCluster(read: Body, cluster: string): void {
  const given = read.input.cluster
  if (typeof given === 'string' && shortName(given) !== shortName(cluster))
    read.refuse(['cluster'], `${given} is not the cluster that the path names (${shortName(cluster)})`)
}

function countOf(read: Body): number {
  const { count = 1 } = read.input as { count?: number }
  if (count < 1 || count > maxPerRequest) read.refuse(['count'], `count must be between 1 and ${maxPerRequest}`)
  return count
}

/** What a body names and isn't there is a fault of the body, and so is what only AWS finds wrong in it. */
export function inBody(error: unknown, read: Body): unknown {
  if (error instanceof NotFound && error.code === 'TaskDefinitionNotFound')
    return namedByBody(error, read.pointerTo(['taskDefinition']))
  return read.located(error)
}

function failureOf({ arn, reason, detail }: Failure): Started['failures'][number] {
  return { reason: reason ?? 'unknown', detail: [detail, arn].filter(Boolean).join(' ') }
}

/** What a RunTask failure's reason means (ECS Developer Guide, "API failure reasons"). */
function problemOf({ reason, detail }: Started['failures'][number]): Problem {
  const words = [`No task could be started: ${reason.replace(/\.$/, '')}.`, detail].filter(Boolean).join(' ')
  if (/^Capacity is unavailable/.test(reason))
    return new Unavailable('CapacityUnavailable', words, { retryAfterSeconds: 30 })
  if (/reached the limit|above your limit/.test(reason)) return new Conflict('QuotaExceeded', words)
  if (/^RESOURCE:FARGATE/.test(reason)) return new Unavailable('CapacityUnavailable', words, { retryAfterSeconds: 30 })
  return new BadRequest('InvalidParameterException', words)
}
