/**
 * `waitingFor`, `waitingSince` and `nextStep` of deployments: what ECS does now. The engine cannot reach all of these
 * states, so the responses of ECS come from a stand-in.
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
const timeAt = (seconds: number) => new Date((startSeconds + seconds) * 1000).toISOString().replace('.000Z', 'Z')
const scope = 'arn:aws:ecs:us-east-1:111122223333'
const revision = (n: number) => `${scope}:service-revision/prod/www/${n}`

/** A deployment in progress: the new revision has 1 of 4 tasks, the old one all 4. */
const inProgress = {
  serviceDeploymentArn: `${scope}:service-deployment/prod/www/abc`,
  serviceArn: `${scope}:service/prod/www`,
  clusterArn: `${scope}:cluster/prod`,
  status: 'IN_PROGRESS',
  createdAt: startSeconds,
  startedAt: startSeconds + 1,
  updatedAt: startSeconds + 60,
  targetServiceRevision: { arn: revision(2), requestedTaskCount: 4, runningTaskCount: 1, pendingTaskCount: 1 },
  sourceServiceRevisions: [{ arn: revision(1), requestedTaskCount: 4, runningTaskCount: 4, pendingTaskCount: 0 }],
}
const blueGreen = { ...inProgress, deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } }
const event = (message: string, seconds: number) => ({ id: `e${seconds}`, createdAt: startSeconds + seconds, message })

