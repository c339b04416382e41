import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import {
  fetchText,
  getContainerRuntime,
  noContainers,
  openEngineWithContainers,
  shellContainer,
  taskAddressOf,
  webServerContainer,
} from '../testing/containers.ts'
import { ecsSteps, eventMessagesOf, taskIdOf } from '../testing/ecs-steps.ts'
import { noPodman, startPodmanService } from '../testing/podman-service.ts'

const skip = noContainers
test('a container killed or removed outside the engine is noticed, reported, and replaced at a new address', {
  skip,
}, async (t) => {
  const { ecs, docker } = await openEngineWithContainers(t)
  const { registerDefinition, createService, waitUntilStable, tasksOfService, waitForTask } = await ecsSteps(ecs)
  await registerDefinition('web', webServerContainer('hi'))
  await createService()
  await waitUntilStable()
  const seen = new Set<string>()
  const container = (of: Task | undefined, label: string) =>
    docker
      .listContainers({ all: true, filters: { label: [`ecs-api.task=${taskIdOf(of)}`, label] } })
      .then(([found]) => docker.getContainer(found?.Id ?? ''))
  const mishaps: [string, (of: Task | undefined) => Promise<unknown>][] = [
    ['killed', async (of) => (await container(of, 'ecs-api.container=app')).kill()],
    ['removed', async (of) => (await container(of, 'ecs-api.container=app')).remove({ force: true })],
    ['its network taken away', async (of) => (await container(of, 'ecs-api.pause=yes')).kill()],
  ]
  for (const [name, causeMishap] of mishaps) {
    const [before] = await tasksOfService()
    seen.add(taskAddressOf(before!))
    await causeMishap(before)
    const stopped = await waitForTask(before?.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.equal(stopped.stopCode, 'EssentialContainerExited', name)
    assert.equal(stopped.containers?.[0]?.exitCode, 137, name)
    await waitUntilStable()
    const [after] = await tasksOfService()
    assert.ok(!seen.has(taskAddressOf(after!)), `${name}: at a new address`)
    assert.equal(await fetchText(`http://${taskAddressOf(after!)}/`), 'hi\n')
  }
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  await waitUntilStable()
})

test('two engines on one machine leave each other’s containers alone', { skip }, async (t) => {
  const one = await openEngineWithContainers(t)
  const steps = await ecsSteps(one.ecs)
  const arn = await steps.runTask(await steps.registerDefinition('web', webServerContainer('one')))
  const task = await steps.waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
  const other = await openEngineWithContainers(t)
  assert.notEqual(other.aws.engineId, one.aws.engineId)
  const otherSteps = await ecsSteps(other.ecs)
  const otherTask = await otherSteps.waitForTask(
    await otherSteps.runTask(await otherSteps.registerDefinition('web', webServerContainer('two'))),
    ({ lastStatus }) => lastStatus === 'RUNNING',
  )
  assert.notEqual(taskAddressOf(task), taskAddressOf(otherTask))
  await Promise.all(
    [one, other].map(async ({ aws }, i) =>
      assert.equal(
        await fetchText(`http://${taskAddressOf([task, otherTask][i]!)}/`),
        ['one\n', 'two\n'][i],
        aws.engineId,
      ),
    ),
  )
})

test('after an outage of the runtime, containers still run, changes are noticed, and services have events about it', {
  skip: noPodman,
}, async (t) => {
  const service = await startPodmanService()
  const notices: string[] = []
  const { ecs } = await openEngineWithContainers(t, { runtime: service.socket, onNotice: (text) => notices.push(text) })
  // Registered after the engine, which needs the runtime to clean up.
  t.after(service.end)
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('web', webServerContainer('hi'))
  await steps.createService()
  await steps.waitUntilStable()
  const [web] = await steps.tasksOfService()
  const job = await steps.runTask(await steps.registerDefinition('job', shellContainer('sleep 2; exit 4')))
  await steps.waitForTask(job, ({ lastStatus }) => lastStatus === 'RUNNING')
  await service.stop()
  // Requested while no runtime responds.
  const late = await steps.runTask(await steps.registerDefinition('late', shellContainer('exit 6')))
  await steps.pollUntil(
    async () => eventMessagesOf(await steps.describeService()),
    ([newest]) => /^\(service web\) podman does not answer: /.test(newest ?? ''),
  )
  assert.equal(await fetchText(`http://${taskAddressOf(web!)}/`), 'hi\n')
  await waitUntilContainerExited(job)
  await service.start()
  for (const [arn, exitCode] of [
    [job, 4],
    [late, 6],
  ] as const)
    assert.equal(
      (await steps.waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')).containers?.[0]?.exitCode,
      exitCode,
    )
  assert.ok(eventMessagesOf(await steps.describeService()).includes('(service web) podman answers again.'))
  assert.deepEqual((await steps.tasksOfService()).map(taskIdOf), [taskIdOf(web)])
  assert.equal(notices.length, 2)
})

/** Waits with the machine's own runtime, because the engine's is stopped. */
async function waitUntilContainerExited(arn: string): Promise<void> {
  const { docker } = getContainerRuntime()
  const [container] = await docker.listContainers({
    all: true,
    filters: { label: [`ecs-api.task=${taskIdOf({ taskArn: arn })}`, 'ecs-api.container=app'] },
  })
  await docker.getContainer(container?.Id ?? '').wait()
}
