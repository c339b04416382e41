import type { Failure, RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { addBoundaryTag } from '../aws/boundary-tag.ts'
import { newClientToken } from '../aws/client-token.ts'
import { rejectForeignReferences, rejectOtherCluster } from '../clusters/body-references.ts'
import { rejectBoundaryTag } from '../clusters/boundary-tag.ts'
import { withPlacement } from '../clusters/placement.ts'
import { type Caller, requireFamily } from '../http/caller.ts'
import { BadRequest, Conflict, NotYetAvailable, Problem, Unavailable } from '../problems/problem.ts'
import { type Body, readBody } from '../shapes/body.ts'
import { locateInBody } from '../task-definitions/locate-in-body.ts'
import { requireAllowedDefinition } from '../task-definitions/require-allowed.ts'

export interface StartedTasks {
  tasks: Task[]
  failures: TaskRunFailure[]
}

interface TaskRunFailure {
  reason: string
  detail: string
}

/** The limit of one RunTask call. */
const maxPerCall = 10
/** The limit of one request: as many tasks as a service can have (Amazon ECS service quotas). */
const maxPerRequest = 5000

/**
 * Starts tasks, with as many RunTask calls as the count needs.
 * @param clientToken returns the `clientToken` of ECS for the nth RunTask call
 * @throws BadRequest `InvalidBody` with all errors of the body at once
 * @throws Forbidden `OutsideFence`, `GuardrailBroken`
 * @throws Problem for the reason of the first failure, when no task started
 */
export async function runTasks(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  cluster: string,
  body: unknown,
  clientToken: (call: number) => string | undefined,
): Promise<StartedTasks> {
  rejectPlannedFields(body)
  const requestBody = readBody('RunTask', body)
  rejectOtherCluster(requestBody, cluster)
  await rejectForeignReferences(account, requestBody)
  rejectBoundaryTag(account, requestBody)
  const count = countOf(requestBody)
  const input = { ...(await withPlacement(account, cluster, requestBody)), cluster, count: Math.min(count, maxPerCall) }
  requestBody.check('RunTask', input)
  const request = input as unknown as RunTaskRequest
  account.requireAllowed('RunTask', {
    ...request,
    count,
    tags: addBoundaryTag(account.boundaryTag, request.tags ?? []),
  })
  requireFamily(caller, request.taskDefinition ?? '')
  await requireAllowedDefinition(account, request.taskDefinition ?? '')
  const started = await sendRunTasks(account, request, count, clientToken).catch((error: unknown) =>
    Promise.reject(locateInBody(error, requestBody)),
  )
  const [first] = started.failures
  if (started.tasks.length === 0 && first) throw problemOf(first)
  return started
}

/** Ends at the first rejected call. When tasks have started before it, the rejection becomes one of the failures. */
async function sendRunTasks(
  account: Account,
  request: RunTaskRequest,
  count: number,
  clientToken: (call: number) => string | undefined,
): Promise<StartedTasks> {
  const started: StartedTasks = { tasks: [], failures: [] }
  for (let call = 0; call * maxPerCall < count; call++) {
    const input = {
      ...request,
      count: Math.min(count - call * maxPerCall, maxPerCall),
      clientToken: clientToken(call) ?? newClientToken(),
    }
    try {
      const { tasks = [], failures = [] } = await account.ecs().runTask(input)
      for (const task of tasks) account.ownWrites.record('task', shortName(task.taskArn ?? ''), { after: task })
      started.tasks.push(...tasks)
      started.failures.push(...failures.map(failureOf))
    } catch (error) {
      if (started.tasks.length === 0 || !(error instanceof Problem)) throw error
      started.failures.push({ reason: error.code, detail: error.detail })
      break
    }
  }
  return started
}

/** Fields of a later version, which RunTask of ECS does not have. */
function rejectPlannedFields(body: unknown): void {
  for (const field of ['timeoutSeconds', 'retry'])
    if (typeof body === 'object' && body !== null && field in body) throw new NotYetAvailable(`${field} of a task`)
}

function countOf(body: Body): number {
  const { count = 1 } = body.input as { count?: number }
  if (count < 1 || count > maxPerRequest) body.refuse(['count'], `count must be between 1 and ${maxPerRequest}`)
  return count
}

function failureOf({ arn, reason, detail }: Failure): TaskRunFailure {
  return { reason: reason ?? 'unknown', detail: [detail, arn].filter(Boolean).join(' ') }
}

/** The problem for the reason of a RunTask failure (ECS Developer Guide, "API failure reasons"). */
function problemOf({ reason, detail }: TaskRunFailure): Problem {
  const text = [`No task could be started: ${reason.replace(/\.$/, '')}.`, detail].filter(Boolean).join(' ')
  if (/^Capacity is unavailable/.test(reason))
    return new Unavailable('CapacityUnavailable', text, { retryAfterSeconds: 30 })
  if (/reached the limit|above your limit/.test(reason)) return new Conflict('QuotaExceeded', text)
  if (/^RESOURCE:FARGATE/.test(reason)) return new Unavailable('CapacityUnavailable', text, { retryAfterSeconds: 30 })
  return new BadRequest('InvalidParameterException', text)
}