await api.post('/remote/clusters', { name: 'prod' })
await api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
await api.post('/remote/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 1 })
const { services: [www] = [] } = await aws.ecs.describeServices({ cluster: 'prod', services: ['www'] })

/** The step of GET of the deployment in one line, with these responses of ECS; undefined without a step. */
async function waitingFor(
  deployment: object,
  service: { deployments?: object[]; events?: object[]; loadBalancers?: object[] } = {},
) {
  const { deployments = [], events = [], loadBalancers = [] } = service
  standIn.responses.set('DescribeServiceDeployments', () => ({ body: { serviceDeployments: [deployment] } }))
  const described = { ...www, deployments, events, loadBalancers, createdAt: startSeconds - 1000 }
  standIn.responses.set('DescribeServices', () => ({ body: { services: [described], failures: [] } }))
  const headers = { 'cache-control': 'no-cache' }
  const { status, body, text } = await api.get('/remote/clusters/prod/services/www/deployments/abc', { headers })
  assert.equal(status, 200, text)
  const { waitingFor: step, waitingSince, nextStep } = body
  if (step === undefined && waitingSince === undefined && nextStep === undefined) return undefined
  assert.doesNotMatch(step, /\d{4}-\d\d-\d\dT/, 'times are fields')
  const timeText = (time: string) => time.replace('.000Z', 'Z')
  return `${step}, since ${timeText(waitingSince)}${nextStep ? `; at ${timeText(nextStep.at)} ${nextStep.text}` : ''}`
}

const stages: [name: string, deployment: object, expected: string | undefined][] = [
  ['PENDING', { ...inProgress, status: 'PENDING' }, `ECS has not started the deployment yet, since ${timeAt(0)}`],
  [
    'stop requested',
    { ...inProgress, status: 'STOP_REQUESTED' },
    `ECS is stopping the deployment, since ${timeAt(60)}`,
  ],
  [
    'rollback requested',
    { ...inProgress, status: 'ROLLBACK_REQUESTED' },
    `ECS is about to roll back, since ${timeAt(60)}`,
  ],
  [
    'rolling back',
    {
      ...inProgress,
      status: 'ROLLBACK_IN_PROGRESS',
      rollback: { reason: 'The alarm is on.', startedAt: startSeconds + 30, serviceRevisionArn: revision(1) },
    },
    `ECS rolls back to the revision 1: 4 of its 4 tasks run (The alarm is on), since ${timeAt(30)}`,
  ],
  ...(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'] as const).map(
    (status): [string, object, undefined] => [status, { ...inProgress, status }, undefined],
  ),
  ['rolling', inProgress, `ECS starts 1 task, since ${timeAt(1)}`],
  [
    'a paused hook',
    {
      ...blueGreen,
      lifecycleStage: 'POST_SCALE_UP',
      lifecycleHookDetails: [
        {
          hookId: 'h',
          targetType: 'PAUSE',
          status: 'AWAITING_ACTION',
          expiresAt: startSeconds + 900,
          timeoutAction: 'CONTINUE',
        },
      ],
    },
    `Waiting for you after the scale-up, since ${timeAt(60)}; at ${timeAt(900)} Without an answer ECS continues`,
  ],
  [
    'a paused hook at a stage of its own',
    {
      ...blueGreen,
      lifecycleStage: 'TEST_TRAFFIC_SHIFT',
      lifecycleHookDetails: [{ hookId: 'h', targetType: 'PAUSE', status: 'AWAITING_ACTION' }],
    },
    `Waiting for you during the test traffic shift, since ${timeAt(60)}`,
  ],
  [
    'a Lambda hook',
    {
      ...blueGreen,
      lifecycleStage: 'PRE_SCALE_UP',
      lifecycleHookDetails: [
        { status: 'SUCCEEDED', targetType: 'AWS_LAMBDA', targetArn: 'arn:aws:lambda:us-east-1:1:function:first' },
        { status: 'IN_PROGRESS', targetType: 'AWS_LAMBDA', targetArn: 'arn:aws:lambda:us-east-1:1:function:smoke' },
      ],
    },
    `ECS waits for the Lambda function smoke before the scale-up, since ${timeAt(60)}`,
  ],
  [
    'an alarm',
    { ...blueGreen, lifecycleStage: 'BAKE_TIME', alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['5xx'] } },
    `ECS ends the deployment: the alarm 5xx is on, since ${timeAt(60)}`,
  ],
  ...(
    [
      ['RECONCILE_SERVICE', 'ECS reconciles a service that still has several active revisions'],
      ['PRE_SCALE_UP', 'ECS is about to start the new tasks; the old ones get all traffic'],
      ['SCALE_UP', 'ECS starts the new tasks, without traffic'],
      ['POST_SCALE_UP', 'the new tasks are started; ECS is about to send them test traffic'],
      ['TEST_TRAFFIC_SHIFT', 'ECS moves the test traffic to the new tasks: 0 % so far'],
      ['POST_TEST_TRAFFIC_SHIFT', 'the new tasks get all test traffic; ECS is about to move the production traffic'],
      ['PRODUCTION_TRAFFIC_SHIFT', 'ECS moves the production traffic to the new tasks: 0 % so far'],
      [
        'POST_PRODUCTION_TRAFFIC_SHIFT',
        'the new tasks get all production traffic; ECS is about to begin the bake time',
      ],
      ['BAKE_TIME', 'ECS keeps 4 old tasks for the bake time of 5 min'],
      ['CLEAN_UP', 'ECS stops 4 old tasks'],
    ] as const
  ).map(([lifecycleStage, text]): [string, object, string] => [
    `blue/green, ${lifecycleStage}`,
    { ...blueGreen, lifecycleStage },
    `${text}, since ${timeAt(60)}`,
  ]),
  [
    'canary',
    {
      ...inProgress,
      lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
      targetServiceRevision: { ...inProgress.targetServiceRevision, requestedProductionTrafficWeight: 10 },
      deploymentConfiguration: {
        strategy: 'CANARY',
        canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 15 },
      },
    },
    'ECS moves the production traffic to the new tasks: 10 % so far (10 % first, the rest after 15 min), ' +
      `since ${timeAt(60)}`,
  ],
  [
    'linear',
    {
      ...inProgress,
      lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
      targetServiceRevision: { ...inProgress.targetServiceRevision, requestedProductionTrafficWeight: 40 },
      deploymentConfiguration: {
        strategy: 'LINEAR',
        linearConfiguration: { stepPercent: 20, stepBakeTimeInMinutes: 6 },
      },
    },
    `ECS moves the production traffic to the new tasks: 40 % so far (20 % every 6 min), since ${timeAt(60)}`,
  ],
]
for (const [name, deployment, expected] of stages)
  test(`waitingFor: ${name}`, async () => assert.equal(await waitingFor(deployment), expected))

