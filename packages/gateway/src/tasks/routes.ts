/** The routes of tasks. */

import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import { clusterParams } from '../clusters/schema.ts'
import type { History } from '../history/history.ts'
import { cacheKeyOf } from '../http/caller.ts'
import { listSchema, pageQuery } from '../http/list.ts'
import { type Api, type RouteSchema, streamQuery } from '../http/route.ts'
import { answerAfterWait, waitQuery } from '../http/waiting.ts'
import { NotFound } from '../problems/problem.ts'
import { answerSchema, bodySchema, schemaNamed } from '../shapes/json-schema.ts'
import { Type } from '../typebox/type.ts'
import { findArchivedTask } from './archive.ts'
import { taskKind } from './get.ts'
import { listAllTasks, listTasks } from './list.ts'
import { runTasks } from './run.ts'
import { toTaskResource } from './schema.ts'
import { stopTask } from './stop.ts'
import { waitUntilDone, waitUntilStarted, waitUntilStopped } from './wait.ts'

const tag = 'Tasks'
const task = answerSchema('Task')
const inCluster = clusterParams
export const taskParams = {
  ...inCluster,
  task: Type.String({ $id: 'TaskRef', description: 'Id or ARN of the task.' }),
}

export const taskFilter = {
  family: Type.Optional(Type.String({ $id: 'TaskFamily', description: 'Only tasks of this task definition family.' })),
  startedBy: Type.Optional(Type.String({ $id: 'TaskStartedBy', description: 'Only tasks with this `startedBy`.' })),
  status: Type.Optional(
    Type.Enum(['RUNNING', 'PENDING', 'STOPPED', 'ALL'], {
      $id: 'TaskStatusFilter',
      description:
        'Only tasks with this `lastStatus`; `PENDING` is every status before `RUNNING`. ' +
        'Without it, all tasks that are not stopped.',
    }),
  ),
  ...pageQuery,
}
const query = {
  service: Type.Optional(Type.String({ $id: 'TaskService', description: 'Only tasks of this service (name or ARN).' })),
  ...taskFilter,
}

export const taskListDescription =
  'Newest first. With `status=STOPPED` or `status=ALL` the list includes stopped tasks that ECS has forgotten, ' +
  'if the gateway has stored them.'
const list = {
  summary: 'List the tasks of a cluster',
  operationId: 'listTasks',
  description: taskListDescription,
  tag,
  params: inCluster,
  query,
  answers: { 200: listSchema('TaskList', task) },
  problems: ['ClusterNotFound', 'StoreUnavailable'],
} satisfies RouteSchema
const listAll = {
  summary: 'List the tasks of all clusters',
  operationId: 'listAllTasks',
  description: `The tasks of all clusters that the token may use. ${taskListDescription}`,
  tag,
  query,
  answers: { 200: listSchema('TaskList', task) },
  problems: ['StoreUnavailable'],
} satisfies RouteSchema
const get = {
  summary: 'Get a task',
  operationId: 'getTask',
  description:
    'ECS forgets a stopped task after about an hour. After that the response is the task as it was when it stopped, ' +
    'if the gateway has stored it.',
  tag,
  params: taskParams,
  query: streamQuery,
  answers: { 200: task },
  problems: ['ClusterNotFound', 'TaskNotFound', 'StoreUnavailable'],
} satisfies RouteSchema

const tasksRunSchema = Type.Object(
  {
    items: Type.Array(task),
    failures: Type.Array(
      Type.Object(
        { reason: Type.String(), detail: Type.String() },
        { $id: 'TaskRunFailure', description: 'ECS’s reason why tasks could not be started.' },
      ),
    ),
    outcome: Type.Optional(schemaNamed('WaitOutcome')),
    reason: Type.Optional(Type.String({ description: 'The reason for the outcome.' })),
  },
  { $id: 'TasksRun', description: 'The tasks that were started, and the failures.' },
)

const run = {
  summary: 'Run tasks',
  operationId: 'runTasks',
  description:
    'Starts `count` tasks, up to 5000, ten with each call of RunTask. The status is 201 when at least one task has ' +
    'started; `failures` says why the rest has not. The gateway stops at the first call that starts none.',
  tag,
  params: inCluster,
  query: {
    wait: Type.Optional(
      Type.Enum(['RUNNING', 'STOPPED'], {
        description: 'Waits at most `timeout` seconds until every task has started (`RUNNING`) or stopped (`STOPPED`).',
      }),
    ),
    ...waitQuery,
  },
  body: {
    ...bodySchema('TaskRun', 'RunTask', {
      omitted: ['cluster', 'clientToken'],
      ecsExample: {
        taskDefinition: 'migrate',
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
      },
    }),
    examples: [{ taskDefinition: 'migrate', count: 1 }],
  },
  answers: { 201: tasksRunSchema, 202: tasksRunSchema },
  problems: [
    'ClusterNotFound',
    'TaskDefinitionNotFound',
    'TaskDefinitionInactive',
    'CapacityUnavailable',
    'QuotaExceeded',
    'TaskFailed',
    'IdempotencyConflict',
  ],
} satisfies RouteSchema

