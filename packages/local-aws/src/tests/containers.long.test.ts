import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import {
  fetchText,
  noContainers,
  openEngineWithContainers,
  shellContainer,
  taskAddressOf,
  webServerContainer,
} from '../testing/containers.ts'
import { containerNamed, ecsSteps, taskIdOf } from '../testing/ecs-steps.ts'

const skip = noContainers

test('a web server responds at its task’s address and published port, and not after it was stopped', {
  skip,
}, async (t) => {
  const { ecs, aws } = await openEngineWithContainers(t)
  const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
  const arn = await runTask(await registerDefinition('web', webServerContainer('hello')))
  const running = await waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING' || lastStatus === 'STOPPED')
  assert.equal(running.stoppedReason, undefined)
  assert.equal(running.attributes?.find(({ name }) => name === 'ecs-api.runtime')?.value, aws.runtime.name)
  const [binding] = running.containers?.[0]?.networkBindings ?? []
  assert.equal(binding?.containerPort, 80)
  for (const url of [`http://${taskAddressOf(running)}/`, `http://127.0.0.1:${binding?.hostPort}/`])
    assert.equal(await fetchText(url), 'hello\n')

  await ecs.send(new StopTaskCommand({ task: taskIdOf(running), reason: 'enough' }))
  const stopped = await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.deepEqual([stopped.stopCode, stopped.stoppedReason], ['UserInitiated', 'enough'])
  await assert.rejects(fetch(`http://127.0.0.1:${binding?.hostPort}/`))
})

test('containers of a task share localhost, and a job’s exit codes are reported', { skip }, async (t) => {
  const { ecs } = await openEngineWithContainers(t)
  const { registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
  const definition = await registerDefinition(
    'job',
    shellContainer('until wget -qO- http://127.0.0.1:8080/; do sleep 0.1; done; exit 3', {
      dependsOn: [{ containerName: 'app1', condition: 'START' }],
    }),
    webServerContainer('side', { port: 8080, essential: false }),
  )
  const arn = await runTask(definition)
  const ended = await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.deepEqual(
    [ended.stopCode, ended.stoppedReason],
    ['EssentialContainerExited', 'Essential container in task exited'],
  )
  assert.equal(containerNamed(ended, 'app')?.exitCode, 3)
  assert.equal(containerNamed(ended, 'app1')?.exitCode, 143)
})

test('a container starts with all options of its definition', { skip }, async (t) => {
  const { ecs } = await openEngineWithContainers(t)
  const { registerDefinitionWith, runTask, waitForTask } = await ecsSteps(ecs)
  const definition = await registerDefinitionWith(
    { volumes: [{ name: 'shared' }] },
    'options',
    // Each failed check has an exit code of its own.
    shellContainer('', {
      essential: false,
      entryPoint: ['sh', '-c'],
      command: [
        '[ $(pwd) = /bin ] || exit 11; [ $A = b ] || exit 12; touch /x 2>/dev/null && exit 13; touch /data/here || exit 14; ' +
          "touch /scratch/x || exit 15; grep -q '^tmpfs /scratch tmpfs .*noexec.*size=8192k' /proc/mounts || exit 16; exit 0",
      ],
      environment: [{ name: 'A', value: 'b' }],
      workingDirectory: '/bin',
      readonlyRootFilesystem: true,
      mountPoints: [{ sourceVolume: 'shared', containerPath: '/data' }],
      ulimits: [{ name: 'nofile', softLimit: 100, hardLimit: 200 }],
      linuxParameters: {
        initProcessEnabled: false,
        capabilities: { add: ['SYS_PTRACE'] },
        tmpfs: [{ containerPath: '/scratch', size: 8, mountOptions: ['noexec'] }],
      },
      dockerLabels: { 'com.example.label': 'kept' },
    }),
    shellContainer(
      '[ $(id -u) = 1000 ] || exit 21; [ $(ulimit -n) = 100 ] || exit 22; touch /data/there 2>/dev/null && exit 23; [ -f /data/here ] || exit 24',
      {
        user: '1000',
        ulimits: [{ name: 'nofile', softLimit: 100, hardLimit: 200 }],
        volumesFrom: [{ sourceContainer: 'app', readOnly: true }],
        dependsOn: [{ containerName: 'app', condition: 'SUCCESS' }],
      },
    ),
  )
  const ended = await waitForTask(await runTask(definition), ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.deepEqual(
    ended.containers?.map(({ exitCode, reason }) => [exitCode, reason]),
    [
      [0, undefined],
      [0, undefined],
    ],
  )
})
