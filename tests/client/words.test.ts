// The sentences about services, deployments and tasks: for each state, and for real resources.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createClient,
  type Diagnosis,
  type Service,
  type ServiceDeployment,
  type Task,
} from '../../packages/client/src/index.ts'
import {
  deploymentSentence,
  diagnosedSentence,
  duration,
  nextStepSentence,
  type ServiceState,
  serviceSentence,
  taskSentence,
  verdictOfDiagnosis,
  verdictOfState,
} from '../../packages/client/src/words/index.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'

const now = Date.parse('2026-11-29T12:00:00Z')
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString()

const oldDeployment = { id: 'ecs-svc/7', status: 'ACTIVE', taskDefinition: 'web:7' }
const taskCounts = { desiredCount: 3, runningCount: 2, pendingCount: 1 }
const primaryDeployment = {
  id: 'ecs-svc/8',
  status: 'PRIMARY',
  taskDefinition: 'web:8',
  updatedAt: ago(2 * 86_400),
  ...taskCounts,
}
const serviceWith = (fields: object = {}) =>
  ({
    status: 'ACTIVE',
    ...{
      desiredCount: 3,
      runningCount: 3,
      pendingCount: 0,
      taskDefinition: 'web:7',
      deployments: [primaryDeployment, oldDeployment],
    },
    ...fields,
  }) as unknown as Service
const deploymentWith = (fields: object = {}) =>
  ({
    status: 'IN_PROGRESS',
    createdAt: ago(40),
    targetServiceRevision: { arn: 'arn:…/8', requestedTaskCount: 3, runningTaskCount: 2, pendingTaskCount: 1 },
    ...fields,
  }) as unknown as ServiceDeployment

const endedDeployment = (status: string) =>
  deploymentWith({ status, finishedAt: ago(720), statusReason: 'Circuit breaker.' })
const failedRollback = {
  ...endedDeployment('ROLLBACK_FAILED'),
  statusReason: 'No rollback candidate was found to run the rollback.',
}
const pausedDeployment = deploymentWith({
  createdAt: ago(720),
  waitingFor: 'Waiting for you after the scale-up',
  waitingSince: ago(4),
  nextStep: { at: '2099-01-01T00:00:00.000Z', text: 'Without an answer ECS rolls back' },
  lifecycleHookDetails: [{ targetType: 'PAUSE', status: 'AWAITING_ACTION' }],
})

const taskEvent = (seconds: number, text: string) => ({
  createdAt: ago(seconds),
  message: `(service www) has ${text} tasks: (task 1).`,
})
const startEvents = (...seconds: number[]) => seconds.map((each) => taskEvent(each, 'started 1'))

