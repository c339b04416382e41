import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { cannotRun, openedWithContainers, runtimeHere, shell, webServer } from '../testing/containers.ts'
import { workbench } from '../testing/services.ts'
import { rangeOf, tracesOf } from '../testing/traces.ts'

test('of an engine’s tasks nothing is left on the machine: no process, no rule, no interface, no name', {
  skip: cannotRun,
}, async (t) => {
  const { aws, docker, ecs } = await openedWithContainers(t, {})
  const { engineId } = aws
  const { registerWith, register, runTask, task } = await workbench(ecs)
  const volume = { volumes: [{ name: 'data' }] }
  const web = await runTask(
    await registerWith(volume, 'web', {
      ...webServer('hi'),
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
    }),
  )
  await task(web, ({ lastStatus }) => lastStatus === 'RUNNING')
  const range = await rangeOf(docker, engineId)
  // What can't be seen while it is there can't be said to be gone.
  const seen = Object.entries(await tracesOf(docker, engineId, range)).filter(([, things]) => things.length > 0)
  const here = runtimeHere().rootfulHere && process.getuid?.() === 0
  const kinds = ['containers', 'networks', 'volumes', ...(here ? ['processes', 'rules', 'interfaces'] : [])]
  if (here && runtimeHere().name === 'podman') kinds.push('namesServed')
  if (here && runtimeHere().cgroupDriver === 'cgroupfs') kinds.push('cgroups')
  assert.deepEqual(seen.map(([kind]) => kind).sort(), kinds.sort())

  // The last task of a network has no published port, as others before it had.
  const job = await runTask(await register('job', shell('trap exit TERM; sleep 60 & wait')))
  await task(job, ({ lastStatus }) => lastStatus === 'RUNNING')
  for (const arn of [web, job]) {
    await ecs.send(new StopTaskCommand({ task: arn }))
    await task(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  }
  const between = await tracesOf(docker, engineId, range)
  assert.deepEqual([between.containers, between.volumes, between.namesServed], [[], [], []])
  // After the test the engine is closed, and nothing at all may be left: `openedWithContainers`.
})
