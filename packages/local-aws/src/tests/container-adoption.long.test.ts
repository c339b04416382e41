import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { ifFound } from '../runtimes/docker/docker-api.ts'
import {
  fetchText,
  getContainerRuntime,
  noContainers,
  shellContainer,
  taskAddressOf,
  webServerContainer,
} from '../testing/containers.ts'
import { ecsSteps, taskIdOf } from '../testing/ecs-steps.ts'
import { successiveEngines } from '../testing/successive-engines.ts'

const skip = noContainers

test('after kill -9 of the engine its containers keep running, and the next engine adopts them unchanged', {
  skip,
}, async (t) => {
  const { startEngine, containerIdsOf } = await successiveEngines(t)
  const first = await startEngine()
  const before = await ecsSteps(first.ecs)
  const web = await before.runTask(await before.registerDefinition('web', webServerContainer('still here')))
  const job = await before.runTask(await before.registerDefinition('job', shellContainer('sleep 1; exit 5')))
  const running = await before.waitForTask(web, ({ lastStatus }) => lastStatus === 'RUNNING')
  await before.waitForTask(job, ({ lastStatus }) => lastStatus === 'RUNNING')
  const containers = await containerIdsOf(running.taskArn)
  await first.engine.kill()
  assert.equal(await fetchText(`http://${taskAddressOf(running)}/`), 'still here\n')
  await waitUntilContainerExited(job)
  // A container that an earlier engine process left, and that the stored state does not have.
  const { docker } = getContainerRuntime()
  const [info] = await docker.listContainers({ all: true, filters: { label: [`ecs-api.task=${taskIdOf(running)}`] } })
  const engineLabel = info?.Labels['ecs-api.engine'] ?? ''
  const orphan = await docker.createContainer({
    Image: info?.Image ?? '',
    Cmd: ['/pause'],
    Labels: { 'ecs-api.engine': engineLabel, 'ecs-api.task': 'f'.repeat(32) },
  })

  const second = await startEngine()
  const after = await ecsSteps(second.ecs)
  const [adopted] = await after.describeTasks(web)
  assert.deepEqual(
    [adopted?.lastStatus, adopted?.startedAt, taskAddressOf(adopted!)],
    ['RUNNING', running.startedAt, taskAddressOf(running)],
  )
  assert.deepEqual(adopted?.containers?.[0]?.networkBindings, running.containers?.[0]?.networkBindings)
  assert.deepEqual(await containerIdsOf(running.taskArn), containers)
  const finished = await after.waitForTask(job, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.deepEqual([finished.stopCode, finished.containers?.[0]?.exitCode], ['EssentialContainerExited', 5])
  assert.equal(await ifFound(orphan.inspect()), undefined)
  await second.ecs.send(new StopTaskCommand({ task: taskIdOf(adopted) }))
  await after.waitForTask(web, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.equal(await second.engine.stop(), 0)
})

test('a task whose network ended while no engine ran does not disturb the metadata of later tasks', {
  skip,
}, async (t) => {
  const { startEngine } = await successiveEngines(t)
  const first = await startEngine()
  const before = await ecsSteps(first.ecs)
  const ended = await before.runTask(await before.registerDefinition('web', webServerContainer('ended')))
  await before.waitForTask(ended, ({ lastStatus }) => lastStatus === 'RUNNING')
  await first.engine.kill()
  // As after a restart of the machine: all containers have ended, also the one that holds the network.
  const { docker } = getContainerRuntime()
  const left = await docker.listContainers({ filters: { label: [`ecs-api.task=${ended.split('/').at(-1)}`] } })
  assert.equal(left.length, 2)
  for (const { Id } of left) await docker.getContainer(Id).kill()

  const second = await startEngine()
  const after = await ecsSteps(second.ecs)
  await after.waitForTask(ended, ({ lastStatus }) => lastStatus === 'STOPPED')
  const server = shellContainer(
    'trap exit TERM; mkdir -p /www; wget -q -O /www/task $ECS_CONTAINER_METADATA_URI_V4/task; httpd -f -p 80 -h /www & wait',
  )
  const arn = await after.runTask(await after.registerDefinition('reader', server))
  const reader = await after.waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
  assert.equal(JSON.parse(await fetchText(`http://${taskAddressOf(reader)}/task`)).TaskARN, arn)
  await second.engine.stop()
})

// Few rounds by default, so that the test is quick. CRASH_ROUNDS=5 tests thoroughly.
const rounds = Number(process.env.CRASH_ROUNDS ?? 1)

test('after kill -9 while tasks start and stop, each task goes on, and no container is doubled or orphaned', {
  skip,
}, async (t) => {
  const { startEngine, containerIdsOf, allContainerNames } = await successiveEngines(t)
  const phases = ['PROVISIONING', 'PENDING', 'RUNNING', 'STOPPING'] as const
  for (const phase of Array.from({ length: rounds }, () => phases).flat()) {
    const first = await startEngine()
    const before = await ecsSteps(first.ecs)
    const arn = await before.runTask(await before.registerDefinition('web', webServerContainer(phase)))
    if (phase === 'STOPPING') {
      await before.waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
      await first.ecs.send(new StopTaskCommand({ task: arn }))
    } else await before.waitForTask(arn, ({ lastStatus }) => lastStatus === phase)
    await first.engine.kill()

    const second = await startEngine()
    const after = await ecsSteps(second.ecs)
    if (phase !== 'STOPPING') {
      const task = await after.waitForTask(
        arn,
        ({ lastStatus }) => lastStatus === 'RUNNING' || lastStatus === 'STOPPED',
      )
      assert.equal(task.lastStatus, 'RUNNING', `${phase}: ${task.stoppedReason}`)
      assert.equal(await fetchText(`http://${taskAddressOf(task)}/`), `${phase}\n`)
      assert.equal((await containerIdsOf(arn)).length, 2)
      await second.ecs.send(new StopTaskCommand({ task: arn }))
    }
    await after.waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.deepEqual(await allContainerNames(), [])
    await second.engine.stop()
  }
})

test('a closing engine stops its containers, or leaves them if configured to', { skip }, async (t) => {
  const { startEngine, containerIdsOf, allContainerNames } = await successiveEngines(t)
  const leaving = await startEngine('--at-close', 'leave')
  const steps = await ecsSteps(leaving.ecs)
  const definition = await steps.registerDefinition('web', webServerContainer('kept'))
  const arn = await steps.runTask(definition)
  const task = await steps.waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
  assert.equal((await containerIdsOf(arn)).length, 2)
  assert.equal(await leaving.engine.stop(), 0)
  assert.equal(await fetchText(`http://${taskAddressOf(task)}/`), 'kept\n')
  const stopping = await startEngine()
  assert.equal((await (await ecsSteps(stopping.ecs)).describeTasks(arn))[0]?.lastStatus, 'RUNNING')
  assert.equal(await stopping.engine.stop(), 0)
  assert.deepEqual(await allContainerNames(), [])
  const last = await startEngine()
  const [stopped] = await (await ecsSteps(last.ecs)).describeTasks(arn)
  assert.deepEqual(
    [stopped?.stopCode, stopped?.stoppedReason],
    ['TerminationNotice', 'The engine that ran the task was closed.'],
  )
  await last.engine.stop()
})

/** Resolves when the task's container has exited. The engine is not involved. */
async function waitUntilContainerExited(arn: string): Promise<void> {
  const { docker } = getContainerRuntime()
  const [container] = await docker.listContainers({
    all: true,
    filters: { label: [`ecs-api.task=${arn.split('/').at(-1)}`, 'ecs-api.container=app'] },
  })
  await docker.getContainer(container?.Id ?? '').wait()
}
