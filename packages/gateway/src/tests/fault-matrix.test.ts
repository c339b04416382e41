/**
 * For each route, each AWS action that it calls fails in each of several ways. The response must have the right status,
 * code and `Retry-After`, and no change may be made twice. A first request without faults finds the actions that the
 * route calls.
 */
import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ECS } from '@aws-sdk/client-ecs'
import { requestGroups } from '@ecs-api/ecs-model'
import { LocalAws } from '@ecs-api/local-aws'
import type { AwsSettings } from '../config/settings.ts'
import { startTestProgram } from '../testing/program.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The ids of a task of the cluster `prod` and of the newest deployment of its service. */
interface CreatedIds {
  task: string
  deployment: string
}

interface RouteCase {
  method: Method
  path: (created: CreatedIds) => string
  body?: unknown
  /** The status when nothing fails. */
  status: number
  /** The route reads data that a task has only while it runs. */
  needsRunningTask?: boolean
  /** The failure of this action only leaves the header `Ecs-Api-Deployment` out of the response. */
  optionalAction?: string
}

const get = (path: string | ((created: CreatedIds) => string)): RouteCase => ({
  method: 'get',
  path: typeof path === 'string' ? () => path : path,
  status: 200,
})
const ofRunningTask = (path: (created: CreatedIds) => string): RouteCase => ({ ...get(path), needsRunningTask: true })
const change = (
  method: Method,
  path: string | ((created: CreatedIds) => string),
  body?: unknown,
  status = 200,
): RouteCase => ({
  method,
  path: typeof path === 'string' ? () => path : path,
  status,
  ...(body !== undefined && { body }),
})
const deploying = (route: RouteCase): RouteCase => ({ ...route, optionalAction: 'ListServiceDeployments' })
const container = { name: 'web', image: 'nginx' }
const stopPath = ({ deployment }: CreatedIds) => `/clusters/prod/services/www/deployments/${deployment}/stop`
const continuePath = ({ deployment }: CreatedIds) => `/clusters/prod/services/www/deployments/${deployment}/continue`
const routes: Readonly<Record<string, RouteCase>> = {
  'list clusters': get('/clusters'),
  'get a cluster': get('/clusters/prod'),
  'list services': get('/clusters/prod/services'),
  'list all services': get('/services'),
  'get a service': get('/clusters/prod/services/www'),
  'list a service’s tasks': get('/clusters/prod/services/www/tasks'),
  'list events': get('/clusters/prod/services/www/events'),
  'list events of a cluster': get('/clusters/prod/events'),
  'list deployments': get('/clusters/prod/services/www/deployments'),
  'get a deployment': get(({ deployment }) => `/clusters/prod/services/www/deployments/${deployment}`),
  'list releases': get('/clusters/prod/services/www/releases'),
  'get a release': get('/clusters/prod/services/www/releases/1'),
  'compare releases': get('/clusters/prod/services/www/releases/1/diff'),
  'list tasks': get('/clusters/prod/tasks'),
  'list all tasks': get('/tasks?status=ALL'),
  'get a task': get(({ task }) => `/clusters/prod/tasks/${task}`),
  'read a service’s logs': get('/clusters/prod/services/www/logs'),
  'read a task’s logs': ofRunningTask(({ task }) => `/clusters/prod/tasks/${task}/logs`),
  'get a service’s metrics': get('/clusters/prod/services/www/metrics'),
  'get a task’s metrics': ofRunningTask(({ task }) => `/clusters/prod/tasks/${task}/metrics`),
  'list task definitions': get('/taskdefs'),
  'get a task definition': get('/taskdefs/web'),
  'create a cluster': change('post', '/clusters', { name: 'new' }, 201),
  'put a new cluster': change('put', '/clusters/new', {}, 201),
  'put a cluster': change('put', '/clusters/prod', {
    settings: { containerInsights: 'enabled' },
    capacityProviders: ['FARGATE'],
    tags: { team: 'web' },
  }),
  'change a cluster': change('patch', '/clusters/prod', { tags: { team: 'web', made: null } }),
  'delete a cluster': change('delete', '/clusters/empty'),
  'delete a cluster that is not empty': change('delete', '/clusters/prod', undefined, 409),
  'create a service': deploying(
    change('post', '/clusters/prod/services', { name: 'new', taskDefinition: 'web', count: 1 }, 201),
  ),
  'create a service and wait': deploying(
    change(
      'post',
      '/clusters/prod/services?wait=STABLE&timeout=1',
      { name: 'new', taskDefinition: 'web', count: 0 },
      201,
    ),
  ),
  'plan a service': change('post', '/clusters/prod/services?dryRun=true', {
    name: 'new',
    taskDefinition: 'web',
    count: 1,
  }),
  'change a service': change('patch', '/clusters/prod/services/www', { count: 1, tags: { team: 'web' } }),
  'change a service’s containers': deploying(
    change('patch', '/clusters/prod/services/www', { containers: { web: { image: 'nginx:1.29' } } }),
  ),
  'plan a change of a service’s containers': change('patch', '/clusters/prod/services/www?dryRun=true', {
    containers: { web: { image: 'nginx:1.29' } },
  }),
  'restart a service': deploying(change('post', '/clusters/prod/services/www/restart')),
  'roll a service back': change('post', '/clusters/prod/services/www/rollback', { release: 1 }),
  'delete a service': change('delete', '/clusters/prod/services/www'),
  'run tasks': change('post', '/clusters/prod/tasks', { taskDefinition: 'web', count: 1 }, 201),
  'run tasks and wait': change('post', '/clusters/prod/tasks?wait=RUNNING&timeout=1', { taskDefinition: 'web' }, 201),
  // Simulated containers run no commands, so the agent is never there.
  'open a terminal': change('post', ({ task }) => `/clusters/prod/tasks/${task}/exec`, { command: 'sh' }, 409),
  'stop a task': change('delete', ({ task }) => `/clusters/prod/tasks/${task}`),
  'register a task definition': change('post', '/taskdefs', { family: 'web', containerDefinitions: [container] }, 201),
  'deregister a task definition': change('delete', '/taskdefs/web:1'),
  'delete a family': change('delete', '/taskdefs/web?purge=true'),
  'diagnose the account': get('/diagnosis'),
  'diagnose a service': get('/clusters/prod/services/www/diagnosis'),
  'diagnose a task': get(({ task }) => `/clusters/prod/tasks/${task}/diagnosis`),
  // The deployment of the service has ended.
  'stop a deployment': change('post', stopPath, undefined, 409),
  'continue a deployment': change('post', continuePath, {}, 409),
  'plan a cluster': change('post', '/clusters?dryRun=true', { name: 'new' }),
  'plan to put a cluster': change('put', '/clusters/prod?dryRun=true', { tags: { team: 'web' } }),
  'plan a change of a cluster': change('patch', '/clusters/prod?dryRun=true', { tags: { team: 'web' } }),
  'plan to delete a cluster': change('delete', '/clusters/empty?dryRun=true'),
  'plan a restart': change('post', '/clusters/prod/services/www/restart?dryRun=true'),
  'plan a rollback': change('post', '/clusters/prod/services/www/rollback?dryRun=true', { release: 1 }),
  'plan to delete a service': change('delete', '/clusters/prod/services/www?dryRun=true'),
  'plan to stop a deployment': change('post', (created) => `${stopPath(created)}?dryRun=true`, undefined, 409),
  'plan to continue a deployment': change('post', (created) => `${continuePath(created)}?dryRun=true`, {}, 409),
  'plan a task definition': change('post', '/taskdefs?dryRun=true', {
    family: 'web',
    containerDefinitions: [container],
  }),
  'plan to deregister a task definition': change('delete', '/taskdefs/web:1?dryRun=true'),
}

