import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  CreateClusterCommand,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { dataFolder } from './testing/data-folder.ts'
import { engineProcess } from './testing/engine-process.ts'

// The full measure of it (20 times) is `CRASH_ROUNDS=20 node --test …/crash.test.ts`.
const rounds = Number(process.env.CRASH_ROUNDS ?? 2)

test('kill -9 in the middle of 500 writes loses nothing that was acknowledged, and leaves nothing half done', async (t) => {
  const data = dataFolder(t)
  for (let round = 0; round < rounds; round++) {
    const engine = await engineProcess(t, '--data', data)
    const client = clientOf(t, engine.url)
    const acknowledged: string[] = []
    const { promise: halfway, resolve } = Promise.withResolvers<void>()
    const writes = Array.from({ length: 500 }, (_, i) => {
      const name = `r${round}-${i}`
      return write(client, name).then(() => {
        acknowledged.push(name)
        if (acknowledged.length === 250) resolve()
      })
    })
    const settled = Promise.allSettled(writes)
    await halfway
    await engine.kill()
    await settled
    assert.ok(acknowledged.length >= 250)

    const again = await engineProcess(t, '--data', data)
    await everythingIsThere(clientOf(t, again.url), acknowledged)
    await again.kill()
  }
})

/** Both of them: a definition of 1 revision, and a cluster. */
async function write(client: ECSClient, name: string): Promise<void> {
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }],
      tags: [{ key: 'a', value: name }],
    }),
  )
  await client.send(new CreateClusterCommand({ clusterName: name }))
}

async function everythingIsThere(client: ECSClient, names: string[]): Promise<void> {
  for (let i = 0; i < names.length; i += 100) {
    const { failures } = await client.send(new DescribeClustersCommand({ clusters: names.slice(i, i + 100) }))
    assert.deepEqual(failures, [])
  }
  for (const family of names.slice(-50)) {
    const { taskDefinition, tags } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ['TAGS'] }))
    assert.equal(taskDefinition?.revision, 1)
    assert.deepEqual(tags, [{ key: 'a', value: family }])
    // A revision and the family's count are set in one turn: were the count alone lost, this would be revision 1 again.
    const next = await client.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }] }))
    assert.equal(next.taskDefinition?.revision, 2)
  }
}

function clientOf(t: TestContext, endpoint: string): ECSClient {
  const client = new ECSClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 })
  t.after(() => client.destroy())
  return client
}
