import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide } from './decide.ts'
import { type DeploymentState, isHealthy, type ServiceState, type TaskState } from './picture.ts'
import type { Action } from './service-actions.ts'

/** What a task of a deployment comes to, in this model of a world. */
type Fate = 'good' | 'never-starts' | 'exits' | 'turns-sick'

/** A service and its tasks, moved by hand: what `decide` says is done at once and completely. */
function world(given: { desiredCount: number; minimumHealthyPercent?: number; maximumPercent?: number; breaker?: boolean; checked?: boolean }) {
  const { minimumHealthyPercent = 100, maximumPercent = 200, breaker = false, checked = false } = given
  let ids = 0
  let now = 1_000_000
  let desiredCount = given.desiredCount
  let status: ServiceState['status'] = 'ACTIVE'
  let ended = false
  let standing: string[] = []
  let lastCompleted: string | undefined
  let nextLook: number | undefined
  let deployments: DeploymentState[] = []
  let tasks: TaskState[] = []
  const fates = new Map<string, Fate>()
  const events: string[] = []

  const service = (): ServiceState => ({
    name: 'web',
    status,
    desiredCount,
    minimumHealthyPercent,
    maximumPercent,
    circuitBreaker: { enable: breaker, rollback: true, resetOnHealthyTask: true, threshold: { type: 'BOUNDED_PERCENT', value: 50 } },
    deployments,
    ...(lastCompleted && { lastCompleted }),
    standing,
    warmUpMs: 40_000,
    backOff: { firstMs: 10_000, mostMs: 900_000 },
  })
  const fresh = (id: string): DeploymentState => ({
    id,
    rollout: 'IN_PROGRESS',
    rollingBack: false,
    failedTasks: 0,
    startFailures: 0,
    strategy: [],
  })
  const up = () => tasks.filter((task) => task.phase === 'starting' || task.phase === 'running')
  const healthy = () => tasks.filter((task) => isHealthy(task, 40_000, now))
  const change = (id: string, by: Partial<TaskState>) => {
    tasks = tasks.map((task) => (task.id === id ? { ...task, ...by } : task))
  }

  function carryOut(action: Action): void {
    switch (action.do) {
      case 'start':
        for (const _ of action.capacityProviders)
          tasks.push({
            id: `t${ids++}`,
            deployment: action.deployment,
            phase: 'starting',
            wanted: true,
            createdAt: now,
            ...(checked && { health: 'UNKNOWN' }),
          })
        return
      case 'stop':
        change(action.task, { wanted: false, ending: action.reason === 'unhealthy' ? 'unhealthy' : 'asked', endingAt: now })
        return
      case 'note':
        change(action.task, { noted: action.as })
        return
      case 'count':
        deployments = deployments.map((one) => (one.id === action.deployment ? { ...one, ...action } : one))
        return
      case 'complete':
        deployments = deployments.map((one) => (one.id === action.deployment ? { ...one, rollout: 'COMPLETED', rollingBack: false } : one))
        lastCompleted = action.deployment
        return
      case 'fail':
        deployments = deployments.map((one) => (one.id === action.deployment ? { ...one, rollout: 'FAILED' } : one))
        return
      case 'roll-back':
        deployments = [
          { ...fresh(action.to), rollingBack: true },
          ...deployments.filter(({ id }) => id !== action.to).map((one) => (one.id === action.from ? { ...one, rollout: 'FAILED' as const } : one)),
        ]
        return
      case 'retire':
        deployments = deployments.filter(({ id }) => id !== action.deployment)
        return
      case 'end-service':
        ended = true
        return
      case 'stand':
        standing = action.standing
        return
      case 'event':
        events.push(action.message)
        return
      case 'look-again':
        nextLook = action.at
    }
  }

  /** Looks until nothing more is to be done now, and holds ECS's promise at each look. */
  function look(): void {
    for (let looks = 0; looks < 50; looks++) {
      const before = { up: up().length, healthy: healthy().length }
      nextLook = undefined
      const actions = decide(service(), tasks, now)
      for (const action of actions) carryOut(action)
      tasks = tasks.filter((task) => !(task.phase === 'stopped' && task.noted === 'ended'))
      if (status === 'ACTIVE') {
        const most = Math.floor((desiredCount * maximumPercent) / 100)
        const least = Math.ceil((desiredCount * minimumHealthyPercent) / 100)
        assert.ok(up().length <= Math.max(most, before.up), `${up().length} tasks are up, ${most} may be`)
        assert.ok(healthy().length >= Math.min(least, before.healthy), `${healthy().length} tasks are healthy, ${least} must be`)
      }
      const more = nextLook !== undefined && nextLook <= now
      if (ended || (!more && actions.every((action) => action.do === 'look-again' || action.do === 'event'))) return
    }
    assert.fail('decide never comes to rest')
  }

  /** One task goes one step of its way. */
  function step(task: TaskState): void {
    const fate = fates.get(task.deployment) ?? 'good'
    if (task.phase === 'stopped') return
    if (task.phase === 'stopping' || (!task.wanted && task.phase === 'starting')) change(task.id, { phase: 'stopped' })
    else if (!task.wanted) change(task.id, { phase: 'stopping' })
    else if (task.phase === 'starting' && fate === 'never-starts')
      change(task.id, { phase: 'stopping', wanted: false, ending: 'not-started', endingAt: now })
    else if (task.phase === 'starting') change(task.id, { phase: 'running', startedAt: now })
    else if (fate === 'exits') change(task.id, { phase: 'stopping', wanted: false, ending: 'exited', endingAt: now })
    else if (checked) change(task.id, { health: fate === 'turns-sick' ? 'UNHEALTHY' : 'HEALTHY' })
  }

  return {
    events,
    service,
    look,
    tasks: () => tasks,
    up,
    healthy,
    ended: () => ended,
    deploy(id: string, fate: Fate) {
      fates.set(id, fate)
      deployments = [fresh(id), ...deployments]
      look()
    },
    heal(id: string) {
      fates.set(id, 'good')
    },
    scale(count: number) {
      desiredCount = count
      look()
    },
    crash(index: number) {
      const running = tasks.filter((task) => task.wanted && task.phase === 'running')
      const task = running[index % Math.max(1, running.length)]
      if (task) change(task.id, { phase: 'stopping', wanted: false, ending: 'exited', endingAt: now })
      look()
    },
    sicken(index: number) {
      const running = tasks.filter((task) => task.wanted && task.phase === 'running')
      const task = running[index % Math.max(1, running.length)]
      if (task && checked) change(task.id, { health: 'UNHEALTHY' })
      look()
    },
    protect(index: number, ms: number) {
      const running = tasks.filter((task) => task.wanted && task.phase === 'running')
      const task = running[index % Math.max(1, running.length)]
      if (task) change(task.id, { protectedUntil: now + ms })
      look()
    },
    remove() {
      status = 'DRAINING'
      look()
    },
    stepOne(index: number) {
      const moving = tasks.filter((task) => task.phase !== 'stopped')
      const task = moving[index % Math.max(1, moving.length)]
      if (task) step(task)
      look()
    },
    /** All tasks move and time goes on to where `decide` wants to look, until nothing changes any more. */
    settle(rounds = 400) {
      for (let round = 0; round < rounds; round++) {
        const before = JSON.stringify([tasks, deployments, standing])
        for (const task of tasks) {
          step(task)
          look()
        }
        // Time goes on only when nothing else does: a task that exits does so before it has warmed up.
        const moved = JSON.stringify([tasks, deployments, standing]) !== before
        if (!moved && nextLook !== undefined) now = Math.max(now, nextLook)
        look()
        if (JSON.stringify([tasks, deployments, standing]) === before && nextLook === undefined) return
      }
      assert.fail('the service never settles')
    },
  }
}

