import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { modelledService, type TaskOutcome } from '../../testing/modelled-service.ts'
import { decideActions } from './decide.ts'

const percents = fc.constantFrom([100, 200], [50, 150], [50, 100], [0, 100], [100, 150], [67, 134])
const stepsOfHistory = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('step' as const), index: fc.nat(50) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('exit' as const, 'make-unhealthy' as const, 'protect' as const),
        index: fc.nat(50),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('scale' as const), index: fc.nat(12) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('deploy' as const), index: fc.nat(4) }),
    },
  ),
  { maxLength: 60 },
)

test('the percents hold at every step, and a service with a working deployment reaches a steady state', () => {
  fc.assert(
    fc.property(
      percents,
      fc.boolean(),
      fc.integer({ min: 2, max: 10 }),
      stepsOfHistory,
      ([min, max], hasHealthCheck, desiredCount, history) => {
        const model = modelledService({
          desiredCount,
          minimumHealthyPercent: min!,
          maximumPercent: max!,
          hasHealthCheck,
        })
        model.deploy('d0', 'good')
        let deployed = 0
        for (const { kind, index } of history)
          if (kind === 'step') model.stepTask(index)
          else if (kind === 'exit') model.exitTask(index)
          else if (kind === 'make-unhealthy') model.makeUnhealthy(index)
          else if (kind === 'protect') model.protectTask(index, 60_000 * (index + 1))
          else if (kind === 'scale') model.scale(index === 1 ? 2 : index)
          else
            model.deploy(
              `d${++deployed}`,
              (['good', 'never-starts', 'exits', 'becomes-unhealthy', 'health-stays-unknown'] as const)[index]!,
            )
        // A deployment that cannot proceed within its percents stays in progress. With a desired count of 4, each of
        // these percents leaves room.
        model.scale(4)
        model.deploy('last', 'good')
        model.runUntilStable()
        assert.deepEqual(
          model.service().deployments.map(({ id, rollout }) => [id, rollout]),
          [['last', 'COMPLETED']],
        )
        assert.equal(model.healthyTasks().length, 4)
        assert.equal(model.startedTasks().length, 4)
        assert.equal(model.events.at(-1), '(service web) has reached a steady state.')
      },
    ),
    { numRuns: 400 },
  )
})

test('a deployment that triggers the circuit breaker rolls back to the last completed one and gets steady', () => {
  fc.assert(
    fc.property(
      percents,
      fc.integer({ min: 3, max: 12 }),
      fc.constantFrom<TaskOutcome>('never-starts', 'exits', 'becomes-unhealthy'),
      fc.array(fc.nat(50), { maxLength: 30 }),
      ([min, max], desiredCount, fate, order) => {
        const model = modelledService({
          desiredCount,
          minimumHealthyPercent: min!,
          maximumPercent: max!,
          circuitBreaker: true,
          hasHealthCheck: fate === 'becomes-unhealthy',
        })
        model.deploy('ecs-svc/1', 'good')
        model.runUntilStable()
        model.deploy('ecs-svc/2', fate)
        for (const index of order) model.stepTask(index)
        model.runUntilStable()
        assert.deepEqual(
          model.service().deployments.map(({ id, rollout }) => [id, rollout]),
          [['ecs-svc/1', 'COMPLETED']],
        )
        assert.ok(model.startedTasks().every((task) => task.deployment === 'ecs-svc/1'))
        assert.equal(model.healthyTasks().length, desiredCount)
        const failed = model.events.indexOf(
          '(service web) (deployment ecs-svc/2) deployment failed: tasks failed to start.',
        )
        assert.deepEqual(model.events.slice(failed + 1, failed + 2), [
          '(service web) rolling back to deployment ecs-svc/1.',
        ])
        assert.equal(model.events.at(-1), '(service web) has reached a steady state.')
      },
    ),
    { numRuns: 200 },
  )
})

test('a first deployment that triggers the circuit breaker fails and starts no more tasks', () => {
  const model = modelledService({ desiredCount: 2, circuitBreaker: true })
  model.deploy('ecs-svc/1', 'never-starts')
  model.runUntilStable()
  assert.equal(model.service().deployments[0]?.rollout, 'FAILED')
  assert.equal(model.service().deployments[0]?.failedTasks, 4)
  assert.equal(model.startedTasks().length, 0)
  assert.ok(!model.events.some((message) => message.includes('rolling back')))
})

