/** One suite for every runtime: ECS's guarantees about a task's lifecycle must not depend on the runtime. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ContainerDefinition, StopTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import {
  noContainers,
  openEngineWithContainers,
  shellContainer,
  taskAddressOf,
  waitUntilSigtermIsCaught,
} from '../testing/containers.ts'
import { containerNamed, ecsSteps, eventMessagesOf, taskIdOf } from '../testing/ecs-steps.ts'
import { openTestEngine } from '../testing/test-engine.ts'

/** The behaviour of a container. */
interface Behaviour {
  exitsAfter?: number
  exitCode?: number
  ignoresSigterm?: boolean
  /** The seconds after which its health check fails. */
  unhealthyAfter?: number
  outOfMemory?: boolean
  noSuchImage?: boolean
  noSuchProgram?: boolean
}

type ContainerFactory = (behaviour: Behaviour, more?: Partial<ContainerDefinition>) => Partial<ContainerDefinition>

/** The labels of the simulated runtime for this behaviour. */
const simulatedContainer: ContainerFactory = (behaviour, more) => {
  const { exitsAfter, exitCode, ignoresSigterm, unhealthyAfter, outOfMemory, noSuchImage, noSuchProgram } = behaviour
  const labels = {
    'exit-after': exitsAfter,
    'exit-code': exitCode,
    'ignore-sigterm': ignoresSigterm,
    'unhealthy-after': unhealthyAfter,
    'out-of-memory-after': outOfMemory ? 0 : undefined,
    'pull-error': noSuchImage ? 'manifest unknown' : undefined,
    'start-error': noSuchProgram ? 'no such file or directory' : undefined,
  }
  const dockerLabels = Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) =>
      value === undefined ? [] : [[`ecs-api.simulated.${name}`, String(value)]],
    ),
  )
  return { stopTimeout: 2, dockerLabels, ...more }
}

/** A script with this behaviour. */
const realContainer: ContainerFactory = (
  { exitsAfter, exitCode = 0, ignoresSigterm, unhealthyAfter, outOfMemory, noSuchImage, noSuchProgram },
  more = {},
) => {
  const lines = [
    ignoresSigterm ? 'trap "" TERM' : 'trap "exit 143" TERM',
    unhealthyAfter === undefined ? '' : `(sleep ${unhealthyAfter}; touch /sick) &`,
    outOfMemory ? 'x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done' : '',
    exitsAfter === undefined ? 'while :; do sleep 60 & wait; done' : `sleep ${exitsAfter}; exit ${exitCode}`,
  ]
  return {
    ...shellContainer(lines.filter(Boolean).join('\n')),
    ...(noSuchImage && { image: 'localhost/ecs-api-test/no-such-image:1' }),
    ...(noSuchProgram && { command: ['/no/such/program'] }),
    ...more,
  }
}

const healthCheck = { command: ['CMD-SHELL', '[ ! -f /sick ]'], interval: 5, retries: 1 }

const runtimes = [
  {
    name: 'simulated',
    skip: false,
    container: simulatedContainer,
    openEngine: (t: TestContext) => openTestEngine(t, { pace: 'fast' }),
    waitUntilReadyForSigterm: async () => {},
  },
  {
    name: 'real',
    skip: noContainers,
    container: realContainer,
    openEngine: (t: TestContext) => openEngineWithContainers(t),
    waitUntilReadyForSigterm: waitUntilSigtermIsCaught,
  },
] as const

