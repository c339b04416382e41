import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  CreateClusterCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Service,
} from '@aws-sdk/client-ecs'
import { createDataFolder } from '../testing/data-folder.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'
import { startEngineProcess } from '../testing/engine-process.ts'

// Few rounds by default, so that the test is quick. CRASH_ROUNDS=20 tests thoroughly.
const rounds = Number(process.env.CRASH_ROUNDS ?? 2)

test('kill -9 during 500 writes loses no acknowledged write, and leaves none half done', async (t) => {
  const data = createDataFolder(t)
  for (let round = 0; round < rounds; round++) {
    const engine = await startEngineProcess(t, '--data', data)
    const client = clientOf(t, engine.url)
    const { registerDefinition, createService } = await ecsSteps(client)
    await registerDefinition('web')
    const acknowledged: string[] = []
    const { promise: halfway, resolve } = Promise.withResolvers<void>()
    const writes = Array.from({ length: 500 }, async (_, i) => {
      const name = `${i % 10 === 0 ? 'service' : 'cluster'}-${round}-${i}`
      await (i % 10 === 0
        ? createService({ serviceName: name, desiredCount: 2 })
        : registerAndCreateCluster(client, name))
      acknowledged.push(name)
      if (acknowledged.length === 250) resolve()
    })
    const allWritesEnded = Promise.allSettled(writes)
    await halfway
    await engine.kill()
    await allWritesEnded

    const restarted = await startEngineProcess(t, '--data', data)
    const survivor = clientOf(t, restarted.url)
    await assertAllExist(survivor, acknowledged)
    await assertServicesReachTheirCount(survivor)
    await restarted.kill()
  }
})

/** Registers a definition of one revision, and creates a cluster. */
async function registerAndCreateCluster(client: ECSClient, name: string): Promise<void> {
  const containerDefinitions = [{ name: 'a', image: 'b', memory: 64 }]
  await client.send(
    new RegisterTaskDefinitionCommand({ family: name, containerDefinitions, tags: [{ key: 'a', value: name }] }),
  )
  await client.send(new CreateClusterCommand({ clusterName: name }))
}

async function assertAllExist(client: ECSClient, acknowledged: string[]): Promise<void> {
  const clusters = acknowledged.filter((name) => name.startsWith('cluster'))
  for (let i = 0; i < clusters.length; i += 100) {
    const { failures } = await client.send(new DescribeClustersCommand({ clusters: clusters.slice(i, i + 100) }))
    assert.deepEqual(failures, [])
  }
  const services = await allServices(client)
  const missing = acknowledged.filter(
    (name) => name.startsWith('service') && !services.some(({ serviceName }) => serviceName === name),
  )
  assert.deepEqual(missing, [])
  for (const family of clusters.slice(-50)) {
    const { taskDefinition, tags } = await client.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ['TAGS'] }),
    )
    assert.equal(taskDefinition?.revision, 1)
    assert.deepEqual(tags, [{ key: 'a', value: family }])
    // A revision and the family's counter are set in one batch: with a lost counter, this would be revision 1 again.
    const next = await client.send(
      new RegisterTaskDefinitionCommand({ family, containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }] }),
    )
    assert.equal(next.taskDefinition?.revision, 2)
  }
}

/** Asserts that each service, acknowledged or not, is complete and reaches exactly its desired count of tasks. */
async function assertServicesReachTheirCount(client: ECSClient): Promise<void> {
  const { pollUntil } = await ecsSteps(client)
  const isComplete = ({ deployments, runningCount, pendingCount }: Service) =>
    deployments?.length === 1 &&
    deployments[0]?.rolloutState === 'COMPLETED' &&
    runningCount === 2 &&
    pendingCount === 0
  const services = await pollUntil(
    () => allServices(client),
    (seen) => seen.every(isComplete),
  )
  assert.ok(services.length > 0)
  for (const { serviceName } of services)
    assert.equal((await client.send(new ListTasksCommand({ serviceName }))).taskArns?.length, 2)
}

async function allServices(client: ECSClient): Promise<Service[]> {
  const services: Service[] = []
  let nextToken: string | undefined
  do {
    const page = await client.send(new ListServicesCommand({ nextToken, maxResults: 10 }))
    const { services: described = [] } = await client.send(new DescribeServicesCommand({ services: page.serviceArns }))
    services.push(...described)
    nextToken = page.nextToken
  } while (nextToken)
  return services
}

function clientOf(t: TestContext, endpoint: string): ECSClient {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const client = new ECSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  t.after(() => client.destroy())
  return client
}