/** The faults of the engine, by their names in this test. */
const faultKinds = {
  'throttled once': { kind: 'throttle', amount: 1 },
  'throttled for ever': { kind: 'throttle' },
  'fails once': { kind: 'error', amount: 1 },
  'fails for ever': { kind: 'error' },
  'slow past the deadline': { kind: 'slow', amount: 3500 },
  'cut once': { kind: 'cut', amount: 1 },
  'cut in the middle of the body, once': { kind: 'half', amount: 1 },
  'cut in the middle of the body, for ever': { kind: 'half' },
  'credentials expired': { kind: 'expired' },
} as const
type FaultKind = keyof typeof faultKinds

/** Actions whose repetition would make a second change, so they are not retried. */
const notIdempotent = new Set(['RegisterTaskDefinition', 'UpdateService'])

/** Actions whose failure only leaves members out of the response. */
const optionalActions = new Set(['DescribeNetworkInterfaces'])

/** The expected status and code when `action` fails; undefined when the route must succeed nevertheless. */
function expectedProblem(
  kind: FaultKind,
  action: string,
  { optionalAction }: RouteCase,
): [status: number, code: string] | undefined {
  if (optionalActions.has(action) || action === optionalAction) return undefined
  switch (kind) {
    case 'throttled once':
      return undefined
    case 'throttled for ever':
      return [429, 'TooManyRequests']
    case 'fails once':
      return notIdempotent.has(action) ? [502, 'AwsError'] : undefined
    case 'fails for ever':
      return [502, 'AwsError']
    case 'slow past the deadline':
      return [504, 'AwsTimeout']
    case 'cut once':
    case 'cut in the middle of the body, once':
      return notIdempotent.has(action) ? [504, 'AwsTimeout'] : undefined
    case 'cut in the middle of the body, for ever':
      return [504, 'AwsTimeout']
    case 'credentials expired':
      return [503, 'AwsCredentialsRefused']
  }
}

