import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { ifFound } from '../runtimes/docker/docker-api.ts'
import {
  addressOf,
  answerOf,
  cannotRun,
  getContainerRuntime,
  shellContainer,
  webServerContainer,
} from '../testing/containers.ts'
import { enginesInTurn } from '../testing/engines-in-turn.ts'
import { idOf, workbench } from '../testing/services.ts'

const skip = cannotRun

test('after kill -9 of the engine its containers keep running, and the next engine adopts them unchanged', {
  skip,
}, async (t) => {
  const { start, containersOf } = await enginesInTurn(t)
  const first = await start()
  const before = await workbench(first.ecs)
  const web = await before.runTask(await before.register('web', webServerContainer('still here')))
  const job = await before.runTask(await before.register('job', shellContainer('sleep 1; exit 5')))
  const running = await before.taskWhen(web, ({ lastStatus }) => lastStatus === 'RUNNING')
  await before.taskWhen(job, ({ lastStatus }) => lastStatus === 'RUNNING')
  const containers = await containersOf(running.taskArn)
  await first.engine.kill()
  assert.equal(await answerOf(`http://${addressOf(running)}/`), 'still here\n')
  await untilEnded(job)
  // A leftover of an earlier engine process, unknown to the state.
  const { docker } = getContainerRuntime()
  const [info] = await docker.listContainers({ all: true, filters: { label: [`ecs-api.task=${idOf(running)}`] } })
  const engineLabel = info?.Labels['ecs-api.engine'] ?? ''
  const orphan = await docker.createContainer({
    Image: info?.Image ?? '',
    Cmd: ['/pause'],
    Labels: { 'ecs-api.engine': engineLabel, 'ecs-api.task': 'f'.repeat(32) },
  })

  const second = await start()
  const after = await workbench(second.ecs)
  const [same] = await after.describe(web)
  assert.deepEqual(
    [same?.lastStatus, same?.startedAt, addressOf(same!)],
    ['RUNNING', running.startedAt, addressOf(running)],
  )
  assert.deepEqual(same?.containers?.[0]?.networkBindings, running.containers?.[0]?.networkBindings)
  assert.deepEqual(await containersOf(running.taskArn), containers)
  const finished = await after.taskWhen(job, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.deepEqual([finished.stopCode, finished.containers?.[0]?.exitCode], ['EssentialContainerExited', 5])
  assert.equal(await ifFound(orphan.inspect()), undefined)
  await second.ecs.send(new StopTaskCommand({ task: idOf(same) }))
  await after.taskWhen(web, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.equal(await second.engine.stop(), 0)
})

test('a task whose network ended while no engine ran leaves the metadata of later tasks in place', {
  skip,
}, async (t) => {
  const { start } = await enginesInTurn(t)
  const first = await start()
  const before = await workbench(first.ecs)
  const ended = await before.runTask(await before.register('web', webServerContainer('ended')))
  await before.taskWhen(ended, ({ lastStatus }) => lastStatus === 'RUNNING')
  await first.engine.kill()
  // As after a restart of the machine: all containers have ended, also the one that holds the network.
  const { docker } = getContainerRuntime()
  const left = await docker.listContainers({ filters: { label: [`ecs-api.task=${ended.split('/').at(-1)}`] } })
  assert.equal(left.length, 2)
  for (const { Id } of left) await docker.getContainer(Id).kill()

  const second = await start()
  const after = await workbench(second.ecs)
  await after.taskWhen(ended, ({ lastStatus }) => lastStatus === 'STOPPED')
  const server = shellContainer(
    'trap exit TERM; mkdir -p /www; wget -q -O /www/task $ECS_CONTAINER_METADATA_URI_V4/task; httpd -f -p 80 -h /www & wait',
  )
  const arn = await after.runTask(await after.register('reader', server))
  const reader = await after.taskWhen(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
  assert.equal(JSON.parse(await answerOf(`http://${addressOf(reader)}/task`)).TaskARN, arn)
  await second.engine.stop()
})

// The full measure is CRASH_ROUNDS=5.
const rounds = Number(process.env.CRASH_ROUNDS ?? 1)

test('after kill -9 while tasks start and stop, the state is right, and no container is doubled or orphaned', {
  skip,
}, async (t) => {
  const { start, containersOf, all } = await enginesInTurn(t)
  const phases = ['PROVISIONING', 'PENDING', 'RUNNING', 'STOPPING'] as const
  for (const phase of Array.from({ length: rounds }, () => phases).flat()) {
    const first = await start()
    const before = await workbench(first.ecs)
    const arn = await before.runTask(await before.register('web', webServerContainer(phase)))
    if (phase === 'STOPPING') {
      await before.taskWhen(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
      await first.ecs.send(new StopTaskCommand({ task: arn }))
    } else await before.taskWhen(arn, ({ lastStatus }) => lastStatus === phase)
    await first.engine.kill()

    const second = await start()
    const after = await workbench(second.ecs)
    if (phase !== 'STOPPING') {
      const task = await after.taskWhen(arn, ({ lastStatus }) => lastStatus === 'RUNNING' || lastStatus === 'STOPPED')
      assert.equal(task.lastStatus, 'RUNNING', `${phase}: ${task.stoppedReason}`)
      assert.equal(await answerOf(`http://${addressOf(task)}/`), `${phase}\n`)
      assert.equal((await containersOf(arn)).length, 2)
      await second.ecs.send(new StopTaskCommand({ task: arn }))
    }
    await after.taskWhen(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.deepEqual(await all(), [])
    await second.engine.stop()
  }
})

test('a closing engine stops its containers, or leaves them if configured to', { skip }, async (t) => {
  const { start, containersOf, all } = await enginesInTurn(t)
  const leaving = await start('--at-close', 'leave')
  const bench = await workbench(leaving.ecs)
  const definition = await bench.register('web', webServerContainer('kept'))
  const arn = await bench.runTask(definition)
  const task = await bench.taskWhen(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
  assert.equal((await containersOf(arn)).length, 2)
  assert.equal(await leaving.engine.stop(), 0)
  assert.equal(await answerOf(`http://${addressOf(task)}/`), 'kept\n')
  const stopping = await start()
  assert.equal((await (await workbench(stopping.ecs)).describe(arn))[0]?.lastStatus, 'RUNNING')
  assert.equal(await stopping.engine.stop(), 0)
  assert.deepEqual(await all(), [])
  const last = await start()
  const [stopped] = await (await workbench(last.ecs)).describe(arn)
  assert.deepEqual(
    [stopped?.stopCode, stopped?.stoppedReason],
    ['TerminationNotice', 'The engine that ran the task was closed.'],
  )
  await last.engine.stop()
})

/** Resolves when the task's own container has ended. */
async function untilEnded(arn: string): Promise<void> {
  const { docker } = getContainerRuntime()
  const [container] = await docker.listContainers({
    all: true,
    filters: { label: [`ecs-api.task=${arn.split('/').at(-1)}`, 'ecs-api.container=app'] },
  })
  await docker.getContainer(container?.Id ?? '').wait()
}