test('without a circuit breaker tasks are retried with growing backoff, and ECS emits one event', () => {
  const model = modelledService({ desiredCount: 1 })
  model.deploy('ecs-svc/1', 'never-starts')
  assert.throws(() => model.runUntilStable(60), /does not become stable/)
  assert.equal(
    model.events.filter((message) => message.includes('is unable to consistently start tasks successfully')).length,
    1,
  )
  const delay = (failures: number) => {
    const action = decideActions(
      {
        ...model.service(),
        deployments: [
          {
            id: 'd',
            rollout: 'IN_PROGRESS',
            rollingBack: false,
            strategy: [],
            failedTasks: failures,
            startFailures: failures,
            lastFailureAt: 0,
          },
        ],
      },
      [],
      1,
    ).find((one) => one.do === 'reconcile-again')
    return action?.at
  }
  assert.deepEqual([1, 2, 3, 4, 30].map(delay), [undefined, 10_000, 20_000, 40_000, 900_000])
  model.repairDeployment('ecs-svc/1')
  model.runUntilStable()
  assert.equal(model.events.at(-1), '(service web) has reached a steady state.')
})

test('percents without room emit one event and are never exceeded', () => {
  const model = modelledService({ desiredCount: 1, minimumHealthyPercent: 100, maximumPercent: 150 })
  model.deploy('ecs-svc/1', 'good')
  model.runUntilStable()
  model.deploy('ecs-svc/2', 'good')
  model.runUntilStable()
  assert.equal(
    model.events.filter((message) => message.includes('because of the service deployment configuration')).length,
    1,
  )
  assert.deepEqual(
    model.startedTasks().map((task) => task.deployment),
    ['ecs-svc/1'],
  )
})

test('a protected task survives a scale-in until its protection ends, and an event gives the reason', () => {
  const model = modelledService({ desiredCount: 3 })
  model.deploy('ecs-svc/1', 'good')
  model.runUntilStable()
  for (const index of [0, 1, 2]) model.protectTask(index, 3_600_000)
  model.scale(1)
  assert.equal(model.startedTasks().length, 3)
  assert.equal(
    model.events.at(-1),
    '(service web) was unable to reach steady state because (taskSet ecs-svc/1) was unable to scale in due to (reason 2 tasks under protection)',
  )
  model.runUntilStable()
  assert.equal(model.startedTasks().length, 1)
})

test('an unhealthy task is replaced before it is stopped if the maximum leaves room', () => {
  const model = modelledService({ desiredCount: 2, hasHealthCheck: true })
  model.deploy('ecs-svc/1', 'good')
  model.runUntilStable()
  model.makeUnhealthy(0)
  assert.equal(model.startedTasks().length, 3)
  assert.ok(model.events.some((message) => message.endsWith('failed container health checks.')))
  model.runUntilStable()
  assert.equal(model.startedTasks().length, 2)
  assert.equal(model.healthyTasks().length, 2)
})

test('a deleted service ends when its last task has ended', () => {
  const model = modelledService({ desiredCount: 3 })
  model.deploy('ecs-svc/1', 'good')
  model.runUntilStable()
  model.deleteService()
  assert.equal(model.isServiceEnded(), false)
  model.runUntilStable()
  assert.equal(model.isServiceEnded(), true)
  assert.equal(model.startedTasks().length, 0)
})

test('tasks go to capacity providers by base, then by weight', () => {
  const strategy = [
    { capacityProvider: 'FARGATE', base: 2, weight: 1 },
    { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 3 },
  ]
  const model = modelledService({ desiredCount: 10 })
  const action = decideActions(
    {
      ...model.service(),
      deployments: [
        { id: 'd', rollout: 'IN_PROGRESS', rollingBack: false, failedTasks: 0, startFailures: 0, strategy },
      ],
    },
    [],
    0,
  ).find((one) => one.do === 'start')
  const count = (name: string) => action?.capacityProviders.filter((provider) => provider === name).length
  assert.deepEqual([count('FARGATE'), count('FARGATE_SPOT')], [4, 6])
})
