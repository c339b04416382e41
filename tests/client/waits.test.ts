// A request with `?wait=` whose connection breaks: the change is made once, and the client learns how the wait ended.
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'
import { after, test } from 'node:test'
import { createClient } from '../../packages/client/src/index.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'

const program = await startTestProgram({ engine: { pace: 'fast' } })
const { hostname, port } = new URL((await program.listen()).url)
const requests: IncomingMessage[] = []

/** Breaks the connection when the gateway has created the service and waits for it. */
async function cutOnceCreated(response: ServerResponse): Promise<void> {
  while ((await program.api.get('/local/clusters/prod/services/www')).status !== 200);
  response.destroy()
}

let cutsNextWait = false
const proxy = createServer((request, response) => {
  requests.push(request)
  const { method, url: path, headers } = request
  const forwarded = sendRequest({ hostname, port, method, path, headers }, (gatewayResponse) => {
    response.writeHead(gatewayResponse.statusCode!, gatewayResponse.headers)
    gatewayResponse.pipe(response)
  })
  forwarded.on('error', () => response.destroy())
  response.on('close', () => forwarded.destroy())
  request.pipe(forwarded)
  if (cutsNextWait && path?.includes('wait=')) {
    cutsNextWait = false
    cutOnceCreated(response)
  }
})
await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
after(() => {
  proxy.closeAllConnections()
  proxy.close()
})

test('a wait whose connection breaks is sent again with the same idempotency key', async () => {
  const address = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`
  const ecs = createClient({ url: address, token: program.token }).account('local')
  await ecs.clusters.create({ name: 'prod' })
  await ecs.taskDefinitions.create({ family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  cutsNextWait = true
  const { service } = await ecs.services.create(
    'prod',
    { name: 'www', taskDefinition: 'web', count: 1 },
    { wait: 'STABLE', timeoutSeconds: 60 },
  )
  assert.equal(service.outcome, 'reached')
  const tries = requests.filter(({ method, url: path }) => method === 'POST' && path?.includes('/services'))
  assert.ok(tries.length >= 2)
  assert.equal(new Set(tries.map(({ headers }) => headers['idempotency-key'])).size, 1)
  assert.equal((await ecs.deployments.page('prod/www', { fresh: true })).items.length, 1)
})