for (const { name, skip, container, openEngine, waitUntilReadyForSigterm } of runtimes) {
  test(`${name}: a task passes its states in order, at an address of its own, until it is stopped`, {
    skip,
  }, async (t) => {
    const { ecs } = await openEngine(t)
    const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
    const definition = await registerDefinition(
      'web',
      container({}),
      container({}, { essential: false, dependsOn: [{ containerName: 'app', condition: 'START' }] }),
    )
    const arn = await runTask(definition)
    const running = await waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
    assert.match(taskAddressOf(running), /^10\.\d+\.\d+\.\d+$/)
    assert.deepEqual(
      running.containers?.map((container) => [
        container.lastStatus,
        container.networkInterfaces?.[0]?.privateIpv4Address,
      ]),
      [
        ['RUNNING', taskAddressOf(running)],
        ['RUNNING', taskAddressOf(running)],
      ],
    )
    await waitUntilReadyForSigterm(taskIdOf(running))
    await ecs.send(new StopTaskCommand({ task: arn, reason: 'enough' }))
    const stopped = await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.deepEqual([stopped.stopCode, stopped.stoppedReason], ['UserInitiated', 'enough'])
    assert.deepEqual(
      stopped.containers?.map(({ lastStatus, exitCode }) => [lastStatus, exitCode]),
      [
        ['STOPPED', 143],
        ['STOPPED', 143],
      ],
    )
    const {
      createdAt,
      connectivityAt,
      pullStartedAt,
      pullStoppedAt,
      startedAt,
      stoppingAt,
      executionStoppedAt,
      stoppedAt,
    } = stopped
    const times = [
      createdAt,
      connectivityAt,
      pullStartedAt,
      pullStoppedAt,
      startedAt,
      stoppingAt,
      executionStoppedAt,
      stoppedAt,
    ].map(Number)
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    const next = await waitForTask(await runTask(definition), ({ lastStatus }) => lastStatus === 'RUNNING')
    assert.notEqual(taskAddressOf(next), taskAddressOf(stopped))
    await ecs.send(new StopTaskCommand({ task: taskIdOf(next) }))
    await waitForTask(next.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  })

  test(`${name}: a stopped task has the right stop code, reason and exit code`, { skip }, async (t) => {
    const { ecs } = await openEngine(t)
    const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
    const oom = 'OutOfMemoryError: Container killed due to memory usage'
    const cases: [
      family: string,
      containers: Partial<ContainerDefinition>[],
      stopCode: string,
      reason: RegExp,
      code?: number,
      containerReason?: string,
    ][] = [
      [
        'job',
        [container({ exitsAfter: 0, exitCode: 3 }), container({}, { essential: false })],
        'EssentialContainerExited',
        /^Essential container in task exited$/,
        3,
      ],
      [
        'hog',
        [container({ outOfMemory: true }, { memory: 64 })],
        'EssentialContainerExited',
        /^Essential container in task exited$/,
        137,
        oom,
      ],
      ['no-image', [container({ noSuchImage: true })], 'TaskFailedToStart', /^CannotPullContainerError: /],
      [
        'no-program',
        [container({ noSuchProgram: true })],
        'TaskFailedToStart',
        /^CannotStartContainerError: .*no such file or directory/,
      ],
    ]
    await Promise.all(
      cases.map(async ([family, containers, stopCode, reason, exitCode, containerReason]) => {
        const ended = await waitForTask(
          await runTask(await registerDefinition(family, ...containers)),
          ({ lastStatus }) => lastStatus === 'STOPPED',
        )
        assert.equal(ended.stopCode, stopCode, family)
        assert.match(ended.stoppedReason ?? '', reason)
        assert.equal(containerNamed(ended, 'app')?.exitCode, exitCode, family)
        if (exitCode !== undefined) assert.equal(containerNamed(ended, 'app')?.reason, containerReason, family)
      }),
    )
  })

  test(`${name}: a container that ignores SIGTERM is killed after its stopTimeout`, { skip }, async (t) => {
    const { ecs } = await openEngine(t)
    const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
    const arn = await runTask(await registerDefinition('stubborn', container({ ignoresSigterm: true })))
    await waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
    await ecs.send(new StopTaskCommand({ task: arn }))
    const stopped = await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.equal(containerNamed(stopped, 'app')?.exitCode, 137)
    assert.ok(Number(stopped.executionStoppedAt) - Number(stopped.stoppingAt) >= 1_900)
  })

  test(`${name}: containers start in the order of their conditions, and an impossible condition ends the task`, {
    skip,
  }, async (t) => {
    const { ecs } = await openEngine(t)
    const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
    const depends = (condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY', containerName: string) => ({
      dependsOn: [{ containerName, condition }],
    })
    const definition = await registerDefinition(
      'ordered',
      container({ exitsAfter: 0, exitCode: 4 }, depends('HEALTHY', 'app3')),
      container({ exitsAfter: 0 }, { essential: false }),
      container({ exitsAfter: 0, exitCode: 1 }, { essential: false, ...depends('SUCCESS', 'app1') }),
      container({}, { essential: false, healthCheck, ...depends('COMPLETE', 'app2') }),
    )
    const ended = await waitForTask(await runTask(definition), ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.deepEqual(
      ['app', 'app1', 'app2', 'app3'].map((name) => containerNamed(ended, name)?.exitCode),
      [4, 0, 1, 143],
    )
    const failing = await registerDefinition(
      'failing',
      container({}, depends('SUCCESS', 'app1')),
      container({ exitsAfter: 0, exitCode: 1 }, { essential: false }),
    )
    const failed = await waitForTask(await runTask(failing), ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.deepEqual([failed.stopCode, containerNamed(failed, 'app')?.exitCode], ['TaskFailedToStart', undefined])
  })

  test(`${name}: an unhealthy task of a service is replaced, the new one before the old one`, {
    skip,
  }, async (t) => {
    const { ecs } = await openEngine(t)
    const { registerDefinition, createService, describeService, waitUntilStable, tasksOfService, pollUntil } =
      await ecsSteps(ecs)
    await registerDefinition('web', container({ unhealthyAfter: 8 }, { healthCheck }))
    await createService()
    const first = await pollUntil(
      () => tasksOfService(),
      ([task]) => task?.healthStatus === 'HEALTHY',
    )
    let least = Number.POSITIVE_INFINITY
    const seen = await pollUntil(
      async () => {
        const now = await describeService()
        least = Math.min(least, now.runningCount ?? 0)
        return now
      },
      (now) => eventMessagesOf(now).some((message) => message?.includes('replaced 1 tasks due to an unhealthy status')),
    )
    assert.equal(least, 1)
    assert.ok(
      eventMessagesOf(seen).includes(`(service web) (task ${taskIdOf(first[0])}) failed container health checks.`),
      eventMessagesOf(seen).join('\n'),
    )
    await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
    await waitUntilStable()
  })
}

test('real: the health of a container that is being stopped is no event of its service', {
  skip: noContainers,
}, async (t) => {
  const { ecs } = await openEngineWithContainers(t)
  const { registerDefinition, createService, describeService, tasksOfService, waitForTask, pollUntil } =
    await ecsSteps(ecs)
  const container = shellContainer("trap 'touch /sick' TERM; while true; do sleep 0.2; done")
  await registerDefinition('web', { ...container, healthCheck, stopTimeout: 12 })
  await createService()
  const [task] = await pollUntil(
    () => tasksOfService(),
    ([each]) => each?.healthStatus === 'HEALTHY',
  )
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  await waitForTask(task!.taskArn!, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.doesNotMatch(eventMessagesOf(await describeService()).join('\n'), /health check failed/)
})
