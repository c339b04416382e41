import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Fate, modelledService } from '../../testing/modelled-service.ts'
import { decide } from './decide.ts'

const bounds = fc.constantFrom([100, 200], [50, 150], [50, 100], [0, 100], [100, 150], [67, 134])
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('step' as const), index: fc.nat(50) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('crash' as const, 'sicken' as const, 'protect' as const),
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
      bounds,
      fc.boolean(),
      fc.integer({ min: 2, max: 10 }),
      steps,
      ([min, max], checked, desiredCount, history) => {
        const it = modelledService({ desiredCount, minimumHealthyPercent: min!, maximumPercent: max!, checked })
        it.deploy('d0', 'good')
        let deployed = 0
        for (const { kind, index } of history)
          if (kind === 'step') it.stepOne(index)
          else if (kind === 'crash') it.crash(index)
          else if (kind === 'sicken') it.sicken(index)
          else if (kind === 'protect') it.protect(index, 60_000 * (index + 1))
          else if (kind === 'scale') it.scale(index === 1 ? 2 : index)
          else
            it.deploy(
              `d${++deployed}`,
              (['good', 'never-starts', 'exits', 'turns-sick', 'stays-unknown'] as const)[index]!,
            )
        // ECS reports, and does not solve, a deployment that cannot move within its percents: a count of 4 gives all of
        // these room.
        it.scale(4)
        it.deploy('last', 'good')
        it.settle()
        assert.deepEqual(
          it.service().deployments.map(({ id, rollout }) => [id, rollout]),
          [['last', 'COMPLETED']],
        )
        assert.equal(it.healthy().length, 4)
        assert.equal(it.up().length, 4)
        assert.equal(it.events.at(-1), '(service web) has reached a steady state.')
      },
    ),
    { numRuns: 400 },
  )
})

test('a deployment that triggers the circuit breaker rolls back to the last completed one and gets steady', () => {
  fc.assert(
    fc.property(
      bounds,
      fc.integer({ min: 3, max: 12 }),
      fc.constantFrom<Fate>('never-starts', 'exits', 'turns-sick'),
      fc.array(fc.nat(50), { maxLength: 30 }),
      ([min, max], desiredCount, fate, order) => {
        const it = modelledService({
          desiredCount,
          minimumHealthyPercent: min!,
          maximumPercent: max!,
          breaker: true,
          checked: fate === 'turns-sick',
        })
        it.deploy('ecs-svc/1', 'good')
        it.settle()
        it.deploy('ecs-svc/2', fate)
        for (const index of order) it.stepOne(index)
        it.settle()
        assert.deepEqual(
          it.service().deployments.map(({ id, rollout }) => [id, rollout]),
          [['ecs-svc/1', 'COMPLETED']],
        )
        assert.ok(it.up().every((task) => task.deployment === 'ecs-svc/1'))
        assert.equal(it.healthy().length, desiredCount)
        const failed = it.events.indexOf(
          '(service web) (deployment ecs-svc/2) deployment failed: tasks failed to start.',
        )
        assert.deepEqual(it.events.slice(failed + 1, failed + 2), [
          '(service web) rolling back to deployment ecs-svc/1.',
        ])
        assert.equal(it.events.at(-1), '(service web) has reached a steady state.')
      },
    ),
    { numRuns: 200 },
  )
})

test('a first deployment that triggers the circuit breaker fails and starts no more tasks', () => {
  const it = modelledService({ desiredCount: 2, breaker: true })
  it.deploy('ecs-svc/1', 'never-starts')
  it.settle()
  assert.equal(it.service().deployments[0]?.rollout, 'FAILED')
  assert.equal(it.service().deployments[0]?.failedTasks, 4)
  assert.equal(it.up().length, 0)
  assert.ok(!it.events.some((message) => message.includes('rolling back')))
})

test('without a circuit breaker tasks are retried with growing backoff, and ECS emits one event', () => {
  const it = modelledService({ desiredCount: 1 })
  it.deploy('ecs-svc/1', 'never-starts')
  assert.throws(() => it.settle(60), /never settles/)
  assert.equal(
    it.events.filter((message) => message.includes('is unable to consistently start tasks successfully')).length,
    1,
  )
  const delay = (failures: number) => {
    const action = decide(
      {
        ...it.service(),
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
  it.heal('ecs-svc/1')
  it.settle()
  assert.equal(it.events.at(-1), '(service web) has reached a steady state.')
})

test('percents without room emit one event and are never exceeded', () => {
  const it = modelledService({ desiredCount: 1, minimumHealthyPercent: 100, maximumPercent: 150 })
  it.deploy('ecs-svc/1', 'good')
  it.settle()
  it.deploy('ecs-svc/2', 'good')
  it.settle()
  assert.equal(
    it.events.filter((message) => message.includes('because of the service deployment configuration')).length,
    1,
  )
  assert.deepEqual(
    it.up().map((task) => task.deployment),
    ['ecs-svc/1'],
  )
})

test('a protected task survives a scale-in until its protection ends, and an event gives the reason', () => {
  const it = modelledService({ desiredCount: 3 })
  it.deploy('ecs-svc/1', 'good')
  it.settle()
  for (const index of [0, 1, 2]) it.protect(index, 3_600_000)
  it.scale(1)
  assert.equal(it.up().length, 3)
  assert.equal(
    it.events.at(-1),
    '(service web) was unable to reach steady state because (taskSet ecs-svc/1) was unable to scale in due to (reason 2 tasks under protection)',
  )
  it.settle()
  assert.equal(it.up().length, 1)
})

test('an unhealthy task is replaced before it is stopped if the maximum leaves room', () => {
  const it = modelledService({ desiredCount: 2, checked: true })
  it.deploy('ecs-svc/1', 'good')
  it.settle()
  it.sicken(0)
  assert.equal(it.up().length, 3)
  assert.ok(it.events.some((message) => message.endsWith('failed container health checks.')))
  it.settle()
  assert.equal(it.up().length, 2)
  assert.equal(it.healthy().length, 2)
})

test('a deleted service ends when its last task has ended', () => {
  const it = modelledService({ desiredCount: 3 })
  it.deploy('ecs-svc/1', 'good')
  it.settle()
  it.remove()
  assert.equal(it.ended(), false)
  it.settle()
  assert.equal(it.ended(), true)
  assert.equal(it.up().length, 0)
})

test('tasks go to capacity providers by base, then by weight', () => {
  const strategy = [
    { capacityProvider: 'FARGATE', base: 2, weight: 1 },
    { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 3 },
  ]
  const it = modelledService({ desiredCount: 10 })
  const action = decide(
    {
      ...it.service(),
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
