import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import {
  cannotRun,
  getContainerRuntime,
  openedWithContainers,
  shellContainer,
  webServerContainer,
} from '../testing/containers.ts'
import { workbench } from '../testing/services.ts'
import { networkRangeOf, tracesOf } from '../testing/traces.ts'

test('an engine’s tasks leave nothing on the machine: no process, rule, interface or name', {
  skip: cannotRun,
}, async (t) => {
  const { aws, docker, ecs } = await openedWithContainers(t, {})
  const { engineId } = aws
  const { registerWith, register, runTask, taskWhen } = await workbench(ecs)
  const volume = { volumes: [{ name: 'data' }] }
  const web = await runTask(
    await registerWith(volume, 'web', {
      ...webServerContainer('hi'),
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
    }),
  )
  await taskWhen(web, ({ lastStatus }) => lastStatus === 'RUNNING')
  const range = await networkRangeOf(docker, engineId)
  // The checks must find the traces while they exist, or their absence would prove nothing.
  const seen = Object.entries(await tracesOf(docker, engineId, range)).filter(([, things]) => things.length > 0)
  const here = getContainerRuntime().isRootfulOnThisMachine && process.getuid?.() === 0
  const kinds = ['containers', 'networks', 'volumes', ...(here ? ['processes', 'rules', 'interfaces'] : [])]
  if (here && getContainerRuntime().name === 'podman') kinds.push('namesServed')
  if (here && getContainerRuntime().cgroupDriver === 'cgroupfs') kinds.push('cgroups')
  assert.deepEqual(seen.map(([kind]) => kind).sort(), kinds.sort())

  // The network's last task publishes no port, unlike the tasks before it.
  const job = await runTask(await register('job', shellContainer('trap exit TERM; sleep 60 & wait')))
  await taskWhen(job, ({ lastStatus }) => lastStatus === 'RUNNING')
  for (const arn of [web, job]) {
    await ecs.send(new StopTaskCommand({ task: arn }))
    await taskWhen(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  }
  const between = await tracesOf(docker, engineId, range)
  assert.deepEqual([between.containers, between.volumes, between.namesServed], [[], [], []])
  // After the test `openedWithContainers` closes the engine and asserts that nothing at all is left.
})