const stop = {
  summary: 'Stop a task',
  operationId: 'stopTask',
  tag,
  params: taskParams,
  query: {
    reason: Type.Optional(Type.String({ maxLength: 1024, description: 'Becomes the task’s `stoppedReason`.' })),
    wait: Type.Optional(
      Type.Enum(['STOPPED'], { description: 'Waits at most `timeout` seconds until the task has stopped.' }),
    ),
    ...waitQuery,
  },
  answers: { 200: task, 202: task },
  problems: ['ClusterNotFound', 'TaskNotFound'],
} satisfies RouteSchema

export function taskRoutes(api: Api<Account>, cache: Cache, history: History): void {
  api.get('/:account/tasks', { schema: listAll }, ({ account, query, caller, url, freshness }) =>
    cache
      .compositeEntry(account, { topics: ['tasks'], key: cacheKeyOf(caller, url) }, () =>
        listAllTasks(account, caller, query, history),
      )
      .read(freshness),
  )
  api.get(
    '/:account/clusters/:cluster/tasks',
    { schema: list },
    ({ account, params: { cluster }, query, url, freshness }) =>
      cache
        .compositeEntry(account, { topics: ['tasks'], cluster, key: url }, () =>
          listTasks(account, cluster, query, history),
        )
        .read(freshness),
  )

  api.post(
    '/:account/clusters/:cluster/tasks',
    { schema: run },
    async ({ account, caller, params, query, body, clientToken, signal }, reply) => {
      const { tasks, failures } = await runTasks(account, caller, params.cluster, body, clientToken)
      const items = tasks.map(toTaskResource)
      const location =
        items.length === 1 ? `/${account.name}/clusters/${items[0]!.cluster}/tasks/${items[0]!.id}` : undefined
      if (!query.wait) return reply.created({ items, failures }, location)
      const wait = query.wait === 'RUNNING' ? waitUntilStarted : waitUntilDone
      const { lastSeen, ...ended } = await wait(account, params.cluster, tasks, { timeout: query.timeout, signal })
      const outcome =
        failures.length > 0
          ? { outcome: 'failed' as const, reason: `not all tasks could be started: ${failures[0]!.reason}` }
          : ended
      const answer = { items: lastSeen.map(toTaskResource), failures }
      return answerAfterWait(
        outcome,
        answer,
        { fail: query.fail, failureCode: 'TaskFailed', reply, location },
        (value) => reply.created(value, location),
      )
    },
  )

  const taskStream = ({ account, params }: { account: Account; params: { cluster: string; task: string } }) =>
    cache.resourceStream(taskKind, account, { cluster: params.cluster, ref: params.task })
  api.get(
    '/:account/clusters/:cluster/tasks/:task',
    { schema: get, stream: taskStream },
    ({ account, params, freshness }) => {
      const orArchived = async (error: unknown) => {
        const archived =
          error instanceof NotFound && error.code === 'TaskNotFound'
            ? await findArchivedTask(account, params.cluster, params.task, history)
            : undefined
        if (archived) return archived
        throw error
      }
      try {
        const answer = cache
          .resourceEntry(taskKind, account, { cluster: params.cluster, ref: params.task })
          .read(freshness)
        return answer instanceof Promise ? answer.catch(orArchived) : answer
      } catch (error) {
        return orArchived(error)
      }
    },
  )

  api.delete(
    '/:account/clusters/:cluster/tasks/:task',
    { schema: stop },
    async ({ account, params, query, signal }, reply) => {
      const stopped = await stopTask(account, params.cluster, params.task, query.reason)
      if (!query.wait) return toTaskResource(stopped)
      const { lastSeen, ...ended } = await waitUntilStopped(account, params.cluster, stopped, {
        timeout: query.timeout,
        signal,
      })
      return answerAfterWait(
        ended,
        toTaskResource(lastSeen[0] ?? stopped),
        { fail: query.fail, failureCode: 'TaskFailed', reply },
        (value) => value,
      )
    },
  )
}
