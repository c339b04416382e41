import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../testing/manual-clock.ts'
import { neverAborts, taskWith } from '../testing/simulated-task.ts'
import type { TaskSpec } from './runtime.ts'
import { createSimulatedRuntime } from './simulated.ts'
import { simulatedBehaviourOf } from './simulated-behaviour.ts'

async function startContainer(labels: Record<string, string>, more?: Partial<TaskSpec['containers'][number]>) {
  const clock = createManualClock()
  const runtime = createSimulatedRuntime({ clock, pace: 'instant' })
  const task = taskWith(labels, more)
  await runtime.prepare(task, neverAborts)
  await runtime.start(task, 'app', neverAborts)
  const currentState = async () => (await runtime.wait(task, undefined, neverAborts)).containers.get('app')
  return { clock, runtime, task, currentState }
}

test('a container exits after its time with its code, and pending waits resolve', async () => {
  const { clock, runtime, task, currentState } = await startContainer({
    'ecs-api.simulated.exit-after': '2.5',
    'ecs-api.simulated.exit-code': '3',
  })
  const { revision } = await runtime.wait(task, undefined, neverAborts)
  const next = runtime.wait(task, revision, neverAborts)
  clock.advance(2_499)
  assert.equal((await currentState())?.state, 'running')
  clock.advance(1)
  const observation = (await next).containers.get('app')
  assert.deepEqual(observation, { state: 'exited', since: clock.now() - 2_500, at: clock.now(), exitCode: 3 })
})

test('a container with an exit code and no exit time exits at once', async () => {
  const { currentState } = await startContainer({ 'ecs-api.simulated.exit-code': '3' })
  const state = await currentState()
  assert.deepEqual([state?.state, state?.state === 'exited' && state.exitCode], ['exited', 3])
})

/** Each command, with the seconds until its end and its exit code; undefined for a container that keeps running. */
const commandCases: readonly [string[], [seconds: number, exitCode: number] | undefined][] = [
  [['false'], [0, 1]],
  [['/bin/true'], [0, 0]],
  [
    ['sleep', '2.5'],
    [2.5, 0],
  ],
  [
    ['sleep', '1m'],
    [60, 0],
  ],
  [['sleep', 'infinity'], undefined],
  [
    ['sh', '-c', 'exit 3'],
    [0, 3],
  ],
  [
    ['/bin/bash', '-c', 'sleep 2; exit 3'],
    [2, 3],
  ],
  [
    ['sh', '-c', 'echo starting >&2; sleep 1 && sleep 1s && exit 7; sleep 5'],
    [2, 7],
  ],
  [
    ['sh', '-c', 'false && exit 4'],
    [0, 1],
  ],
  [
    ['sh', '-c', 'false\nexit'],
    [0, 1],
  ],
  [
    ['sh', '-c', 'exit 3;'],
    [0, 3],
  ],
  [['nginx', '-g', 'daemon off;'], undefined],
  [['exit', '3'], undefined],
  [['sh', '-c', 'exit 256'], undefined],
  [['sh', '-c', 'exit 3', 'more'], undefined],
  [['sh', '-c', 'test -f /etc/web.conf || exit 3'], undefined],
  [
    ['sh', '-c', 'echo "a; b"; exit 3'],
    [0, 3],
  ],
  [
    ['sh', '-c', "echo 'a; exit 3; echo b'; sleep 1"],
    [1, 0],
  ],
  [
    ['sh', '-c', 'while :; do echo waiting; sleep 2; exit 5; done'],
    [2, 5],
  ],
  [['sh', '-c', 'while true; do sleep 60; done; exit 3'], undefined],
  [['sh', '-c', 'while true; do true; done'], undefined],
  [['sh', '-c', 'while false; do sleep 1; done'], undefined],
  [
    ['sh', '-c', 'while true\ndo\n  sleep 1 &&\n  exit 6\ndone\n'],
    [1, 6],
  ],
  [['sh', '-c', 'while true; do done'], undefined],
  [['sh', '-c', 'true;; exit 3'], undefined],
  [['sh', '-c', 'exit 3 && ; true'], undefined],
  [['sh', '-c', 'echo $HOME; exit 3'], undefined],
  [['sh', '-c', 'echo a > /tmp/a; exit 3'], undefined],
  [['sh', '-c', 'echo -n a; exit 3'], undefined],
  [['sh', '-c', 'exit 3 # failed'], undefined],
  [['sh', '-c', 'trap exit TERM; sleep 1; exit 3'], undefined],
  [['sh', '-c', ''], undefined],
]
for (const [command, end] of commandCases)
  test(`the command ${JSON.stringify(command)} ${end ? `ends after ${end[0]} s with code ${end[1]}` : 'does not end'}`, async () => {
    const { clock, currentState } = await startContainer({}, { command })
    const startedAt = clock.now()
    clock.advance(3_600_000)
    const state = await currentState()
    const seen = state?.state === 'exited' ? [(state.at - startedAt) / 1000, state.exitCode] : undefined
    assert.deepEqual(seen, end)
  })