// The budget refills at once after a throttle, so no case waits for it.
const ampleBucket = { burst: 100, refill: 100 }
const requestBudget = Object.fromEntries(Object.keys(requestGroups).map((group) => [group, ampleBucket]))

// One AWS account for each case, so that all cases can run at once.
const maxCases = 2500
const accounts = Array.from({ length: maxCases }, (_, i) => {
  const number = String(100_000_000_000 + i)
  return { number, name: `case-${i}`, accessKeyId: `AKIA${number}`, secretAccessKey: `secret-of-${number}` }
})
const engine = new LocalAws({ data: ':memory:', pace: 'instant', accounts, verifySignatures: true })
await engine.open()
after(() => engine.close())
const { url: endpoint } = await engine.listen()
/** Only deliberately slow calls get short deadlines: on a busy machine other calls could exceed them, too. */
const impatient = { answerMs: 1800, callMs: 5000 }
const patient = { answerMs: 30_000, callMs: 30_000 }
const isImpatient = (index: number) => index % 5 === 0
const settings = accounts.map(
  ({ name, accessKeyId, secretAccessKey }, i): AwsSettings => ({
    mode: 'aws',
    name,
    region: 'us-east-1',
    defaults: { subnets: ['subnet-0a1b2c3d'], executionRoleArn: 'arn:aws:iam::111122223333:role/execution' },
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
    timeouts: isImpatient(i) ? impatient : patient,
    budget: requestBudget,
  }),
)
const { api, awsCalls } = await startTestProgram({ accounts: settings })

const logOptions = {
  'awslogs-group': '/ecs/prod',
  'awslogs-region': 'us-east-1',
  'awslogs-stream-prefix': 'ecs',
  'awslogs-create-group': 'true',
}

/** An account with a cluster, a service, a task and a task definition, for one case. */
interface PreparedAccount {
  account: string
  number: string
  ecs: ECS
  created: CreatedIds
}

const unusedAccounts = {
  impatient: accounts.filter((_, i) => isImpatient(i)),
  patient: accounts.filter((_, i) => !isImpatient(i)),
}
async function prepareAccount(patience: keyof typeof unusedAccounts): Promise<PreparedAccount> {
  const { name, number, accessKeyId, secretAccessKey } =
    unusedAccounts[patience].pop() ?? assert.fail(`more than ${maxCases} cases`)
  const ecs = new ECS({
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: engine.requestHandler(number),
  })
  const network = {
    launchType: 'FARGATE' as const,
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } },
  }
  await ecs.createCluster({ clusterName: 'prod', tags: [{ key: 'made', value: 'here' }] })
  await ecs.createCluster({ clusterName: 'empty' })
  await ecs.registerTaskDefinition({
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: 'arn:aws:iam::111122223333:role/execution',
    containerDefinitions: [{ ...container, logConfiguration: { logDriver: 'awslogs', options: logOptions } }],
  })
  await ecs.createService({ cluster: 'prod', serviceName: 'www', taskDefinition: 'web', desiredCount: 0, ...network })
  const { tasks } = await ecs.runTask({ cluster: 'prod', taskDefinition: 'web', ...network })
  const { serviceDeployments } = await ecs.listServiceDeployments({ cluster: 'prod', service: 'www' })
  const last = (arn = '') => arn.slice(arn.lastIndexOf('/') + 1)
  return {
    account: name,
    number,
    ecs,
    created: { task: last(tasks![0]!.taskArn), deployment: last(serviceDeployments![0]!.serviceDeploymentArn) },
  }
}

