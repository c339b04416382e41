import type { Failure, RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { addBoundaryTag } from '../aws/boundary-tag.ts'
import { newClientToken } from '../aws/client-token.ts'
import { addForeignReferenceErrors, addOtherClusterError } from '../clusters/body-references.ts'
import { addBoundaryTagErrors } from '../clusters/boundary-tag.ts'
import { withPlacement } from '../clusters/placement.ts'
import { type Caller, requireFamilyInFence } from '../http/caller.ts'
import { BadRequest, Conflict, NotYetAvailable, Problem, Unavailable } from '../problems/problem.ts'
import { type Body, readBody } from '../shapes/body.ts'
import { withPointerToBody } from '../task-definitions/locate-in-body.ts'
import { requireDefinitionWithinGuardrails } from '../task-definitions/require-within-guardrails.ts'

export interface RunResult {
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
): Promise<RunResult> {
  rejectPlannedFields(body)
  const requestBody = readBody('RunTask', body)
  addOtherClusterError(requestBody, cluster)
  await addForeignReferenceErrors(account, requestBody)
  addBoundaryTagErrors(account, requestBody)
  const count = countOf(requestBody)
  const input = { ...(await withPlacement(account, cluster, requestBody)), cluster, count: Math.min(count, maxPerCall) }
  requestBody.throwIfInvalid('RunTask', input)
  const request = input as unknown as RunTaskRequest
  account.guardrails.requireAllowed('RunTask', {
    ...request,
    count,
    tags: addBoundaryTag(account.boundaryTag, request.tags ?? []),
  })
  requireFamilyInFence(caller, request.taskDefinition ?? '')
  await requireDefinitionWithinGuardrails(account, request.taskDefinition ?? '', request.propagateTags)
  const started = await sendRunTasks(account, request, count, clientToken).catch((error: unknown) =>
    Promise.reject(withPointerToBody(error, requestBody)),
  )
  const [first] = started.failures
  if (started.tasks.length === 0 && first) throw problemOfFailure(first)
  return started
}

/**
 * Sends RunTask until the first call that is rejected or starts no task: the next one would fail for the same reason.
 * After a call that starts only some of its tasks, the next one is sent, because another Availability Zone may have
 * capacity (AWS re:Post, "How do I troubleshoot an Amazon ECS RunTask API for a Fargate task that fails with a
 * "Capacity is unavailable" error?"). A rejection after tasks have started becomes one of the failures.
 */
async function sendRunTasks(
  account: Account,
  request: RunTaskRequest,
  count: number,
  clientToken: (call: number) => string | undefined,
): Promise<RunResult> {
  const started: RunResult = { tasks: [], failures: [] }
  for (let call = 0; call * maxPerCall < count; call++) {
    const remaining = count - call * maxPerCall
    const input = {
      ...request,
      count: Math.min(remaining, maxPerCall),
      clientToken: clientToken(call) ?? newClientToken(),
    }
    try {
      const { tasks = [], failures = [] } = await account.ecs().runTask(input)
      for (const task of tasks) account.recentWrites.record('task', shortName(task.taskArn ?? ''), { after: task })
      started.tasks.push(...tasks)
      started.failures.push(...failures.map(failureOf))
      if (tasks.length > 0) continue
    } catch (error) {
      if (started.tasks.length === 0 || !(error instanceof Problem)) throw error
      started.failures.push({ reason: error.code, detail: error.detail })
    }
    return { tasks: started.tasks, failures: withUnrequested(started.failures, remaining - input.count) }
  }
  return started
}

/** Adds to the last failure how many tasks were not requested because of it. */
function withUnrequested(failures: readonly TaskRunFailure[], unrequested: number): TaskRunFailure[] {
  const last = failures.at(-1)
  if (last === undefined || unrequested === 0) return [...failures]
  const text = `ECS was not asked for the other ${unrequested} tasks.`
  return [...failures.slice(0, -1), { ...last, detail: [last.detail, text].filter(Boolean).join(' ') }]
}

/** Rejects fields that a later version of this API will have. RunTask of ECS does not have them. */
function rejectPlannedFields(body: unknown): void {
  for (const field of ['timeoutSeconds', 'retry'])
    if (typeof body === 'object' && body !== null && field in body) throw new NotYetAvailable(`${field} of a task`)
}

function countOf(body: Body): number {
  const { count = 1 } = body.input as { count?: number }
  if (count < 1 || count > maxPerRequest) body.addError(['count'], `count must be between 1 and ${maxPerRequest}`)
  return count
}

function failureOf({ arn, reason, detail }: Failure): TaskRunFailure {
  return { reason: reason ?? 'unknown', detail: [detail, arn].filter(Boolean).join(' ') }
}

/** The problem for the reason of a RunTask failure (ECS Developer Guide, "API failure reasons"). */
function problemOfFailure({ reason, detail }: TaskRunFailure): Problem {
  const text = [`No task could be started: ${reason.replace(/\.$/, '')}.`, detail].filter(Boolean).join(' ')
  if (/^Capacity is unavailable/.test(reason))
    return new Unavailable('CapacityUnavailable', text, { retryAfterSeconds: 30 })
  if (/reached the limit|above your limit/.test(reason)) return new Conflict('QuotaExceeded', text)
  if (/^RESOURCE:FARGATE/.test(reason)) return new Unavailable('CapacityUnavailable', text, { retryAfterSeconds: 30 })
  return new BadRequest('InvalidParameterException', text)
}
