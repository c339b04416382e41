import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CreateClusterCommand, ListClustersCommand, SubmitTaskStateChangeCommand } from '@aws-sdk/client-ecs'
import { openTestEngine } from './testing/test-engine.ts'

test('accounts and Regions are separate', async (t) => {
  const { ecsClientOf } = await openTestEngine(t)
  await ecsClientOf('111122223333', 'us-east-1').send(new CreateClusterCommand({ clusterName: 'prod' }))
  const { clusterArns } = await ecsClientOf('111122223333', 'us-east-1').send(new ListClustersCommand({}))
  assert.deepEqual(clusterArns, ['arn:aws:ecs:us-east-1:111122223333:cluster/prod'])
  assert.deepEqual((await ecsClientOf('111122223333', 'eu-west-1').send(new ListClustersCommand({}))).clusterArns, [])
  assert.deepEqual((await ecsClientOf('444455556666', 'us-east-1').send(new ListClustersCommand({}))).clusterArns, [])
})

test('a missing action is rejected by name', async (t) => {
  const { ecs } = await openTestEngine(t)
  await assert.rejects(ecs.send(new SubmitTaskStateChangeCommand({})), {
    name: 'UnsupportedFeatureException',
    message: 'This engine does not have the action SubmitTaskStateChange of Amazon ECS.',
  })
})

test('a call that is aborted before it begins changes nothing', async (t) => {
  const { ecs } = await openTestEngine(t)
  const abortSignal = AbortSignal.abort()
  await assert.rejects(ecs.send(new CreateClusterCommand({ clusterName: 'prod' }), { abortSignal }), {
    name: 'AbortError',
  })
  assert.deepEqual((await ecs.send(new ListClustersCommand({}))).clusterArns, [])
})

test('the engine’s own fault goes to onUnexpectedError in full, and to the client as a ServerException only', async (t) => {
  const faults: unknown[] = []
  const ids = { hex: () => '', digits: () => '', urlSafe: () => '', alphanumeric: () => '', uuid: () => 'id' }
  let isOpen = false
  const clock = {
    now: () => {
      if (isOpen) throw new Error('inside')
      return Date.now()
    },
    at: () => () => {},
  }
  const { ecs } = await openTestEngine(t, { ids, clock, onUnexpectedError: (error) => faults.push(error) })
  isOpen = true
  await assert.rejects(
    ecs.send(new CreateClusterCommand({})),
    (error: Error) => error.name === 'ServerException' && !error.message.includes('inside'),
  )
  assert.match(String(faults[0]), /inside/)
})