const serviceCases: [state: string, text: string, service: Service, deployments: ServiceDeployment[]][] = [
  ['deleted', 'Deleted.', serviceWith({ status: 'INACTIVE' }), []],
  ['draining', 'Being deleted: 3 tasks are stopping.', serviceWith({ status: 'DRAINING' }), []],
  ['unknown', 'ECS reports: FROZEN', serviceWith({ status: 'FROZEN' }), []],
  ['unknown', 'ECS reports: PONDERING', serviceWith(), [deploymentWith({ status: 'PONDERING' })]],
  [
    'rollback-failed',
    'The deployment of web:8 failed 12 min ago; ECS could not roll it back.',
    serviceWith(),
    [endedDeployment('ROLLBACK_FAILED')],
  ],
  [
    'rollback-failed',
    'The deployment of web:8 failed 12 min ago; there is no earlier release.',
    serviceWith(),
    [failedRollback],
  ],
  ['draining', 'Being deleted: 1 task is stopping.', serviceWith({ status: 'DRAINING', runningCount: 1 }), []],
  [
    'rolling-back',
    'The deployment of web:8 failed 5 s ago; ECS is rolling back.',
    serviceWith(),
    [deploymentWith({ status: 'ROLLBACK_IN_PROGRESS', rollback: { startedAt: ago(5) } })],
  ],
  [
    'stopping-deployment',
    'The deployment of web:8 is being stopped.',
    serviceWith(),
    [deploymentWith({ status: 'STOP_REQUESTED' })],
  ],
  ['waiting', 'Waiting for you after the scale-up.', serviceWith(), [pausedDeployment]],
  [
    'deploying',
    'Deploying web:8 for 40 s: 2 of 3 new tasks are running, 1 is starting.',
    serviceWith(),
    [deploymentWith()],
  ],
  [
    'deploying',
    'Deploying web:8 for 1 h: 0 of 3 new tasks are running.',
    serviceWith({
      deployments: [
        {
          ...primaryDeployment,
          rolloutState: 'IN_PROGRESS',
          createdAt: ago(3700),
          runningCount: 0,
          desiredCount: 3,
          pendingCount: 0,
        },
      ],
    }),
    [],
  ],
  [
    'failing',
    'Deploying web:8 for 40 s: 2 of 3 new tasks are running, 1 is starting, 4 failed.',
    serviceWith({ deployments: [{ ...primaryDeployment, failedTasks: 4 }] }),
    [deploymentWith()],
  ],
  [
    'failing',
    'Deploying web:8 for 1 h: 0 of 3 new tasks are running, 1 failed.',
    serviceWith({
      deployments: [
        {
          ...primaryDeployment,
          ...{ rolloutState: 'IN_PROGRESS', createdAt: ago(3700), failedTasks: 1 },
          ...{ runningCount: 0, desiredCount: 3, pendingCount: 0 },
        },
      ],
    }),
    [],
  ],
  [
    'down',
    'No task is running: 0 of 3 tasks running, 2 starting.',
    serviceWith({ runningCount: 0, pendingCount: 2 }),
    [],
  ],
  ['short', '2 of 3 tasks running.', serviceWith({ runningCount: 2 }), []],
  [
    'unstable',
    '2 of 3 tasks running, and tasks keep ending: 4 in the last 10 min.',
    serviceWith({ runningCount: 2, events: [...startEvents(30, 60, 90, 120), ...startEvents(601)] }),
    [endedDeployment('SUCCESSFUL')],
  ],
  [
    'unstable',
    '0 of 2 tasks running, and tasks keep ending: 4 in the last 10 min.',
    serviceWith({ runningCount: 0, desiredCount: 2, events: startEvents(30, 60, 90, 120) }),
    [endedDeployment('SUCCESSFUL')],
  ],
  [
    'scaled-to-zero',
    'Scaled to 0 tasks.',
    serviceWith({ desiredCount: 0, runningCount: 0, events: startEvents(30, 60, 90, 120) }),
    [endedDeployment('SUCCESSFUL')],
  ],
  [
    'unstable',
    '3 of 3 tasks running, and tasks keep ending: 4 in the last 10 min.',
    serviceWith({
      events: [
        ...startEvents(30, 60, 90, 120),
        { createdAt: ago(150), message: '(service www) (deployment ecs-svc/8) deployment completed.' },
        ...startEvents(200, 210),
      ],
    }),
    [],
  ],
  [
    'steady',
    '3 of 3 tasks running, steady for 20 s.',
    serviceWith({ events: [taskEvent(20, 'stopped 2 running'), taskEvent(40, 'started 5'), ...startEvents(700)] }),
    [endedDeployment('SUCCESSFUL')],
  ],
  [
    'steady',
    '3 of 3 tasks running, steady for 12 min.',
    serviceWith({ events: startEvents(725, 730, 740, 750, 760) }),
    [endedDeployment('SUCCESSFUL')],
  ],
  [
    'rolled-back',
    'The deployment of web:8 failed 12 min ago; ECS rolled back to web:7.',
    serviceWith(),
    [endedDeployment('ROLLBACK_SUCCESSFUL')],
  ],
  [
    'failed',
    'The deployment of web:8 did not finish (12 min ago); 3 of 3 tasks running.',
    serviceWith(),
    [endedDeployment('STOPPED')],
  ],
  ['surplus', '4 of 3 tasks running: ECS stops the others.', serviceWith({ runningCount: 4 }), []],
  ['scaled-to-zero', 'Scaled to 0 tasks.', serviceWith({ desiredCount: 0, runningCount: 0 }), []],
  ['steady', '3 of 3 tasks running, steady for 2 days.', serviceWith(), []],
  [
    'steady',
    '1 of 1 task running, steady for 12 min.',
    serviceWith({ desiredCount: 1, runningCount: 1 }),
    [endedDeployment('SUCCESSFUL')],
  ],
]

