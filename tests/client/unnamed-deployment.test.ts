// Rollouts with gateways that do not name the deployment.
import assert from 'node:assert/strict'
import { createServer, request as sendRequest } from 'node:http'
import { after, test } from 'node:test'
import { createClient, isProblem } from '../../packages/client/src/index.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'

test('without Ecs-Api-Deployment the deployment is found by its revision', async () => {
  const program = await startTestProgram()
  const { hostname, port } = new URL((await program.listen()).url)
  const proxy = createServer((request, response) => {
    const { method, url, headers } = request
    const forwarded = sendRequest({ hostname, port, method, path: url, headers }, (gatewayResponse) => {
      const { 'ecs-api-deployment': _, ...others } = gatewayResponse.headers
      response.writeHead(gatewayResponse.statusCode!, others)
      gatewayResponse.pipe(response)
    })
    response.on('close', () => forwarded.destroy())
    request.pipe(forwarded)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  after(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const clientAt = (port: string | number) =>
    createClient({ url: `http://127.0.0.1:${port}`, token: program.token }).account('local')
  const [ecsWithoutHeader, ecs] = [clientAt((proxy.address() as { port: number }).port), clientAt(port)]
  await ecs.clusters.create({ name: 'prod' })
  await ecs.taskDefinitions.create({ family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await (await ecs.services.create('prod', { name: 'www', taskDefinition: 'web', count: 1 })).stable()
  const restarted = await ecsWithoutHeader.services.restart('prod/www')
  const { items } = await ecs.deployments.page('prod/www', { fresh: true })
  assert.equal(await restarted.deploymentId(), items[0]?.id)
  assert.equal((await restarted.stable())?.id, items[0]?.id)
  const scaled = await ecs.services.update('prod/www', { count: 2 })
  assert.equal(await scaled.deploymentId(), undefined)
  assert.equal(await scaled.stable(), undefined)
  assert.equal((await ecs.services.get('prod/www', { fresh: true })).runningCount, 2)
})

test('a deployment that ECS does not name is an error, not a success', async (t) => {
  let now = 0
  t.mock.method(performance, 'now', () => now)
  let deployments: object[] = []
  const server = createServer((request, response) => {
    const type = request.headers.accept === 'text/event-stream' ? 'text/event-stream' : 'application/json'
    response.writeHead(200, { 'content-type': type })
    if (request.url?.endsWith('/deployments')) {
      now += 60_001
      return response.end('{"items":[]}')
    }
    // The old tasks still run.
    const service = { cluster: 'prod', name: 'www', runningCount: 1, desiredCount: 1, pendingCount: 0, deployments }
    const text = JSON.stringify(service)
    response.end(type === 'application/json' ? text : `id: 1\nevent: state\ndata: ${text}\n\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as { port: number }
  const ecs = createClient({ url: `http://127.0.0.1:${port}` }).account('local')
  for (deployments of [[], [{ id: 'ecs-svc/7', status: 'PRIMARY' }]]) {
    const rollout = await ecs.services.restart('prod/www')
    for (const result of [() => rollout.stable(), () => rollout.deploymentId()])
      await assert.rejects(result, (error) => isProblem(error, 'DeploymentUnknown') && /prod\/www/.test(error.message))
  }
})