/** Counts the resources that a repeated change would create twice. */
async function countResources({ ecs }: PreparedAccount): Promise<Record<string, number>> {
  const [running, stopped, services, deployments, active, inactive] = await Promise.all([
    ecs.listTasks({ cluster: 'prod' }),
    ecs.listTasks({ cluster: 'prod', desiredStatus: 'STOPPED' }),
    ecs.listServices({ cluster: 'prod' }),
    ecs.listServiceDeployments({ cluster: 'prod', service: 'www' }),
    ecs.listTaskDefinitions({}),
    ecs.listTaskDefinitions({ status: 'INACTIVE' }),
  ])
  return {
    // The service scheduler starts and stops tasks of services at any time.
    tasks: services.serviceArns!.length > 1 ? 0 : running.taskArns!.length + stopped.taskArns!.length,
    services: services.serviceArns!.length,
    deployments: deployments.serviceDeployments!.length,
    revisions: active.taskDefinitionArns!.length + inactive.taskDefinitionArns!.length,
  }
}

function send({ account, created }: PreparedAccount, { method, path, body }: RouteCase) {
  const url = `/${account}${path(created)}`
  return method === 'get' || method === 'delete' ? api[method](url) : api[method](url, body)
}

async function untilTaskRuns({ ecs, created: { task } }: PreparedAccount): Promise<void> {
  let lastStatus: string | undefined
  do {
    // The engine responds in this process, and its runtime needs turns of the event loop, too.
    await nextTurn()
    const { tasks } = await ecs.describeTasks({ cluster: 'prod', tasks: [task] })
    lastStatus = tasks?.[0]?.lastStatus
  } while (lastStatus !== 'RUNNING')
}

/** The actions that a route calls when nothing fails. */
async function actionsOf(route: RouteCase): Promise<string[]> {
  const prepared = await prepareAccount('patient')
  if (route.needsRunningTask) await untilTaskRuns(prepared)
  const answer = await send(prepared, route)
  assert.equal(answer.status, route.status, answer.text)
  return [...new Set(awsCalls.filter(({ account }) => account === prepared.account).map(({ action }) => action))]
}

/**
 * With more cases at the same time, responses would be late because the machine is busy, and not because of the fault.
 */
const maxCasesAtOnce = 14
let running = 0
const waiting: (() => void)[] = []
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= maxCasesAtOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
  try {
    return await work()
  } finally {
    running--
    waiting.shift()?.()
  }
}

/** The routes of an account that this test leaves out, with the reason. */
const routesLeftOut = new Map([
  ['GET /{account}/changes', 'an event stream, whose failed reads are events: changes.test.ts'],
  ['GET /{account}/images', 'reads the container runtime of a local account'],
  ['GET /{account}/audit', 'reads the store: dead-store.long.test.ts'],
])

