// Images from a registry: the result of a pull, the errors of a failed one, and the state after an interrupted one.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ContainerDefinition, StopTaskCommand } from '@aws-sdk/client-ecs'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { PullProgress } from '../runtimes/runtime.ts'
import {
  fetchText,
  openEngineWithContainers,
  shellContainer,
  taskAddressOf,
  webServerContainer,
} from '../testing/containers.ts'
import { neverAborted, openTestRuntime } from '../testing/docker-runtime.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'
import { noRegistry, registryUser, runtimeForRegistry, startRegistry } from '../testing/registry.ts'
import { successiveEngines } from '../testing/successive-engines.ts'
import { executionRole } from '../testing/task-log.ts'

const skip = noRegistry

async function openEngineWithRegistry(t: TestContext) {
  const { foundRuntime: found, end } = await runtimeForRegistry()
  const engine = await openEngineWithContainers(t, { runtime: found.address })
  t.after(end)
  return { ...engine, ...(await ecsSteps(engine.ecs)) }
}

type StepsWithRegistry = Awaited<ReturnType<typeof openEngineWithRegistry>>

async function runToEnd(
  { registerDefinitionWith, runTask, waitForTask }: StepsWithRegistry,
  container: Partial<ContainerDefinition>,
  more = {},
) {
  const arn = await runTask(await registerDefinitionWith({ ...executionRole, ...more }, 'job', container))
  return waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
}

test('an image is pulled, the task has its digest, and its container runs', { skip }, async (t) => {
  const registry = await startRegistry(t)
  const steps = await openEngineWithRegistry(t)
  for (const asList of [false, true]) {
    const { image, digest } = await registry.publish(`pulled/${asList}`, { asList })
    const stopped = await runToEnd(steps, shellContainer('exit 7', { image }))
    assert.deepEqual(
      [stopped.stoppedReason, stopped.containers?.[0]?.exitCode],
      ['Essential container in task exited', 7],
    )
    assert.equal(stopped.containers?.[0]?.imageDigest, digest)
    const pinned = await runToEnd(steps, shellContainer('exit 8', { image: image.replace(/:1$/, `@${digest}`) }))
    assert.deepEqual([pinned.containers?.[0]?.exitCode, pinned.containers?.[0]?.imageDigest], [8, digest])
  }
})

test('a registry with authentication gets the credentials from the definition’s secret', { skip }, async (t) => {
  const registry = await startRegistry(t, { users: true })
  const steps = await openEngineWithRegistry(t)
  const { image } = await registry.publish('private')
  const secrets = steps.clientOf(SecretsManagerClient)
  t.after(() => secrets.destroy())
  const secret = async (Name: string, SecretString: string) =>
    (await secrets.send(new CreateSecretCommand({ Name, SecretString }))).ARN ?? ''
  const good = await secret('good', JSON.stringify(registryUser))
  const cases: [credentialsParameter: string | undefined, reason: RegExp][] = [
    [undefined, /^CannotPullContainerError: .*(unauthorized|authentication|no basic auth)/],
    [
      await secret('wrong', JSON.stringify({ ...registryUser, password: 'pass-wrong' })),
      /^CannotPullContainerError: .*(unauthorized|authentication)/,
    ],
    [
      await secret('no-json', 'pass-wrong'),
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*username and password are expected/,
    ],
    [
      good.replace('good', 'none'),
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*ResourceNotFoundException/,
    ],
    // The last case, because an image that is present is not pulled again.
    [good, /^Essential container in task exited$/],
  ]
  for (const [credentialsParameter, reason] of cases) {
    const credentials = credentialsParameter === undefined ? {} : { repositoryCredentials: { credentialsParameter } }
    const stopped = await runToEnd(steps, shellContainer('exit 0', { image, ...credentials }))
    assert.match(stopped.stoppedReason ?? '', reason)
    assert.equal(
      stopped.stopCode,
      reason.source.startsWith('^Essential') ? 'EssentialContainerExited' : 'TaskFailedToStart',
    )
    assert.ok(!JSON.stringify(stopped).includes('pass-wrong'))
  }
})

