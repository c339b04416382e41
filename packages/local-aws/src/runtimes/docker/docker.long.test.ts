import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { getContainerRuntime, noContainers, shellContainer, testImage } from '../../testing/containers.ts'
import { neverAborted, openTestRuntime } from '../../testing/docker-runtime.ts'
import { type LogLine, RuntimeFault } from '../runtime.ts'
import { engineLabels, ifFound } from './docker-api.ts'
import { containerName, networkName, pauseContainerName } from './names.ts'
import { createTar } from './tar.ts'

const skip = noContainers

test('a container’s output is read line by line, in order, once, and the next engine continues after the last line', {
  skip,
}, async (t) => {
  const stored: LogLine[] = []
  let holdUntil: Promise<void> | undefined
  const firstLinesStored = Promise.withResolvers<void>()
  const logSink = () => ({
    ...(stored.length > 0 && { afterPosition: stored.at(-1)!.position }),
    storeLines: async (lines: readonly LogLine[]) => {
      await holdUntil
      stored.push(...lines)
      if (stored.length === 301) firstLinesStored.resolve()
    },
  })
  const { runtime, engineId, startTask } = await openTestRuntime(t, { logSink })
  const task = await startTask(
    shellContainer(
      'for i in $(seq 300); do echo out $i; done; echo err >&2; until [ -f /go ]; do sleep 0.1; done; for i in $(seq 300); do echo late $i; done',
    ),
  )
  await firstLinesStored.promise
  assert.deepEqual(
    stored.filter(({ stream }) => stream === 'stdout').map((line) => line.text),
    Array.from({ length: 300 }, (_, i) => `out ${i + 1}`),
  )
  assert.deepEqual(
    stored.filter(({ stream }) => stream === 'stderr').map((line) => line.text),
    ['err'],
  )
  await runtime.close()

  const next = await openTestRuntime(t, { engineId, logSink })
  await next.runtime.adopt([{ task, observed: new Map([['app', { state: 'running', since: 1 }]]) }])
  const other = await next.startTask(shellContainer('true'))
  await next.waitForObservation(other, 'app', ({ state }) => state === 'exited')
  const { promise, resolve } = Promise.withResolvers<void>()
  holdUntil = promise
  const session = await next.runtime.exec!(task, 'app', ['touch', '/go'])
  await text(session.output)
  await next.waitForObservation(task, 'app', ({ state }) => state === 'exited')
  const order: string[] = []
  const removed = next.runtime.remove(task).then(() => order.push('removed'))
  // Without waiting for all lines, it would complete before a removal that was requested later.
  await next.runtime.remove(other)
  order.push('let go')
  resolve()
  await removed
  assert.deepEqual(order, ['let go', 'removed'])
  assert.deepEqual(
    stored.slice(301).map((line) => line.text),
    Array.from({ length: 300 }, (_, i) => `late ${i + 1}`),
  )
})

test('a command in a container has a terminal, and its exit code is returned', { skip }, async (t) => {
  const { runtime, startTask } = await openTestRuntime(t)
  const task = await startTask(shellContainer('sleep 60'))
  const session = await runtime.exec!(task, 'app', ['sh'])
  await session.resize({ rows: 30, columns: 100 })
  session.input.write('echo $((6 * 7)); exit 9\n')
  assert.match(await text(session.output), /\b42\b/)
  assert.equal(await session.exitCode(), 9)
})

test('stats and the task’s namespace are available, and containers get the environment of other services', {
  skip,
}, async (t) => {
  const prepared: number[] = []
  const { runtime, startTask, waitForObservation } = await openTestRuntime(t, {
    environment: async () => new Map([['SECRET', 'from elsewhere']]),
    onNetworkPrepared: async (_, { pid }) => void prepared.push(pid),
  })
  const task = await startTask(shellContainer('[ "$SECRET" = "from elsewhere" ] || exit 1; sleep 60'))
  const stats = await runtime.stats!(task, 'app')
  assert.ok(stats.memoryBytes > 0 && stats.cpuNanoseconds > 0, JSON.stringify(stats))
  const namespace = await runtime.namespace!(task)
  assert.deepEqual(prepared, [namespace.pid])
  assert.equal(namespace.address, task.network.address)
  assert.match(namespace.gateway, /^10\.\d+\.0\.1$/)
  assert.equal((await waitForObservation(task, 'app', () => true)).state, 'running')
})