const steadyEvent = (seconds: number) => ({
  createdAt: ago(seconds),
  message: '(service www) has reached a steady state.',
})
serviceCases.push(
  [
    'steady',
    '3 of 3 tasks running, steady for 5 s.',
    serviceWith({ events: [{ createdAt: ago(1), message: 'other' }, steadyEvent(5), steadyEvent(900)] }),
    [endedDeployment('SUCCESSFUL')],
  ],
  [
    'steady',
    '3 of 3 tasks running, steady for 12 min.',
    serviceWith({ events: [steadyEvent(800)] }),
    [endedDeployment('SUCCESSFUL')],
  ],
  [
    'steady',
    '3 of 3 tasks running, steady for 10 s.',
    serviceWith({ events: [taskEvent(2, 'registered 1'), taskEvent(10, 'started 1'), steadyEvent(180)] }),
    [endedDeployment('SUCCESSFUL')],
  ],
  [
    'steady',
    '3 of 3 tasks running, steady for 5 s.',
    serviceWith({ events: [steadyEvent(5), taskEvent(10, 'stopped 1 running'), steadyEvent(180)] }),
    [endedDeployment('SUCCESSFUL')],
  ],
)

for (const [state, text, service, deployments] of serviceCases)
  test(`a service: ${text}`, () => {
    const sentence = serviceSentence(service, deployments, now)
    assert.deepEqual([sentence.state, sentence.text], [state, text])
  })

test('the detail of a sentence is the text of ECS or of the gateway', () => {
  assert.equal(serviceSentence(serviceWith(), [endedDeployment('ROLLBACK_SUCCESSFUL')], now).detail, 'Circuit breaker.')
  const waiting = deploymentWith({ waitingFor: '1 task is pulling its image' })
  const { detail, since } = serviceSentence(serviceWith(), [waiting], now)
  assert.deepEqual([detail, since], ['1 task is pulling its image', waiting.createdAt])
  assert.equal(
    serviceSentence(serviceWith(), [endedDeployment('ROLLBACK_SUCCESSFUL')], now + 86_400_000).state,
    'steady',
  )
})

test('the verdict of a state and the verdict of a diagnosis are one of the same three words', () => {
  const states = [...new Set(serviceCases.map(([state]) => state as ServiceState))]
  const failed = states.filter((state) => verdictOfState(state) === 'failed')
  assert.deepEqual(failed, ['rollback-failed', 'rolling-back', 'failing', 'down', 'unstable', 'rolled-back', 'failed'])
  assert.deepEqual(states.filter((state) => verdictOfState(state) === 'ok').toSorted(), ['scaled-to-zero', 'steady'])
  const statuses = ['healthy', 'progressing', 'degraded', 'failing', 'unknown'] as const
  assert.deepEqual(statuses.map(verdictOfDiagnosis), ['ok', 'waiting', 'failed', 'failed', 'waiting'])
})

const taskWith = (fields: object) =>
  ({ desiredStatus: 'RUNNING', createdAt: ago(40), containers: [{ name: 'web' }], ...fields }) as unknown as Task
const stoppedTask = (exitCode: number, fields: object) =>
  taskWith({ lastStatus: 'STOPPED', stoppedAt: ago(300), containers: [{ name: 'web', exitCode }], ...fields })
