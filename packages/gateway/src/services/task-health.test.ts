/**
 * `waitingFor` of a deployment whose tasks run and have no result of their health checks yet. The responses of ECS come
 * from a stand-in, because the engine decides by itself when a check has a result.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAwsStandIn } from '../testing/aws-stand-in.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const aws = await startEngineOverTcp()
const { endpoint } = aws.account('remote')
const standIn = await startAwsStandIn(endpoint!)
const { api } = await startTestProgram({
  accounts: [aws.account('remote', { endpoint: standIn.endpoint, budget: 'off', freshMs: 0 })],
})

const startSeconds = 1_790_000_000
const timeAt = (seconds: number) => new Date((startSeconds + seconds) * 1000).toISOString()
const scope = 'arn:aws:ecs:us-east-1:111122223333'
const revision = (n: number) => `${scope}:service-revision/prod/www/${n}`

await api.post('/remote/clusters', { name: 'prod' })
await api.post('/remote/taskdefs', { family: 'plain', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
await api.post('/remote/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'plain', count: 1 })
const { services: [www] = [] } = await aws.ecs.describeServices({ cluster: 'prod', services: ['www'] })

const describedDefinitions: string[] = []
standIn.responses.set('DescribeTaskDefinition', ({ taskDefinition }) => {
  describedDefinitions.push(String(taskDefinition))
  return undefined
})

interface TaskFacts {
  health?: string
  status?: string
  startedAt?: number
  containers?: object[]
}

/** A running task whose container `web` has this health. */
function taskOf(definition: string, id: number, { health = 'UNKNOWN', status = 'RUNNING', ...rest }: TaskFacts) {
  const containers = rest.containers ?? [{ name: 'web', healthStatus: health }]
  return {
    taskArn: `${scope}:task/prod/${String(id).padStart(32, '0')}`,
    clusterArn: `${scope}:cluster/prod`,
    taskDefinitionArn: `${scope}:task-definition/${definition}`,
    startedBy: 'ecs-svc/2',
    group: 'service:www',
    desiredStatus: 'RUNNING',
    lastStatus: status,
    healthStatus: health,
    containers,
    ...(status === 'RUNNING' && { startedAt: startSeconds + (rest.startedAt ?? 10) }),
  }
}

/** Registers the definition of a container `web` with this health check, and another container. */
async function registeredDefinition(family: string, healthCheck: object | undefined, sidecar: object = {}) {
  const { status, text, body } = await api.post('/remote/taskdefs', {
    family,
    containerDefinitions: [
      { name: 'web', image: 'nginx', ...(healthCheck && { healthCheck }) },
      { name: 'sidecar', image: 'envoy', essential: false, ...sidecar },
    ],
  })
  assert.equal(status, 201, text)
  return String(body.name)
}

/** GET of the deployment with these tasks, of which ECS counts the running ones. */
async function readDeployment(definition: string, facts: TaskFacts[], { list = false, more = {}, requested = 4 } = {}) {
  const tasks = facts.map((each, index) => taskOf(definition, index, each))
  const runningTaskCount = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length
  const pendingTaskCount = tasks.length - runningTaskCount
  const deployment = {
    serviceDeploymentArn: `${scope}:service-deployment/prod/www/abc`,
    status: 'IN_PROGRESS',
    createdAt: startSeconds,
    startedAt: startSeconds + 1,
    targetServiceRevision: { arn: revision(2), requestedTaskCount: requested, runningTaskCount, pendingTaskCount },
    sourceServiceRevisions: [{ arn: revision(1), requestedTaskCount: 4, runningTaskCount: 4, pendingTaskCount: 0 }],
    ...more,
  }
  const { serviceDeploymentArn } = deployment
  standIn.responses.set('ListServiceDeployments', () => ({
    body: { serviceDeployments: [{ serviceDeploymentArn, status: 'IN_PROGRESS', createdAt: startSeconds }] },
  }))
  standIn.responses.set('DescribeServiceDeployments', () => ({ body: { serviceDeployments: [deployment] } }))
  standIn.responses.set('ListTasks', ({ desiredStatus }) => ({
    body: { taskArns: desiredStatus === 'STOPPED' ? [] : tasks.map(({ taskArn }) => taskArn) },
  }))
  standIn.responses.set('DescribeTasks', () => ({ body: { tasks, failures: [] } }))
  const described = { ...www, deployments: [], events: [], createdAt: startSeconds - 1000 }
  standIn.responses.set('DescribeServices', () => ({ body: { services: [described], failures: [] } }))
  const path = `/remote/clusters/prod/services/www/deployments${list ? '' : '/abc'}`
  const { status, body, text } = await api.get(path, { headers: { 'cache-control': 'no-cache' } })
  assert.equal(status, 200, text)
  const { waitingFor, waitingSince, nextStep, healthyTaskCount } = list ? body.items[0] : body
  assert.equal(waitingSince, timeAt(1))
  return { waitingFor, nextStep, healthyTaskCount }
}

const command = ['CMD-SHELL', 'exit 1']
const four = (facts: TaskFacts = {}) => [facts, facts, facts, facts]
const tasksAreStopped = (seconds: number) => ({
  at: timeAt(seconds),
  text: 'ECS stops a task after 3 failed checks in a row',
})

