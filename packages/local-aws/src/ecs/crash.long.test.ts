import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ECSClient, ListServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { dataFolder } from '../testing/data-folder.ts'
import { engineProcess } from '../testing/engine-process.ts'
import { workbench } from '../testing/services.ts'

// The full measure (20 rounds) is `CRASH_ROUNDS=20 node --test …/crash.long.test.ts`.
const rounds = Number(process.env.CRASH_ROUNDS ?? 2)
const SERVICES = 20

test('after kill -9 during deployments every service reaches its last acknowledged count and definition', async (t) => {
  const data = dataFolder(t)
  const args = ['--data', data, '--pace', 'instant']
  const first = await engineProcess(t, ...args)
  const bench = await workbench(clientOf(t, first.url))
  await bench.register('web')
  const names = Array.from({ length: SERVICES }, (_, i) => `web-${i}`)
  await Promise.all(names.map((serviceName) => bench.create({ serviceName })))
  await first.kill()

  for (let round = 0; round < rounds; round++) {
    const engine = await engineProcess(t, ...args)
    const ecs = clientOf(t, engine.url)
    const { register } = await workbench(ecs)
    const taskDefinition = await register('web')
    const acknowledged = new Set<string>()
    const { promise: halfway, resolve } = Promise.withResolvers<void>()
    const updates = names.map(async (service, i) => {
      await ecs.send(new UpdateServiceCommand({ service, taskDefinition, desiredCount: (i + round) % 5 }))
      if (acknowledged.add(service).size === SERVICES / 2) resolve()
    })
    await Promise.race([halfway, Promise.allSettled(updates)])
    await engine.kill()
    await Promise.allSettled(updates)

    const again = await engineProcess(t, ...args)
    const after = await workbench(clientOf(t, again.url))
    for (const [i, name] of names.entries()) {
      const service = await after.stable(name)
      if (!acknowledged.has(name)) continue
      assert.equal(service.desiredCount, (i + round) % 5)
      assert.ok(service.taskDefinition!.endsWith(taskDefinition))
      assert.equal((await after.tasks(name)).length, service.desiredCount)
    }
    const addresses = (await Promise.all(names.map((name) => after.tasks(name))))
      .flat()
      .map((task) => task.attachments![0]!.details!.at(-1)!.value)
    assert.equal(new Set(addresses).size, addresses.length)
    const { serviceArns } = await clientOf(t, again.url).send(new ListServicesCommand({ maxResults: 100 }))
    assert.equal(serviceArns!.length, SERVICES)
    await again.kill()
  }
})

function clientOf(t: TestContext, endpoint: string): ECSClient {
  const client = new ECSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  })
  t.after(() => client.destroy())
  return client
}
