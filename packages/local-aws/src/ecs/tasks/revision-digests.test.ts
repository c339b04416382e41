import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DescribeServiceRevisionsCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { ecsSteps } from '../../testing/ecs-steps.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

test('a service revision has the digests that its first task has pulled', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition(
    'web',
    { image: 'nginx:1.28' },
    { name: 'log', image: 'busybox:1', versionConsistency: 'disabled' },
  )
  await steps.createService({ desiredCount: 0 })
  const revision = (await steps.waitUntilStable()).currentServiceRevisions?.[0]?.arn ?? ''
  const images = async () => {
    const { serviceRevisions } = await ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revision] }),
    )
    return serviceRevisions?.[0]?.containerImages
  }
  const unresolved = [
    { containerName: 'app', image: 'nginx:1.28' },
    { containerName: 'log', image: 'busybox:1' },
  ]
  assert.deepEqual(await images(), unresolved)
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 1 }))
  await steps.waitUntilStable()
  const [task] = await steps.tasksOfService()
  const { imageDigest } = task?.containers?.find(({ name }) => name === 'app') ?? {}
  assert.match(imageDigest ?? '', /^sha256:[0-9a-f]{64}$/)
  assert.deepEqual(await images(), [{ ...unresolved[0], imageDigest }, unresolved[1]])
})