test('the reason of a failed pull is the stopped reason of the task and of its container', { skip }, async (t) => {
  const registry = await startRegistry(t)
  const steps = await openEngineWithRegistry(t)
  const [own, other] = process.arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64']
  const { image } = await registry.publish('app')
  const foreign = await registry.publish('foreign', { architecture: other })
  const foreignInList = await registry.publish('foreign-in-list', { architecture: other, asList: true })
  const platform = new RegExp(
    `^CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/${own}'$`,
  )
  const cases: [image: string, reason: RegExp][] = [
    [image.replace(/1$/, '2'), /^CannotPullContainerError: .*(manifest unknown|not found)/],
    [`${registry.address}/none:1`, /^CannotPullContainerError: .*(manifest unknown|not found)/],
    [foreign.image, platform],
    [foreignInList.image, platform],
    // Nothing listens on port 1.
    ['127.0.0.1:1/app:1', /^CannotPullContainerError: .*connection refused/],
    [
      'no-such-registry.invalid/app:1',
      /^CannotPullContainerError: .*(no such host|server misbehaving|Temporary failure)/,
    ],
  ]
  await Promise.all(
    cases.map(async ([wanted, reason]) => {
      const stopped = await runToEnd(steps, shellContainer('exit 0', { image: wanted }))
      assert.equal(stopped.stopCode, 'TaskFailedToStart', wanted)
      assert.match(stopped.stoppedReason ?? '', reason)
      assert.equal(stopped.containers?.[0]?.reason, stopped.stoppedReason)
      assert.ok(!stopped.stoppedReason?.includes('\n'))
    }),
  )
})

test('a pull reports its progress', { skip }, async (t) => {
  const registry = await startRegistry(t)
  const bytes = 1_000_000
  const { image } = await registry.publish('big', { bytes })
  const { halfSent, release } = registry.holdLayers()
  t.after(release)
  const { foundRuntime: found, end } = await runtimeForRegistry()
  const { runtime, newTaskSpec } = await openTestRuntime(t, { found })
  t.after(end)
  const progressReports: PullProgress[] = []
  const begun = Promise.withResolvers<void>()
  const pulled = runtime.pull(newTaskSpec({ image }), 'app', neverAborted, (progress) => {
    progressReports.push(progress)
    if (progress.current > 0) begun.resolve()
  })
  await halfSent
  await begun.promise
  assert.ok(
    progressReports.every(({ current, total }) => current < total && total > bytes),
    JSON.stringify(progressReports),
  )
  release()
  await pulled
  assert.deepEqual(
    progressReports.map(({ current }) => current),
    progressReports.map(({ current }) => current).toSorted((a, b) => a - b),
  )
  const last = progressReports.at(-1)
  assert.equal(last?.current, last?.total)
})

test('stopping a task does not wait for the pull of its image', { skip }, async (t) => {
  const registry = await startRegistry(t)
  const { image } = await registry.publish('slow', { bytes: 1_000_000 })
  const { halfSent, release } = registry.holdLayers()
  t.after(release)
  const { ecs, registerDefinition, runTask, waitForTask } = await openEngineWithRegistry(t)
  const arn = await runTask(await registerDefinition('job', shellContainer('exit 0', { image })))
  await halfSent
  assert.equal((await waitForTask(arn, () => true)).lastStatus, 'PENDING')
  await ecs.send(new StopTaskCommand({ task: arn, reason: 'too slow' }))
  const stopped = await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.deepEqual(
    [stopped.stopCode, stopped.stoppedReason, stopped.startedAt],
    ['UserInitiated', 'too slow', undefined],
  )
})

// Few rounds by default, so that the test is quick. CRASH_ROUNDS=5 tests thoroughly.
const rounds = Number(process.env.CRASH_ROUNDS ?? 1)

test('after kill -9 during a pull, the next engine pulls the image, and the task runs once', { skip }, async (t) => {
  const registry = await startRegistry(t)
  const { foundRuntime: found, end } = await runtimeForRegistry()
  const { startEngine, containerIdsOf, allContainerNames } = await successiveEngines(t, found.address)
  t.after(end)
  for (let round = 0; round < rounds; round++) {
    const { image, digest } = await registry.publish(`round-${round}`, { bytes: 1_000_000 })
    const { halfSent, release } = registry.holdLayers()
    const first = await startEngine()
    const before = await ecsSteps(first.ecs)
    const arn = await before.runTask(
      await before.registerDefinition('web', webServerContainer(`round ${round}`, { image })),
    )
    await halfSent
    assert.equal((await before.waitForTask(arn, () => true)).lastStatus, 'PENDING')
    await first.engine.kill()

    const second = await startEngine()
    const after = await ecsSteps(second.ecs)
    release()
    const task = await after.waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING' || lastStatus === 'STOPPED')
    assert.equal(task.lastStatus, 'RUNNING', task.stoppedReason)
    assert.equal(task.containers?.[0]?.imageDigest, digest)
    assert.equal(await fetchText(`http://${taskAddressOf(task)}/`), `round ${round}\n`)
    assert.equal((await containerIdsOf(arn)).length, 2)
    await second.ecs.send(new StopTaskCommand({ task: arn }))
    await after.waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.deepEqual(await allContainerNames(), [])
    assert.equal(await second.engine.stop(), 0)
  }
})
