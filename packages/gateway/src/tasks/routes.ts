/** What can be done with tasks. */
import Type from 'typebox'
import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import { clusterParams } from '../clusters/schema.ts'
import type { History } from '../history/history.ts'
import { keyFor } from '../http/caller.ts'
import { listSchema, pageQuery } from '../http/list.ts'
import { type Api, type RouteSchema, streamQuery } from '../http/route.ts'
import { answerAfterWait, waitQuery } from '../http/waiting.ts'
import { NotFound } from '../problems/problem.ts'
import { answerSchema, bodySchema, schemaNamed } from '../shapes/json-schema.ts'
import { findArchivedTask } from './archive.ts'
import { taskKind } from './get.ts'
import { listAllTasks, listTasks } from './list.ts'
import { runTasks } from './run.ts'
import { presentTask } from './schema.ts'
import { stopTask } from './stop.ts'
import { untilDone, untilRunning, untilStopped } from './wait.ts'

const tag = 'Tasks'
const task = answerSchema('Task')
const inCluster = clusterParams
const params = { ...inCluster, task: Type.String({ $id: 'TaskRef', description: 'Id or ARN of the task.' }) }

export const taskFilter = {
  family: Type.Optional(Type.String({ $id: 'TaskFamily', description: 'Only tasks of this task definition family.' })),
  startedBy: Type.Optional(Type.String({ $id: 'TaskStartedBy', description: 'Only tasks that were started by this.' })),
  status: Type.Optional(
    Type.Enum(['RUNNING', 'PENDING', 'STOPPED', 'ALL'], {
      $id: 'TaskStatusFilter',
      description: 'By `lastStatus`; without it all that are not stopped.',
    }),
  ),
  ...pageQuery,
}
const query = {
  service: Type.Optional(Type.String({ $id: 'TaskService', description: 'Only tasks of this service.' })),
  ...taskFilter,
}

const list = {
  summary: 'List the tasks of a cluster',
  operationId: 'listTasks',
  tag,
  params: inCluster,
  query,
  answers: { 200: listSchema('TaskList', task) },
  problems: ['ClusterNotFound', 'StoreUnavailable'],
} satisfies RouteSchema
const listAll = {
  summary: 'List the tasks of all clusters',
  operationId: 'listAllTasks',
  tag,
  query,
  answers: { 200: listSchema('TaskList', task) },
  problems: ['StoreUnavailable'],
} satisfies RouteSchema
const get = {
  summary: 'Get a task',
  operationId: 'getTask',
  description:
    'Of one that ECS has forgotten, about an hour after its end: as it was last, if this service saw it stop.',
  tag,
  params,
  query: streamQuery,
  answers: { 200: task },
  problems: ['ClusterNotFound', 'TaskNotFound', 'StoreUnavailable'],
} satisfies RouteSchema

const started = Type.Object(
  {
    items: Type.Array(task),
    failures: Type.Array(
      Type.Object(
        { reason: Type.String(), detail: Type.String() },
        { $id: 'TaskRunFailure', description: 'A task that could not be started, in ECS’s words.' },
      ),
    ),
    outcome: Type.Optional(schemaNamed('WaitOutcome')),
    reason: Type.Optional(Type.String({ description: 'Why the wait ended so.' })),
  },
  { $id: 'TasksRun', description: 'The tasks that were started, and those that could not be.' },
)

const run = {
  summary: 'Run tasks',
  operationId: 'runTasks',
  description: 'Any count; 201 when at least one started.',
  tag,
  params: inCluster,
  query: {
    wait: Type.Optional(Type.Enum(['RUNNING', 'STOPPED'], { description: 'Answer only when the tasks are there.' })),
    ...waitQuery,
  },
  body: {
    ...bodySchema('TaskRun', 'RunTask', {
      leftOut: ['cluster', 'clientToken'],
      ecsExample: {
        taskDefinition: 'migrate',
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
      },
    }),
    examples: [{ taskDefinition: 'migrate', count: 1 }],
  },
  answers: { 201: started, 202: started },
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
  params,
  query: {
    reason: Type.Optional(Type.String({ maxLength: 1024, description: 'Shown as the task’s `stoppedReason`.' })),
    wait: Type.Optional(Type.Enum(['STOPPED'])),
    ...waitQuery,
  },
  answers: { 200: task, 202: task },
  problems: ['ClusterNotFound', 'TaskNotFound'],
} satisfies RouteSchema

export function taskRoutes(api: Api<Account>, cache: Cache, history: History): void {
  api.get('/:account/tasks', { schema: listAll }, ({ account, query, caller, url, freshness }) =>
    cache
      .composite(account, { topics: ['tasks'], key: keyFor(caller, url) }, () =>
        listAllTasks(account, caller, query, history),
      )
      .read(freshness),
  )
  api.get(
    '/:account/clusters/:cluster/tasks',
    { schema: list },
    ({ account, params: { cluster }, query, url, freshness }) =>
      cache
        .composite(account, { topics: ['tasks'], cluster, key: url }, () => listTasks(account, cluster, query, history))
        .read(freshness),
  )

  api.post(
    '/:account/clusters/:cluster/tasks',
    { schema: run },
    async ({ account, caller, params, query, body, clientToken, signal }, reply) => {
      const { tasks, failures } = await runTasks(account, caller, params.cluster, body, clientToken)
      const items = tasks.map(presentTask)
      const location =
        items.length === 1 ? `/${account.name}/clusters/${items[0]!.cluster}/tasks/${items[0]!.id}` : undefined
      if (!query.wait) return reply.created({ items, failures }, location)
      const waiting = query.wait === 'RUNNING' ? untilRunning : untilDone
      const { seen, ...ended } = await waiting(account, params.cluster, tasks, { timeout: query.timeout, signal })
      const outcome =
        failures.length > 0
          ? { outcome: 'failed' as const, reason: `not all could be started: ${failures[0]!.reason}` }
          : ended
      const answer = { items: seen.map(presentTask), failures }
      return answerAfterWait(outcome, answer, { fail: query.fail, failure: 'TaskFailed', reply, location }, (value) =>
        reply.created(value, location),
      )
    },
  )

  const taskStream = ({ account, params }: { account: Account; params: { cluster: string; task: string } }) =>
    cache.resourceStream(taskKind, account, { cluster: params.cluster, ref: params.task })
  api.get(
    '/:account/clusters/:cluster/tasks/:task',
    { schema: get, stream: taskStream },
    ({ account, params, freshness }) => {
      const orKept = async (error: unknown) => {
        const kept =
          error instanceof NotFound && error.code === 'TaskNotFound'
            ? await findArchivedTask(account, params.cluster, params.task, history)
            : undefined
        if (kept) return kept
        throw error
      }
      try {
        const view = cache.resource(taskKind, account, { cluster: params.cluster, ref: params.task }).read(freshness)
        return view instanceof Promise ? view.catch(orKept) : view
      } catch (error) {
        return orKept(error)
      }
    },
  )

  api.delete(
    '/:account/clusters/:cluster/tasks/:task',
    { schema: stop },
    async ({ account, params, query, signal }, reply) => {
      const stopped = await stopTask(account, params.cluster, params.task, query.reason)
      if (!query.wait) return presentTask(stopped)
      const { seen, ...ended } = await untilStopped(account, params.cluster, stopped, {
        timeout: query.timeout,
        signal,
      })
      return answerAfterWait(
        ended,
        presentTask(seen[0] ?? stopped),
        { fail: query.fail, failure: 'TaskFailed', reply },
        (value) => value,
      )
    },
  )
}