test('the entry point and the command together determine the end, and a label overrides both', async () => {
  const shell = { entryPoint: ['sh', '-c'], command: ['exit 3'] }
  const { currentState } = await startContainer({}, shell)
  assert.equal((await currentState())?.state, 'exited')
  const { clock, currentState: labelled } = await startContainer({ 'ecs-api.simulated.exit-after': '9' }, shell)
  assert.equal((await labelled())?.state, 'running')
  clock.advance(9_000)
  assert.equal((await labelled())?.state, 'exited')
})

test('a health check that exits with a code fails, and one that is not understood passes', async () => {
  const healthAfterStart = async (command: string[]) => {
    const { currentState } = await startContainer({}, { healthCheck: { command } })
    const state = await currentState()
    return state?.state === 'running' && state.health
  }
  assert.equal(await healthAfterStart(['CMD-SHELL', 'exit 1']), 'UNHEALTHY')
  assert.equal(await healthAfterStart(['CMD', 'false']), 'UNHEALTHY')
  assert.equal(await healthAfterStart(['CMD-SHELL', 'curl -f http://localhost/ || exit 1']), 'HEALTHY')
})

test('a preview names the containers whose commands are not run', async () => {
  const runtime = createSimulatedRuntime({ clock: createManualClock(), pace: 'instant' })
  const previewed = async (...commands: string[][]) => {
    const containers = commands.map((command, i) => ({ name: `c${i}`, image: 'app:1', command }))
    return (await runtime.previewOf(containers)).join(' ')
  }
  assert.equal(await previewed([], ['sh', '-c', 'exit 3']), '')
  assert.match(
    await previewed(['nginx'], ['true'], ['curl']),
    /the commands of c0 and c2 are not run: their containers/,
  )
  // How to simulate a failure is no part of the plan of a person who mends one.
  assert.match(await previewed(['nginx']), /the command of c0 is not run: its container counts as running\.$/)
})

test('the CPU time of a task includes its containers that have exited', async () => {
  const { clock, runtime, task } = await startContainer({
    'ecs-api.simulated.exit-after': '2',
    'ecs-api.simulated.cpu': '512',
    'ecs-api.simulated.memory': '64',
  })
  clock.advance(1_000)
  assert.deepEqual(await runtime.usage?.(task), { cpuNanoseconds: 0.5e9, memoryBytes: 64 * 2 ** 20 })
  clock.advance(9_000)
  assert.deepEqual(await runtime.usage?.(task), { cpuNanoseconds: 1e9, memoryBytes: 0 })
})

test('health follows the labels', async () => {
  const labels = { 'ecs-api.simulated.healthy-after': '1', 'ecs-api.simulated.unhealthy-after': '5' }
  const { clock, currentState } = await startContainer(labels, { healthCheck: { command: ['CMD', 'true'] } })
  const health = async () => {
    const observation = await currentState()
    return observation?.state === 'running' ? observation.health : observation
  }
  assert.equal(await health(), 'UNKNOWN')
  clock.advance(1_000)
  assert.equal(await health(), 'HEALTHY')
  clock.advance(4_000)
  assert.equal(await health(), 'UNHEALTHY')
})

test('SIGTERM ends a container, and SIGKILL ends one that ignores it', async () => {
  const polite = await startContainer({})
  await polite.runtime.stop(polite.task, 'app', 30_000)
  assert.deepEqual(await polite.currentState(), {
    state: 'exited',
    since: polite.clock.now(),
    at: polite.clock.now(),
    exitCode: 143,
  })

  const stubborn = await startContainer({ 'ecs-api.simulated.ignore-sigterm': 'true' })
  const stopped = stubborn.runtime.stop(stubborn.task, 'app', 30_000)
  stubborn.clock.advance(29_999)
  assert.equal((await stubborn.currentState())?.state, 'running')
  stubborn.clock.advance(1)
  await stopped
  assert.deepEqual(await stubborn.currentState(), {
    state: 'exited',
    since: stubborn.clock.now() - 30_000,
    at: stubborn.clock.now(),
    exitCode: 137,
  })
})