const bounds = fc.constantFrom([100, 200], [50, 150], [50, 100], [0, 100], [100, 150], [67, 134])
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ what: fc.constant('step' as const), index: fc.nat(50) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('crash' as const, 'sicken' as const, 'protect' as const), index: fc.nat(50) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('scale' as const), index: fc.nat(12) }) },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant('deploy' as const), index: fc.nat(3) }),
    },
  ),
  { maxLength: 60 },
)

test('whatever happens, the percents are kept at every look, and a service with a good deployment gets steady', () => {
  fc.assert(
    fc.property(bounds, fc.boolean(), fc.integer({ min: 2, max: 10 }), steps, ([min, max], checked, desiredCount, history) => {
      const it = world({ desiredCount, minimumHealthyPercent: min!, maximumPercent: max!, checked })
      it.deploy('d0', 'good')
      let deployed = 0
      for (const { what, index } of history)
        if (what === 'step') it.stepOne(index)
        else if (what === 'crash') it.crash(index)
        else if (what === 'sicken') it.sicken(index)
        else if (what === 'protect') it.protect(index, 60_000 * (index + 1))
        else if (what === 'scale') it.scale(index === 1 ? 2 : index)
        else it.deploy(`d${++deployed}`, (['good', 'never-starts', 'exits', 'turns-sick'] as const)[index]!)
      // A deployment that can't move within its percents is ECS's to report, not to overcome: a count of 4 gives all of these room.
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
    }),
    { numRuns: 400 },
  )
})

