import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ECSClient, ListServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { createDataFolder } from '../testing/data-folder.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'
import { startEngineProcess } from '../testing/engine-process.ts'

// The full measure (20 rounds) is `CRASH_ROUNDS=20 node --test …/crash.long.test.ts`.
const rounds = Number(process.env.CRASH_ROUNDS ?? 2)
const SERVICES = 20

test('after kill -9 during deployments every service reaches its last acknowledged count and definition', async (t) => {
  const data = createDataFolder(t)
  const args = ['--data', data, '--pace', 'instant']
  const first = await startEngineProcess(t, ...args)
  const steps = await ecsSteps(clientOf(t, first.url))
  await steps.registerDefinition('web')
  const names = Array.from({ length: SERVICES }, (_, i) => `web-${i}`)
  await Promise.all(names.map((serviceName) => steps.createService({ serviceName })))
  await first.kill()

  for (let round = 0; round < rounds; round++) {
    const engine = await startEngineProcess(t, ...args)
    const ecs = clientOf(t, engine.url)
    const { registerDefinition } = await ecsSteps(ecs)
    const taskDefinition = await registerDefinition('web')
    const acknowledged = new Set<string>()
    const { promise: halfway, resolve } = Promise.withResolvers<void>()
    const updates = names.map(async (service, i) => {
      await ecs.send(new UpdateServiceCommand({ service, taskDefinition, desiredCount: (i + round) % 5 }))
      if (acknowledged.add(service).size === SERVICES / 2) resolve()
    })
    await Promise.race([halfway, Promise.allSettled(updates)])
    await engine.kill()
    await Promise.allSettled(updates)

    const again = await startEngineProcess(t, ...args)
    const after = await ecsSteps(clientOf(t, again.url))
    for (const [i, name] of names.entries()) {
      const service = await after.waitUntilStable(name)
      if (!acknowledged.has(name)) continue
      assert.equal(service.desiredCount, (i + round) % 5)
      assert.ok(service.taskDefinition!.endsWith(taskDefinition))
      assert.equal((await after.tasksOfService(name)).length, service.desiredCount)
    }
    const addresses = (await Promise.all(names.map((name) => after.tasksOfService(name))))
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