test('a pull, a start and a network can fail with a configured reason', async () => {
  const clock = createManualClock()
  const runtime = createSimulatedRuntime({ clock, pace: 'instant' })
  await assert.rejects(runtime.pull(taskWith({ 'ecs-api.simulated.pull-error': 'no such tag' }), 'app', neverAborts), {
    message: 'CannotPullContainerError: no such tag',
  })
  await assert.rejects(
    runtime.start(taskWith({ 'ecs-api.simulated.start-error': 'bad entrypoint' }), 'app', neverAborts),
    {
      message: 'CannotStartContainerError: bad entrypoint',
    },
  )
  await assert.rejects(runtime.prepare(taskWith({ 'ecs-api.simulated.network-error': 'no addresses' }), neverAborts), {
    message: 'ResourceInitializationError: no addresses',
  })
})

test('an invalid label prevents the container from starting', async () => {
  const runtime = createSimulatedRuntime({ clock: createManualClock(), pace: 'instant' })
  await assert.rejects(
    runtime.start(taskWith({ 'ecs-api.simulated.exit-afer': '1' }), 'app', neverAborts),
    /does not know the docker label ecs-api\.simulated\.exit-afer/,
  )
  await assert.rejects(
    runtime.start(taskWith({ 'ecs-api.simulated.exit-after': 'soon' }), 'app', neverAborts),
    /exit-after cannot be "soon"/,
  )
  await assert.rejects(
    runtime.start(taskWith({ 'ecs-api.simulated.ignore-sigterm': 'yes' }), 'app', neverAborts),
    /ignore-sigterm cannot be "yes"/,
  )
})

test('after a restart a container has the state that it would have reached', async () => {
  const clock = createManualClock()
  const runtime = createSimulatedRuntime({ clock, pace: 'instant' })
  const task = taskWith({ 'ecs-api.simulated.exit-after': '10', 'ecs-api.simulated.exit-code': '1' })
  const at = clock.now()
  clock.advance(8_000)
  await runtime.adopt([{ task, observed: new Map([['app', { state: 'running', since: at }]]) }])
  const currentState = async () => (await runtime.wait(task, undefined, neverAborts)).containers.get('app')
  assert.deepEqual(await currentState(), { state: 'running', since: at })
  clock.advance(2_000)
  assert.deepEqual(await currentState(), { state: 'exited', since: at, at: at + 10_000, exitCode: 1 })

  const late = createSimulatedRuntime({ clock, pace: 'instant' })
  clock.advance(60_000)
  await late.adopt([{ task, observed: new Map([['app', { state: 'running', since: at }]]) }])
  assert.deepEqual((await late.wait(task, undefined, neverAborts)).containers.get('app'), {
    state: 'exited',
    since: at,
    at: at + 10_000,
    exitCode: 1,
  })
})

test('at pace fast a container runs within a second and stops as quickly', async () => {
  const clock = createManualClock()
  const runtime = createSimulatedRuntime({ clock, pace: 'fast' })
  const task = taskWith({})
  const startedAt = clock.now()
  const runOnce = async () => {
    await runtime.prepare(task, neverAborts)
    await runtime.pull(task, 'app', neverAborts)
    await runtime.start(task, 'app', neverAborts)
    const runningAt = clock.now()
    await runtime.stop(task, 'app', 30_000)
    await runtime.remove(task)
    return { runningAt, goneAt: clock.now() }
  }
  const run = runOnce()
  for (let step = 0; step < 40; step++) {
    clock.advance(50)
    await new Promise(setImmediate)
  }
  const { runningAt, goneAt } = await run
  assert.ok(runningAt - startedAt <= 1_000)
  assert.ok(goneAt - runningAt <= 1_000)
})

test('a label named like a property of every JavaScript object is unknown', () => {
  const definition = { dockerLabels: { 'ecs-api.simulated.constructor': 'x' } }
  assert.throws(
    () => simulatedBehaviourOf(definition),
    /the simulated runtime does not know the docker label ecs-api\.simulated\.constructor/,
  )
})
