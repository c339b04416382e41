import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import {
  addressOf,
  answerOf,
  cannotRun,
  getContainerRuntime,
  openedWithContainers,
  shellContainer,
  webServerContainer,
} from '../testing/containers.ts'
import { noPodman, podmanService } from '../testing/podman-service.ts'
import { idOf, messagesOf, workbench } from '../testing/services.ts'

const skip = cannotRun
test('a container killed or removed outside the engine is noticed, reported, and replaced at a new address', {
  skip,
}, async (t) => {
  const { ecs, docker } = await openedWithContainers(t)
  const { register, create, stable, tasks, taskWhen } = await workbench(ecs)
  await register('web', webServerContainer('hi'))
  await create()
  await stable()
  const seen = new Set<string>()
  const container = (of: Task | undefined, label: string) =>
    docker
      .listContainers({ all: true, filters: { label: [`ecs-api.task=${idOf(of)}`, label] } })
      .then(([found]) => docker.getContainer(found?.Id ?? ''))
  const mishaps: [string, (of: Task | undefined) => Promise<unknown>][] = [
    ['killed', async (of) => (await container(of, 'ecs-api.container=app')).kill()],
    ['removed', async (of) => (await container(of, 'ecs-api.container=app')).remove({ force: true })],
    ['its network taken away', async (of) => (await container(of, 'ecs-api.pause=yes')).kill()],
  ]
  for (const [name, happens] of mishaps) {
    const [before] = await tasks()
    seen.add(addressOf(before!))
    await happens(before)
    const stopped = await taskWhen(before?.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.equal(stopped.stopCode, 'EssentialContainerExited', name)
    assert.equal(stopped.containers?.[0]?.exitCode, 137, name)
    await stable()
    const [after] = await tasks()
    assert.ok(!seen.has(addressOf(after!)), `${name}: at a new address`)
    assert.equal(await answerOf(`http://${addressOf(after!)}/`), 'hi\n')
  }
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  await stable()
})

test('two engines on one machine leave each other’s containers alone', { skip }, async (t) => {
  const one = await openedWithContainers(t)
  const bench = await workbench(one.ecs)
  const arn = await bench.runTask(await bench.register('web', webServerContainer('one')))
  const task = await bench.taskWhen(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
  const other = await openedWithContainers(t)
  assert.notEqual(other.aws.engineId, one.aws.engineId)
  const otherBench = await workbench(other.ecs)
  const otherTask = await otherBench.taskWhen(
    await otherBench.runTask(await otherBench.register('web', webServerContainer('two'))),
    ({ lastStatus }) => lastStatus === 'RUNNING',
  )
  assert.notEqual(addressOf(task), addressOf(otherTask))
  await Promise.all(
    [one, other].map(async ({ aws }, i) =>
      assert.equal(await answerOf(`http://${addressOf([task, otherTask][i]!)}/`), ['one\n', 'two\n'][i], aws.engineId),
    ),
  )
})

test('after an outage of the runtime, containers still run, changes are noticed, and services have events about it', {
  skip: noPodman,
}, async (t) => {
  const service = await podmanService()
  const notices: string[] = []
  const { ecs } = await openedWithContainers(t, { runtime: service.socket, onNotice: (text) => notices.push(text) })
  // Registered after the engine, which needs the runtime to clean up.
  t.after(service.end)
  const bench = await workbench(ecs)
  await bench.register('web', webServerContainer('hi'))
  await bench.create()
  await bench.stable()
  const [web] = await bench.tasks()
  const job = await bench.runTask(await bench.register('job', shellContainer('sleep 2; exit 4')))
  await bench.taskWhen(job, ({ lastStatus }) => lastStatus === 'RUNNING')
  await service.stop()
  // Requested while no runtime responds.
  const late = await bench.runTask(await bench.register('late', shellContainer('exit 6')))
  await bench.until(
    async () => messagesOf(await bench.service()),
    ([newest]) => /^\(service web\) podman does not answer: /.test(newest ?? ''),
  )
  assert.equal(await answerOf(`http://${addressOf(web!)}/`), 'hi\n')
  await endedMeanwhile(job)
  await service.start()
  for (const [arn, exitCode] of [
    [job, 4],
    [late, 6],
  ] as const)
    assert.equal(
      (await bench.taskWhen(arn, ({ lastStatus }) => lastStatus === 'STOPPED')).containers?.[0]?.exitCode,
      exitCode,
    )
  assert.ok(messagesOf(await bench.service()).includes('(service web) podman answers again.'))
  assert.deepEqual((await bench.tasks()).map(idOf), [idOf(web)])
  assert.equal(notices.length, 2)
})

/** Reads through the machine's own runtime, since the engine's is down. */
async function endedMeanwhile(arn: string): Promise<void> {
  const { docker } = getContainerRuntime()
  const [container] = await docker.listContainers({
    all: true,
    filters: { label: [`ecs-api.task=${idOf({ taskArn: arn })}`, 'ecs-api.container=app'] },
  })
  await docker.getContainer(container?.Id ?? '').wait()
}