const replacedByService = {
  stopCode: 'ServiceSchedulerInitiated',
  stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/12)',
}
const taskCases: [state: string, text: string, task: Task][] = [
  ['starting', 'Starting for 40 s: ECS prepares its network.', taskWith({ lastStatus: 'PROVISIONING' })],
  [
    'starting',
    'Starting for 40 s: it is pulling its image.',
    taskWith({ lastStatus: 'PENDING', pullStartedAt: ago(3) }),
  ],
  ['starting', 'Starting for 40 s: its containers are created.', taskWith({ lastStatus: 'PENDING' })],
  [
    'starting',
    'Starting for 40 s: it is being registered with its target groups.',
    taskWith({ lastStatus: 'ACTIVATING' }),
  ],
  ['running', 'Running for 1 day.', taskWith({ lastStatus: 'RUNNING', startedAt: ago(90_000) })],
  [
    'unhealthy',
    'Running for 1 min, but its health check fails.',
    taskWith({ lastStatus: 'RUNNING', startedAt: ago(60), healthStatus: 'UNHEALTHY' }),
  ],
  ['stopping', 'Stopping for 2 s.', taskWith({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED', stoppingAt: ago(2) })],
  [
    'stopping',
    'Stopping for 2 s: ECS removes it from its target groups.',
    taskWith({ lastStatus: 'DEACTIVATING', desiredStatus: 'STOPPED', stoppingAt: ago(2) }),
  ],
  [
    'stopping',
    'Stopping for 2 s: its containers are being stopped.',
    taskWith({ lastStatus: 'STOPPING', desiredStatus: 'STOPPED', stoppingAt: ago(2) }),
  ],
  [
    'stopping',
    'Stopping for 2 s: ECS removes its network.',
    taskWith({ lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED', stoppingAt: ago(2) }),
  ],
  [
    'failed',
    'Stopped: web exited with code 137, 5 min ago.',
    taskWith({ lastStatus: 'STOPPED', stoppedAt: ago(300), containers: [{ name: 'web', exitCode: 137 }] }),
  ],
  [
    'failed',
    'Stopped before it started, 5 min ago.',
    taskWith({ lastStatus: 'STOPPED', stoppedAt: ago(300), stopCode: 'TaskFailedToStart' }),
  ],
  ['stopped', 'Stopped, 5 min ago.', taskWith({ lastStatus: 'STOPPED', stoppedAt: ago(300) })],
  ['stopped', 'Stopped: its service needs it no longer, 5 min ago.', stoppedTask(137, replacedByService)],
  ['stopped', 'Stopped by a request, 5 min ago.', stoppedTask(143, { stopCode: 'UserInitiated' })],
  ['failed', 'Stopped: web exited with code 3, 5 min ago.', stoppedTask(3, replacedByService)],
  [
    'failed',
    'Stopped: its health check failed, 5 min ago.',
    stoppedTask(137, { ...replacedByService, stoppedReason: 'Task failed container health checks' }),
  ],
  [
    'failed',
    'Stopped: its health check failed, 5 min ago.',
    stoppedTask(1, { ...replacedByService, stoppedReason: 'Task failed container health checks' }),
  ],
  [
    'failed',
    'Stopped: its health check failed, 5 min ago.',
    stoppedTask(143, { ...replacedByService, healthStatus: 'UNHEALTHY' }),
  ],
  ['unknown', 'ECS reports: PONDERING', taskWith({ lastStatus: 'PONDERING' })],
]

for (const [state, text, task] of taskCases)
  test(`a task: ${text}`, () => {
    const sentence = taskSentence(task, now)
    assert.deepEqual([sentence.state, sentence.text], [state, text])
  })

test('a deployment has a sentence in each status, also in an unknown one', () => {
  const statuses = ['PENDING', 'SUCCESSFUL', 'STOP_REQUESTED', 'STOPPED', 'ROLLBACK_REQUESTED', 'ROLLBACK_SUCCESSFUL']
  const texts = [...statuses, 'ROLLBACK_FAILED', 'PONDERING'].map((status) =>
    deploymentSentence(endedDeployment(status), now),
  )
  assert.equal(new Set(texts).size, texts.length)
  assert.equal(texts.at(-1), 'ECS reports: PONDERING: Circuit breaker.')
  assert.equal(
    deploymentSentence(failedRollback, now),
    'The deployment failed; ECS could not roll it back: No rollback candidate was found to run the rollback.',
  )
  assert.equal(deploymentSentence(deploymentWith(), now), 'Deploying for 40 s: 2 of 3 new tasks are running.')
  assert.equal(
    deploymentSentence(deploymentWith({ waitingFor: '1 task pulling images' }), now),
    'Deploying for 40 s: 2 of 3 new tasks are running; 1 task pulling images.',
  )
})

test('a paused deployment has the sentence of its service, and the step that follows without an answer', () => {
  const [text, detail] = [
    deploymentSentence,
    (each: ServiceDeployment) => serviceSentence(serviceWith(), [each], now).detail,
  ].map((of) => of(pausedDeployment, now))
  assert.deepEqual([text, detail], ['Waiting for you after the scale-up.', undefined])
  const utc = (at: string | number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ')
  const sentenceOn = (deployment: ServiceDeployment, day: string) =>
    nextStepSentence(deployment, utc, Date.parse(`${day}T12:00:00Z`))
  const rollsBack = 'Without an answer ECS rolls back'
  assert.deepEqual(
    ['2026-11-29', '2099-02-02', '2099-01-01'].map((day) => sentenceOn(pausedDeployment, day)),
    [`${rollsBack} on 1 Jan 2099 00:00:00.`, `${rollsBack} on 1 Jan 00:00:00.`, `${rollsBack} at 00:00:00.`],
  )
  const nextStep = { at: '2026-11-29T12:01:00.000Z', text: 'ECS stops a task after 2 failed checks in a row' }
  const checked = sentenceOn(deploymentWith({ nextStep }), '2026-11-29')
  assert.equal(checked, 'ECS stops a task after 2 failed checks in a row, from 12:01:00 on.')
  assert.equal(sentenceOn(deploymentWith(), '2026-11-29'), undefined)
})

test('the sentence of a deployment that has ended does not change with the tasks of the present', () => {
  const target = { ...deploymentWith().targetServiceRevision, requestedTaskCount: 5, runningTaskCount: 5 }
  const [before, scaled] = [{}, { targetServiceRevision: target }].map((more) =>
    deploymentSentence({ ...endedDeployment('SUCCESSFUL'), createdAt: ago(723), ...more }, now),
  )
  assert.match(before!, /^Deployed in 3 s\.$/)
  assert.equal(scaled, before)
})

test('durations have one unit, and are empty when unknown', () => {
  const dayMs = 86_400_000
  const times = [0, 59_999, 60_000, 3_600_000, dayMs, 2 * dayMs, 364 * dayMs, 365 * dayMs, 2525 * dayMs, Number.NaN, -1]
  const texts = ['0 s', '59 s', '1 min', '1 h', '1 day', '2 days', '364 days', '1 year', '6 years', '', '']
  assert.deepEqual(times.map(duration), texts)
})

test('a real service and its task have sentences', async () => {
  const { token, listen } = await startTestProgram()
  const ecs = createClient({ url: (await listen()).url, token }).account('local')
  await ecs.clusters.create({ name: 'prod' })
  await ecs.taskDefinitions.create({ family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const rollout = await ecs.services.create('prod', { name: 'www', taskDefinition: 'web', count: 1 })
  await rollout.stable()
  const { items } = await ecs.deployments.page('prod/www', { fresh: true })
  const sentence = serviceSentence(await ecs.services.get('prod/www', { fresh: true }), items, Date.now())
  assert.equal(sentence.state, 'steady')
  assert.match(sentence.text, /^1 of 1 task running, steady for \d+ s\.$/)
  for await (const each of ecs.services.tasks('prod/www')) assert.equal(taskSentence(each, Date.now()).state, 'running')
})

test('a service that was scaled is not steady since its deployment', async () => {
  const { token, listen } = await startTestProgram()
  const ecs = createClient({ url: (await listen()).url, token }).account('local')
  await ecs.clusters.create({ name: 'prod' })
  const healthCheck = { command: ['CMD-SHELL', 'curl -f http://localhost/'] }
  // ECS reports the steady state when the new task is healthy.
  const dockerLabels = { 'ecs-api.simulated.healthy-after': '3' }
  const web = { name: 'web', image: 'nginx', healthCheck, dockerLabels }
  await ecs.taskDefinitions.create({ family: 'web', containerDefinitions: [web] })
  await (await ecs.services.create('prod', { name: 'www', taskDefinition: 'web', count: 1 })).stable()
  await ecs.services.update('prod/www', { count: 2 })
  for await (const event of ecs.services.watch('prod/www')) {
    if (event.type === 'problem' || event.resource.runningCount !== 2) continue
    const { resource } = event
    const { items } = await ecs.deployments.page('prod/www', { fresh: true })
    const [newest] = resource.events ?? []
    assert.match(newest?.message ?? '', /has started 1 tasks/)
    assert.equal(serviceSentence(resource, items, Date.now()).since, newest?.createdAt)
    break
  }
})

test('the detail of a failing service is the cause that explains, and says nothing twice', () => {
  const [primary] = serviceWith().deployments
  const service = serviceWith({ deployments: [{ ...primary!, rolloutState: 'IN_PROGRESS', failedTasks: 35 }] })
  const causeWith = (code: string, summary: string) => ({ code, summary, severity: 'error', evidence: [] })
  const counted = causeWith('TasksFailing', '35 tasks of the deployment of web:8 failed.')
  const backOff = causeWith('StartBackOff', 'ECS pauses before it starts tasks again.')
  const pull = causeWith('ImagePullDenied', 'The image of web cannot be pulled.')
  const detailWith = (...causes: object[]) =>
    diagnosedSentence(service, [], { status: 'failing', causes } as unknown as Diagnosis, now).detail
  assert.equal(diagnosedSentence(service, [], undefined, now).state, 'failing')
  assert.equal(detailWith(counted, backOff, pull), pull.summary)
  assert.equal(detailWith(counted, backOff), backOff.summary)
  assert.equal(detailWith(counted), undefined)
})