test('no task has passed its health check yet: the deployment says when ECS can stop one', async () => {
  const definition = await registeredDefinition('checked', { command })
  const tasks = [{ startedAt: 12 }, { startedAt: 10 }, { startedAt: 11 }, { startedAt: 12 }]
  const expected = {
    waitingFor: 'none of the 4 running new tasks has passed its health check yet',
    nextStep: tasksAreStopped(100),
    healthyTaskCount: 0,
  }
  const callsBefore = describedDefinitions.length
  assert.deepEqual(await readDeployment(definition, tasks), expected)
  assert.deepEqual(await readDeployment(definition, tasks), expected, 'equal responses give equal sentences')
  assert.deepEqual(await readDeployment(definition, tasks, { list: true }), expected, 'in the list')
  assert.equal(describedDefinitions.length - callsBefore, 1, 'the definition is described once')
})

test('the time at which ECS can stop a task follows startPeriod, interval and retries of the check', async () => {
  const definition = await registeredDefinition('slow', { command, interval: 10, retries: 1, startPeriod: 60 })
  const { waitingFor, nextStep } = await readDeployment(definition, [{}], { requested: 1 })
  assert.equal(waitingFor, 'the running new task has not passed its health check yet')
  assert.deepEqual(nextStep, { at: timeAt(70), text: 'ECS stops a task after 1 failed check' })
})

test('tasks with and without a result are counted, and tasks that start', async () => {
  const definition = await registeredDefinition('mixed', { command })
  const nextStep = tasksAreStopped(120)
  const healthy = { health: 'HEALTHY', startedAt: 0 }
  const unhealthy = { health: 'UNHEALTHY', startedAt: 5 }
  assert.deepEqual(await readDeployment(definition, [healthy, unhealthy, { startedAt: 30 }, healthy]), {
    waitingFor: '2 of 4 tasks pass their health checks, 1 fails them',
    nextStep,
    healthyTaskCount: 2,
  })
  assert.deepEqual(await readDeployment(definition, [healthy, unhealthy, unhealthy, healthy]), {
    waitingFor: '2 of 4 tasks pass their health checks, 2 fail them',
    nextStep: undefined,
    healthyTaskCount: 2,
  })
  const starting = await readDeployment(definition, [{ startedAt: 30 }, { startedAt: 30 }, { status: 'PROVISIONING' }])
  assert.deepEqual(starting, {
    waitingFor:
      '1 task waiting for capacity and a network interface; ' +
      'none of the 2 running new tasks has passed its health check yet',
    nextStep,
    healthyTaskCount: 0,
  })
  const room = await readDeployment(definition, [{ startedAt: 30 }, { startedAt: 30 }])
  assert.match(room.waitingFor, /^none of the 2 running new tasks has passed/, 'ECS starts the next ones after that')
  assert.deepEqual(await readDeployment(definition, four(healthy)), {
    waitingFor: 'ECS waits until they are healthy, then stops the old tasks',
    nextStep: undefined,
    healthyTaskCount: 4,
  })
})

test('only the checks of essential containers count', async () => {
  const withoutCheck = {
    waitingFor: 'ECS waits until they are healthy, then stops the old tasks',
    nextStep: undefined,
    healthyTaskCount: undefined,
  }
  assert.deepEqual(await readDeployment(await registeredDefinition('none', undefined), four()), withoutCheck)
  const onSidecar = await registeredDefinition('sidecar', undefined, { healthCheck: { command } })
  assert.deepEqual(await readDeployment(onSidecar, four()), withoutCheck)
  // A task of which ECS has no result, although its only container with a check passed it.
  const containers = [
    { name: 'web', healthStatus: 'HEALTHY' },
    { name: 'sidecar', healthStatus: 'UNKNOWN' },
  ]
  const both = await registeredDefinition('both', { command }, { healthCheck: { command } })
  assert.equal((await readDeployment(both, four({ containers }))).healthyTaskCount, 4)
})

test('without its task definition, a deployment still counts the tasks that ECS calls healthy', async () => {
  const tasks = [{ health: 'HEALTHY' }, {}, {}, {}]
  assert.deepEqual(await readDeployment('deleted:1', four()), {
    waitingFor: 'ECS waits until they are healthy, then stops the old tasks',
    nextStep: undefined,
    healthyTaskCount: undefined,
  })
  assert.deepEqual(await readDeployment('deleted:1', tasks), {
    waitingFor: '1 of 4 tasks pass their health checks',
    nextStep: undefined,
    healthyTaskCount: 1,
  })
})

test('a blue/green deployment that starts its tasks names the missing health check results, too', async () => {
  const definition = await registeredDefinition('green', { command })
  const more = { lifecycleStage: 'SCALE_UP', deploymentConfiguration: { strategy: 'BLUE_GREEN' } }
  const { waitingFor, nextStep } = await readDeployment(definition, four(), { more })
  assert.equal(
    waitingFor,
    'ECS starts the new tasks, without traffic; none of the 4 running new tasks has passed its health check yet',
  )
  assert.deepEqual(nextStep, tasksAreStopped(100))
})