test('a deployment that breaks the circuit ends with the last completed one, steady', () => {
  fc.assert(
    fc.property(
      bounds,
      fc.integer({ min: 3, max: 12 }),
      fc.constantFrom<Fate>('never-starts', 'exits', 'turns-sick'),
      fc.array(fc.nat(50), { maxLength: 30 }),
      ([min, max], desiredCount, fate, order) => {
        const it = world({ desiredCount, minimumHealthyPercent: min!, maximumPercent: max!, breaker: true, checked: fate === 'turns-sick' })
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
        const failed = it.events.indexOf('(service web) (deployment ecs-svc/2) deployment failed: tasks failed to start.')
        assert.deepEqual(it.events.slice(failed + 1, failed + 2), ['(service web) rolling back to deployment ecs-svc/1.'])
        assert.equal(it.events.at(-1), '(service web) has reached a steady state.')
      },
    ),
    { numRuns: 200 },
  )
})

test('a first deployment that breaks the circuit fails and starts no more', () => {
  const it = world({ desiredCount: 2, breaker: true })
  it.deploy('ecs-svc/1', 'never-starts')
  it.settle()
  assert.equal(it.service().deployments[0]?.rollout, 'FAILED')
  assert.equal(it.service().deployments[0]?.failedTasks, 4)
  assert.equal(it.up().length, 0)
  assert.ok(!it.events.some((message) => message.includes('rolling back')))
})

test('without a circuit breaker tasks are tried again at growing distances, and ECS says so once', () => {
  const it = world({ desiredCount: 1 })
  it.deploy('ecs-svc/1', 'never-starts')
  assert.throws(() => it.settle(60), /never settles/)
  assert.equal(it.events.filter((message) => message.includes('is unable to consistently start tasks successfully')).length, 1)
  const delay = (failures: number) => {
    const action = decide(
      {
        ...it.service(),
        deployments: [
          { id: 'd', rollout: 'IN_PROGRESS', rollingBack: false, strategy: [], failedTasks: failures, startFailures: failures, lastFailureAt: 0 },
        ],
      },
      [],
      1,
    ).find((one) => one.do === 'look-again')
    return action?.at
  }
  assert.deepEqual([1, 2, 3, 4, 30].map(delay), [undefined, 10_000, 20_000, 40_000, 900_000])
  it.heal('ecs-svc/1')
  it.settle()
  assert.equal(it.events.at(-1), '(service web) has reached a steady state.')
})

test('percents that leave no room are told once and overcome by nothing', () => {
  const it = world({ desiredCount: 1, minimumHealthyPercent: 100, maximumPercent: 150 })
  it.deploy('ecs-svc/1', 'good')
  it.settle()
  it.deploy('ecs-svc/2', 'good')
  it.settle()
  assert.equal(it.events.filter((message) => message.includes('because of the service deployment configuration')).length, 1)
  assert.deepEqual(
    it.up().map((task) => task.deployment),
    ['ecs-svc/1'],
  )
})

test('a protected task outlives a scale-in until its protection ends, and the service says why', () => {
  const it = world({ desiredCount: 3 })
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

test('an unhealthy task is replaced before it is stopped where the maximum leaves room', () => {
  const it = world({ desiredCount: 2, checked: true })
  it.deploy('ecs-svc/1', 'good')
  it.settle()
  it.sicken(0)
  assert.equal(it.up().length, 3)
  assert.ok(it.events.some((message) => message.endsWith('failed container health checks.')))
  it.settle()
  assert.equal(it.up().length, 2)
  assert.equal(it.healthy().length, 2)
})

test('a deleted service ends when its last task has', () => {
  const it = world({ desiredCount: 3 })
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
  const it = world({ desiredCount: 10 })
  const action = decide(
    { ...it.service(), deployments: [{ id: 'd', rollout: 'IN_PROGRESS', rollingBack: false, failedTasks: 0, startFailures: 0, strategy }] },
    [],
    0,
  ).find((one) => one.do === 'start')
  const count = (name: string) => action?.capacityProviders.filter((provider) => provider === name).length
  assert.deepEqual([count('FARGATE'), count('FARGATE_SPOT')], [4, 6])
})
