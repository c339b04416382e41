import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import {
  noContainers,
  openEngineWithContainers,
  shellContainer,
  testImage,
  waitUntilSigtermIsCaught,
} from '../testing/containers.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'

const skip = noContainers

test('a task that cannot start gets ECS’s reason and leaves nothing behind', { skip }, async (t) => {
  const { ecs } = await openEngineWithContainers(t)
  const { registerDefinition, registerDefinitionWith, runTask, waitForTask } = await ecsSteps(ecs)
  const arm = { runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } } as const
  const role = { executionRoleArn: 'arn:aws:iam::111122223333:role/execution' }
  const cases = [
    [
      await registerDefinition('missing', { image: 'localhost/ecs-api-test/no-such-image:1' }),
      /^CannotPullContainerError: (?!\(HTTP).*(no-such-image|connection refused)/,
    ],
    [
      await registerDefinitionWith(arm, 'arm', { image: testImage }),
      /^CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux\/arm64'$/,
    ],
    [
      await registerDefinition('entry', shellContainer('', { entryPoint: ['/no/such/program'] })),
      /^CannotStartContainerError: .*no\/such\/program/,
    ],
    [
      await registerDefinition(
        'files',
        shellContainer('', { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/a.env' }] }),
      ),
      /^ResourceInitializationError: failed to download env files/,
    ],
    [
      await registerDefinitionWith(
        role,
        'secret',
        shellContainer('', {
          secrets: [{ name: 'S', valueFrom: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s' }],
        }),
      ),
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*unable to retrieve secret from asm/,
    ],
    [
      await registerDefinition(
        'port',
        shellContainer('', { portMappings: [{ containerPort: 80 }], dockerLabels: { 'ecs-api.host-port.80': 'http' } }),
      ),
      /^ResourceInitializationError: a label that begins with ecs-api\.host-port\. must be a port, not "http"$/,
    ],
  ] as const
  await Promise.all(
    cases.map(async ([definition, reason]) => {
      const stopped = await waitForTask(await runTask(definition), ({ lastStatus }) => lastStatus === 'STOPPED')
      assert.equal(stopped.stopCode, 'TaskFailedToStart')
      assert.match(stopped.stoppedReason ?? '', reason)
      assert.equal(stopped.startedAt, undefined)
    }),
  )
})

test('a stopping container gets SIGTERM first, and SIGKILL after its stopTimeout', { skip }, async (t) => {
  const { ecs } = await openEngineWithContainers(t)
  const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
  const polite = await runTask(
    await registerDefinition('polite', shellContainer('trap "exit 7" TERM; sleep 60 & wait', { stopTimeout: 30 })),
  )
  const stubborn = await runTask(
    await registerDefinition('stubborn', shellContainer('trap "" TERM; while :; do sleep 1; done', { stopTimeout: 2 })),
  )
  for (const [arn, exitCode] of [
    [polite, 7],
    [stubborn, 137],
  ] as const) {
    await waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
    if (exitCode === 7) await waitUntilSigtermIsCaught(arn.split('/').at(-1))
    await ecs.send(new StopTaskCommand({ task: arn }))
    const stopped = await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
    assert.equal(stopped.containers?.[0]?.exitCode, exitCode)
    assert.equal(stopped.containers?.[0]?.reason, undefined)
    const tookMs = Number(stopped.executionStoppedAt) - Number(stopped.stoppingAt)
    assert.ok(exitCode === 7 ? tookMs < 10_000 : tookMs >= 2_000, `it took ${tookMs} ms`)
  }
})

test('only a container killed for its own or the task’s memory limit has the out-of-memory reason', {
  skip,
}, async (t) => {
  const { ecs } = await openEngineWithContainers(t)
  const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
  // One buffer larger than either limit: a quarter of a processor fills it within a second.
  const hog = 'exec dd if=/dev/zero of=/dev/null bs=700M count=1'
  const own = await runTask(await registerDefinition('own-limit', shellContainer(hog, { memory: 32 })))
  const whole = await runTask(await registerDefinition('task-limit', shellContainer(hog)))
  const other = await runTask(
    await registerDefinition(
      'killed',
      shellContainer('kill -9 $$; sleep 60', { linuxParameters: { initProcessEnabled: true } }),
    ),
  )
  const stoppedContainer = async (arn: string) =>
    (await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')).containers?.[0]
  for (const arn of [own, whole]) {
    const container = await stoppedContainer(arn)
    assert.deepEqual(
      [container?.exitCode, container?.reason],
      [137, 'OutOfMemoryError: Container killed due to memory usage'],
    )
  }
  const container = await stoppedContainer(other)
  assert.deepEqual([container?.exitCode, container?.reason], [137, undefined])
})