test('a restart policy restarts a container in place if it ran long enough and its exit code is not ignored', {
  skip,
}, async (t) => {
  const { runtime, startTask, waitForObservation, observationOf } = await openTestRuntime(t)
  const policy = { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 1 }
  const task = await startTask(
    shellContainer('sleep 1.5; [ -f /once ] && exit 0; touch /once; exit 8', { restartPolicy: policy }),
  )
  const first = await observationOf(task, 'app')
  const again = await waitForObservation(
    task,
    'app',
    (observation) => observation.state === 'running' && first?.state === 'running' && observation.since > first.since,
  )
  assert.equal(again.state, 'running')
  const end = await waitForObservation(task, 'app', ({ state }) => state === 'exited')
  assert.equal(end.state === 'exited' && end.exitCode, 0)
  const early = await startTask(shellContainer('exit 8', { restartPolicy: policy }))
  const ended = await waitForObservation(early, 'app', ({ state }) => state === 'exited')
  assert.equal(ended.state === 'exited' && ended.exitCode, 8)
  await runtime.remove(early)
})

test('every action of the runtime can be repeated', { skip }, async (t) => {
  const { runtime, startTask, observationOf } = await openTestRuntime(t)
  const task = await startTask(
    shellContainer('trap "exit 0" TERM; sleep 60 & wait', { portMappings: [{ containerPort: 80 }] }),
  )
  const ports = await runtime.prepare(task, neverAborted)
  assert.deepEqual(await runtime.prepare(task, neverAborted), ports)
  const before = await observationOf(task, 'app')
  await runtime.start(task, 'app', neverAborted)
  assert.deepEqual(await observationOf(task, 'app'), before)
  await runtime.stop(task, 'app', 5_000)
  await runtime.stop(task, 'app', 5_000)
  const stopped = await observationOf(task, 'app')
  assert.deepEqual(stopped?.state === 'exited' && stopped.exitCode, 0)
  await runtime.remove(task)
  await runtime.remove(task)
})

test('containers left by a crash between creation and start are created anew, as is a removed network', {
  skip,
}, async (t) => {
  const { docker } = getContainerRuntime()
  const { runtime, engineId, newTaskSpec, startTask, observationOf } = await openTestRuntime(t)
  await docker.getNetwork(networkName(engineId)).remove()
  const first = await startTask(shellContainer('sleep 60'))
  assert.equal((await observationOf(first, 'app'))?.state, 'running')

  const second = newTaskSpec(shellContainer('sleep 60'))
  const left = {
    Image: testImage,
    Cmd: ['false'],
    Labels: { [engineLabels.engine]: engineId, [engineLabels.task]: second.id },
  }
  await docker.createContainer({ ...left, name: pauseContainerName(engineId, second.id) })
  await runtime.prepare(second, neverAborted)
  await runtime.pull(second, 'app', neverAborted)
  await docker.createContainer({ ...left, name: containerName(engineId, second.id, 'app') })
  await runtime.start(second, 'app', neverAborted)
  assert.equal((await observationOf(second, 'app'))?.state, 'running')
  assert.equal((await runtime.namespace!(second)).address, second.network.address)
})

test('an image replaced after its pull is used as it is now, and a removed one is an error', {
  skip,
}, async (t) => {
  const { docker } = getContainerRuntime()
  const { runtime, engineId, newTaskSpec, observationOf } = await openTestRuntime(t)
  const name = `localhost/ecs-api-test/${engineId}:1`
  const archive = createTar([{ path: 'bin/busybox', content: readFileSync('/bin/busybox'), mode: 0o755 }])
  const putImage = async (message: string) =>
    text(await docker.importImage(Readable.from([archive]), { repo: name, message }))
  const deleteImage = () => ifFound(docker.getImage(name).remove({ force: true }))
  t.after(deleteImage)
  const app = { image: name, command: ['/bin/busybox', 'sleep', '60'] }
  await putImage('one')
  const [replaced, gone] = [newTaskSpec(app), newTaskSpec(app)]
  for (const each of [replaced, gone]) {
    await runtime.prepare(each, neverAborted)
    await runtime.pull(each, 'app', neverAborted)
  }
  await deleteImage()
  await putImage('another')
  await runtime.start(replaced, 'app', neverAborted)
  assert.equal((await observationOf(replaced, 'app'))?.state, 'running')
  await runtime.remove(replaced)
  await deleteImage()
  await assert.rejects(
    runtime.start(gone, 'app', neverAborted),
    (error) =>
      error instanceof RuntimeFault &&
      error.message === `CannotCreateContainerError: the image ${name} does not exist any more`,
  )
})

test('no container starts in a network that could not be set up, and the task gets the reason', { skip }, async (t) => {
  const { runtime, newTaskSpec, observationOf } = await openTestRuntime(t, {
    onNetworkPrepared: () => Promise.reject(new Error('no rule could be made')),
  })
  const spec = newTaskSpec(shellContainer('sleep 60'))
  await runtime.prepare(spec, neverAborted)
  await runtime.pull(spec, 'app', neverAborted)
  await assert.rejects(
    runtime.start(spec, 'app', neverAborted),
    (error) => error instanceof RuntimeFault && error.message === 'ResourceInitializationError: no rule could be made',
  )
  assert.equal((await observationOf(spec, 'app'))?.state, 'waiting')
})