const blocked: [name: string, message: string, expected: string][] = [
  [
    'a percent deadlock',
    '(service www) was unable to stop or start tasks during a deployment because of the service deployment ' +
      'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    'minimumHealthyPercent 100 and maximumPercent 100 allow ECS neither to stop an old task nor to start a new one',
  ],
  [
    'back-off',
    '(service www) is unable to consistently start tasks successfully. For more information, see the ' +
      'Troubleshooting section of the Amazon ECS Developer Guide.',
    'ECS pauses before it starts tasks again, because they fail repeatedly',
  ],
  [
    'protected tasks',
    '(service www) was unable to reach steady state because (taskSet ecs-svc/1) was unable to scale in due to ' +
      '(reason 2 tasks under protection)',
    'ECS cannot stop 2 old tasks, because they are protected from scale-in',
  ],
  [
    'one protected task',
    '(service www) was unable to reach steady state because (taskSet ecs-svc/1) was unable to scale in due to ' +
      '(reason 1 tasks under protection)',
    'ECS cannot stop 1 old task, because it is protected from scale-in',
  ],
  [
    'capacity',
    '(service www) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later ' +
      'or in a different availability zone.',
    'Fargate has no capacity in the Availability Zones of the subnets',
  ],
  ['throttling', '(service www) operations are being throttled. Will try again later.', 'AWS throttles the operations'],
  [
    'a quota',
    '(service www) was unable to place a task. Reason: You’ve reached the limit on the number of vCPUs you can run ' +
      'concurrently.',
    'ECS cannot place a task: You’ve reached the limit on the number of vCPUs you can run concurrently',
  ],
]
for (const [name, message, expected] of blocked)
  test(`waitingFor: blocked by ${name}, until ECS starts tasks again`, async () => {
    const deployment = {
      ...inProgress,
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 },
    }
    const begun = event('(service www) has started 1 tasks: (task 1).', 10)
    const sentence = await waitingFor(deployment, { events: [event(message, 20), begun] })
    assert.ok(sentence?.startsWith(expected) && sentence.endsWith(`, since ${timeAt(20)}`), sentence)
    const resumed = event('(service www) has started 1 tasks: (task 2).', 40)
    const afterwards = await waitingFor(deployment, { events: [resumed, event(message, 20), begun] })
    assert.equal(afterwards, `ECS starts 1 task, since ${timeAt(40)}`)
    const before = await waitingFor(deployment, { events: [event(message, -5)] })
    assert.equal(before, `ECS starts 1 task, since ${timeAt(1)}`, 'an event of an earlier deployment')
  })

test('waitingFor: old tasks are stopped when the new ones are healthy, and drained behind a load balancer', async () => {
  const allRun = { arn: revision(2), requestedTaskCount: 4, runningTaskCount: 4, pendingTaskCount: 0 }
  const deployment = { ...inProgress, targetServiceRevision: allRun }
  const loadBalancers = [{ targetGroupArn: 'arn', containerName: 'web', containerPort: 80 }]
  const started = event('(service www) has started 4 tasks: (task 1).', 10)
  const healthy = await waitingFor(deployment, { events: [started] })
  assert.equal(healthy, `ECS waits until they are healthy, then stops the old tasks, since ${timeAt(10)}`)
  const draining = event('(service www) has begun draining connections on 4 tasks.', 20)
  const drained = await waitingFor(deployment, { loadBalancers, events: [draining, started] })
  assert.equal(drained, `ECS drains and stops the old tasks, since ${timeAt(20)}`)
  const stopped = event('(service www) has stopped 4 running tasks: (task 1).', 20)
  const stopping = await waitingFor(deployment, { events: [stopped, started] })
  assert.equal(stopping, `ECS stops the old tasks, since ${timeAt(20)}`)
})

test('a rollback names the task definition of the revision while the service lists its deployment', async () => {
  const deployment = {
    ...inProgress,
    status: 'ROLLBACK_IN_PROGRESS',
    rollback: { startedAt: startSeconds + 30, serviceRevisionArn: revision(1) },
  }
  const deployments = [{ id: 'ecs-svc/1', status: 'PRIMARY', taskDefinition: `${scope}:task-definition/web:7` }]
  assert.equal(
    await waitingFor(deployment, { deployments }),
    `ECS rolls back to web:7: 4 of its 4 tasks run, since ${timeAt(30)}`,
  )
})
