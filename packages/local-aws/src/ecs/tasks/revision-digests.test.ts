import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DescribeServiceRevisionsCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { openedAws } from '../../testing/opened-aws.ts'
import { workbench } from '../../testing/services.ts'

test('a service revision has the digests that its first task has pulled', async (t) => {
  const { ecs } = await openedAws(t, { pace: 'instant' })
  const bench = await workbench(ecs)
  await bench.register(
    'web',
    { image: 'nginx:1.28' },
    { name: 'log', image: 'busybox:1', versionConsistency: 'disabled' },
  )
  await bench.create({ desiredCount: 0 })
  const revision = (await bench.stable()).currentServiceRevisions?.[0]?.arn ?? ''
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
  await bench.stable()
  const [task] = await bench.tasks()
  const { imageDigest } = task?.containers?.find(({ name }) => name === 'app') ?? {}
  assert.match(imageDigest ?? '', /^sha256:[0-9a-f]{64}$/)
  assert.deepEqual(await images(), [{ ...unresolved[0], imageDigest }, unresolved[1]])
})
