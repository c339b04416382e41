// `waitingFor` at each stage of a rolling deployment on real containers, through HTTP.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startEngineOverTcp } from '../../packages/gateway/src/testing/engine-over-tcp.ts'
import { openEventReader } from '../../packages/gateway/src/testing/event-reader.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { testImage as busybox, ensureTestImage } from '../../packages/local-aws/src/testing/containers.ts'
import { noRegistry, runtimeForRegistry, startRegistry } from '../../packages/local-aws/src/testing/registry.ts'

const skip = noRegistry
const path = '/real/clusters/prod/services/www'

async function openProgram() {
  await ensureTestImage()
  const { foundRuntime: found, end } = await runtimeForRegistry()
  const remote = await startEngineOverTcp({ runtime: found.address })
  const { api, listen, token } = await startTestProgram({ accounts: [remote.account('real')] })
  after(end)
  const { url } = await listen()
  return { api, root: `${url}/v1/ecs`, authorization: `Bearer ${token}` }
}
const here = skip ? undefined : await openProgram()

/** Changes the service, and follows the deployment that this starts. */
async function followedDeployment(patch: object) {
  const { api, root, authorization } = here!
  const changed = await api.patch(path, patch)
  assert.equal(changed.status, 200, changed.text)
  const { body } = await api.get(`${path}/deployments`, { headers: { 'cache-control': 'no-cache' } })
  const stream = await openEventReader(`${root}${path}/deployments/${body.items[0].id}`, { authorization })
  const untilSentence = (wanted: RegExp) => stream.waitForEvent(({ data }) => wanted.test(data?.waitingFor))
  const untilStatus = async (status: string) => (await stream.waitForEvent(({ data }) => data?.status === status)).data
  return { untilSentence, untilStatus, close: stream.close }
}

test('a rolling deployment tells when it pulls, waits for healthy tasks, and rolls back', {
  skip,
}, async (t) => {
  const { api } = here!
  const registry = await startRegistry(t)
  const { image } = await registry.publish('web', { bytes: 400_000 })
  const web = {
    name: 'web',
    image: busybox,
    command: ['sh', '-c', 'trap exit TERM; sleep 1000 & wait'],
    stopTimeout: 5,
  }
  const made = [
    await api.post('/real/clusters', { name: 'prod' }),
    await api.post('/real/taskdefs', { family: 'web', containerDefinitions: [web] }),
    await api.post('/real/clusters/prod/services?wait=STABLE&timeout=300', {
      name: 'www',
      taskDefinition: 'web',
      count: 2,
      subnets: ['subnet-0a1b2c3d'],
      availabilityZoneRebalancing: 'DISABLED',
    }),
  ]
  for (const { status, text } of made) assert.equal(status, 201, text)

  const pull = registry.holdLayers()
  const rolling = await followedDeployment({
    containers: {
      web: {
        image,
        command: ['sh', '-c', 'trap exit TERM; sleep 4; mkdir /ready; sleep 1000 & wait'],
        healthCheck: { command: ['CMD-SHELL', '[ -d /ready ]'], interval: 5, retries: 3 },
      },
    },
  })
  await rolling.untilSentence(/^2 tasks pulling images or starting containers$/)
  pull.release()
  await rolling.untilSentence(/^none of the 2 .* passed its health check yet$/)
  assert.equal((await rolling.untilStatus('SUCCESSFUL')).waitingFor, undefined)
  rolling.close()

  const failing = await followedDeployment({
    // The old tasks stop first, so that the rollback has to start tasks.
    deploymentConfiguration: {
      minimumHealthyPercent: 0,
      maximumPercent: 100,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    containers: { web: { command: ['sh', '-c', 'sleep 3; exit 3'] } },
  })
  await failing.untilSentence(/^ECS (starts|is about to start|pauses)|^\d tasks? (pulling|starting|waiting)/)
  await failing.untilSentence(/^ECS rolls back to \S+:\d+: \d of its 2 tasks run \(.*circuit breaker/)
  assert.equal((await failing.untilStatus('ROLLBACK_SUCCESSFUL')).waitingFor, undefined)
  failing.close()
})