test('every route of an account is in the matrix, and every change also as a plan', async () => {
  const { paths } = (await api.get('/openapi.json')).body as {
    paths: Record<string, Record<string, { parameters?: { name?: string; $ref?: string }[] }>>
  }
  const ids = { task: '{task}', deployment: '{deployment}' }
  const inMatrix = Object.values(routes).map(({ method, path }) => {
    const [address = '', query = ''] = path(ids).split('?')
    return { method, segments: address.split('/').slice(1), isPlan: query.includes('dryRun') }
  })
  const isCovered = (method: string, path: string, isPlan: boolean) => {
    const pattern = path.split('/').slice(4)
    return inMatrix.some(
      (row) =>
        row.method === method &&
        row.isPlan === isPlan &&
        row.segments.length === pattern.length &&
        row.segments.every((segment, i) => pattern[i]!.startsWith('{') || pattern[i] === segment),
    )
  }
  const missing = Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/ecs/{account}/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { parameters = [] }]) => {
        const name = `${method.toUpperCase()} ${path.slice('/v1/ecs'.length)}`
        if (routesLeftOut.has(name)) return []
        const hasPlan = parameters.some((parameter) => /dryRun/i.test(parameter.name ?? parameter.$ref ?? ''))
        return [
          ...(isCovered(method, path, false) ? [] : [name]),
          ...(!hasPlan || isCovered(method, path, true) ? [] : [`${name} as a plan`]),
        ]
      }),
    )
  assert.deepEqual(missing, [])
})

describe('the response when an AWS action fails', { concurrency: 4 }, () => {
  for (const [name, route] of Object.entries(routes)) test(name, (t) => checkAllFaults(t, route))
})

async function checkAllFaults(t: TestContext, route: RouteCase): Promise<void> {
  const actions = await actionsOf(route)
  assert.ok(actions.length > 0)
  const cases = actions.flatMap((action) =>
    Object.keys(faultKinds).map((kind) => ({ action, kind: kind as FaultKind })),
  )
  const results = await Promise.allSettled(
    cases.map(({ action, kind }) => inTurn(() => checkFault(route, action, kind))),
  )
  const failures = results.flatMap((result, i) =>
    result.status === 'rejected' ? [`${cases[i]!.action} ${cases[i]!.kind}: ${(result.reason as Error).message}`] : [],
  )
  t.diagnostic(`${cases.length} cases`)
  assert.deepEqual(failures, [])
}

async function checkFault(route: RouteCase, action: string, kind: FaultKind): Promise<void> {
  const prepared = await prepareAccount(faultKinds[kind].kind === 'slow' ? 'impatient' : 'patient')
  if (route.needsRunningTask) await untilTaskRuns(prepared)
  const endFault = engine.inject({ action, account: prepared.number, ...faultKinds[kind] })
  const answer = await send(prepared, route)
  endFault()
  if (route.method !== 'get')
    for (const [name, count] of Object.entries(await countResources(prepared)))
      assert.ok(count <= 2, `there was one of the ${name}, and there are ${count}`)
  const [status, code] = expectedProblem(kind, action, route) ?? [route.status]
  const isExpected = answer.status === status && (code === undefined || answer.body.code === code)
  const given = `${answer.status} ${answer.body?.code ?? ''}`
  assert.ok(
    isExpected || isAlsoCorrect(route, action, kind, answer),
    `${given} instead of ${status} ${code ?? ''}: ${answer.text.slice(0, 300)}`,
  )
  if (answer.status === 429 || answer.status === 503) assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/)
  if (answer.status >= 400) assert.equal(answer.headers['content-type'], 'application/problem+json')
}

/** Whether the response is correct, although it is not the expected one. */
function isAlsoCorrect(
  route: RouteCase,
  action: string,
  kind: FaultKind,
  { status, body }: { status: number; body: Record<string, unknown> },
): boolean {
  const path = route.path({ task: '', deployment: '' })
  // The change was made and only the wait failed: after an error the client would make the change again.
  if (path.includes('wait=') && /^Describe(Tasks|Services)$/.test(action) && status === 202)
    return body.outcome === 'timeout'
  // ECS rejects the action itself, so there is no change that a cut connection could hide.
  if (route.status === 409 && action === 'DeleteCluster' && /cut/.test(kind)) return status === 409
  // ECS applied the first attempt although its response was cut, and the retry finds the service inactive.
  if (action === 'DeleteService' && /cut/.test(kind)) return status === 200 && body.status === 'INACTIVE'
  // Deleting a family deregisters as many revisions as possible and reports the rest.
  return (
    path === '/taskdefs/web?purge=true' &&
    status === 200 &&
    (Number(body.remaining) > 0 || (body.failures as unknown[]).length > 0)
  )
}
