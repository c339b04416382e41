import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import {
  getContainerRuntime,
  noContainers,
  openEngineWithContainers,
  shellContainer,
  webServerContainer,
} from '../testing/containers.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'
import { leftoversOfEngine, networkRangeOf } from '../testing/leftovers.ts'

test('an engine’s tasks leave nothing on the machine: no process, rule, interface or name', {
  skip: noContainers,
}, async (t) => {
  const { aws, docker, ecs } = await openEngineWithContainers(t, {})
  const { engineId } = aws
  const { registerDefinitionWith, registerDefinition, runTask, waitForTask } = await ecsSteps(ecs)
  const volume = { volumes: [{ name: 'data' }] }
  const web = await runTask(
    await registerDefinitionWith(volume, 'web', {
      ...webServerContainer('hi'),
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
    }),
  )
  await waitForTask(web, ({ lastStatus }) => lastStatus === 'RUNNING')
  const range = await networkRangeOf(docker, engineId)
  // First the checks must find traces while they exist: otherwise a later absence would prove nothing.
  const foundTraces = Object.entries(await leftoversOfEngine(docker, engineId, range)).filter(
    ([, traces]) => traces.length > 0,
  )
  const isOnThisMachine = getContainerRuntime().isRootfulOnThisMachine && process.getuid?.() === 0
  const kinds = ['containers', 'networks', 'volumes', ...(isOnThisMachine ? ['processes', 'rules', 'interfaces'] : [])]
  if (isOnThisMachine && getContainerRuntime().name === 'podman') kinds.push('namesServed')
  if (isOnThisMachine && getContainerRuntime().cgroupDriver === 'cgroupfs') kinds.push('cgroups')
  assert.deepEqual(foundTraces.map(([kind]) => kind).sort(), kinds.sort())

  // The network's last task publishes no port, unlike the tasks before it.
  const job = await runTask(await registerDefinition('job', shellContainer('trap exit TERM; sleep 60 & wait')))
  await waitForTask(job, ({ lastStatus }) => lastStatus === 'RUNNING')
  for (const arn of [web, job]) {
    await ecs.send(new StopTaskCommand({ task: arn }))
    await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  }
  const between = await leftoversOfEngine(docker, engineId, range)
  assert.deepEqual([between.containers, between.volumes, between.namesServed], [[], [], []])
  // After the test `openEngineWithContainers` closes the engine and asserts that nothing at all is left.
})
