// The client's transport over node:http and node:https.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { createClient, isProblem, NoResponse, responseMeta } from '../../packages/client/src/index.ts'
import { nodeTransport } from '../../packages/client/src/node/index.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { createSelfSignedCertificate } from '../../packages/gateway/src/testing/self-signed.ts'

const program = await startTestProgram()
const { url } = await program.listen()
const { token } = program
const ecs = createClient({ url, token, fetch: nodeTransport() }).account('local')

test('calls, problems, streams and rollouts work without fetch', async () => {
  await ecs.clusters.create({ name: 'prod' })
  await ecs.taskDefinitions.create({ family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const rollout = await ecs.services.create('prod', { name: 'www', taskDefinition: 'web', count: 1 })
  assert.equal((await rollout.stable())?.status, 'SUCCESSFUL')
  assert.ok(responseMeta(await ecs.services.get('prod/www'))?.etag)
  await assert.rejects(ecs.services.get('prod/none'), (error) => isProblem(error, 'ServiceNotFound'))
  const types: string[] = []
  for await (const { type } of ecs.clusters.watch('prod')) {
    types.push(type)
    if (type === 'change') break
    await ecs.clusters.update('prod', { tags: { a: '1' } })
  }
  assert.deepEqual(types, ['state', 'change'])
})

/** @returns the address of a server with this handler */
async function serve(handler: (request: IncomingMessage, response: import('node:http').ServerResponse) => void) {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

test('the transport reuses connections', async () => {
  const ports = new Set<number>()
  const address = await serve((request, response) => {
    ports.add(request.socket.remotePort!)
    response.setHeader('content-type', 'application/json').end('{"name":"a"}')
  })
  const client = createClient({ url: address, fetch: nodeTransport() }).account('a')
  for (let i = 0; i < 3; i++) await client.clusters.get('a')
  assert.equal(ports.size, 1)
})

test('an abort closes the connection, both before the response and in its body', async () => {
  const reason = { why: 'enough' }
  for (const phase of ['response', 'body']) {
    const aborting = new AbortController()
    const connectionClosed = Promise.withResolvers<void>()
    const address = await serve((_, response) => {
      response.on('close', () => connectionClosed.resolve())
      if (phase === 'response') return aborting.abort(reason)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"name":', () => setImmediate(() => aborting.abort(reason)))
    })
    const client = createClient({ url: address, fetch: nodeTransport() }).account('a')
    await assert.rejects(client.clusters.get('a', { signal: aborting.signal }), (error) => error === reason)
    await connectionClosed.promise
  }
})

test('a self-signed certificate is trusted by the transport that names it, and by no other', async () => {
  const { key, cert } = createSelfSignedCertificate()
  const server = createSecureServer({ key, cert }, (_, response) => {
    response.setHeader('content-type', 'application/json').end('{"name":"a"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = `https://localhost:${(server.address() as { port: number }).port}`
  const clientWith = (transport: ReturnType<typeof nodeTransport>) =>
    createClient({ url: address, fetch: transport, retries: { tries: 1 } }).account('a')
  assert.equal((await clientWith(nodeTransport({ ca: cert })).clusters.get('a')).name, 'a')
  await assert.rejects(
    clientWith(nodeTransport()).clusters.get('a'),
    (error) => error instanceof NoResponse && /self-signed/.test(error.message),
  )
})

test('without a connection to any address of a host, the error has the reason of the first', async () => {
  const refuse = () => new Promise<never>((_, reject) => connectToTwoAddresses().on('error', reject))
  for (const fetch of [
    refuse,
    () => refuse().catch((cause) => Promise.reject(new TypeError('fetch failed', { cause }))),
  ])
    await assert.rejects(
      createClient({ url: 'http://two.test', fetch, retries: { tries: 1 } })
        .account('a')
        .clusters.get('a'),
      { name: 'NoResponse', message: /no response \(connect ECONNREFUSED 127\.0\.0\.1:1\)/ },
    )
})

/** A connection to a host whose two addresses refuse it. */
function connectToTwoAddresses() {
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
  return connect({ host: 'two.test', port: 1, lookup: (_host, _options, onFound) => onFound(null, addresses) })
}

test('a program with this transport loads no fetch, and ends when it is done', async () => {
  const program = `
    const { createClient } = await import('./packages/client/src/index.ts')
    const { nodeTransport } = await import('./packages/client/src/node/index.ts')
    Object.defineProperty(globalThis, 'fetch', { get: () => { throw new Error('fetch is used') } })
    const client = createClient({ url: ${JSON.stringify(url)}, token: process.env.TOKEN, fetch: nodeTransport() })
    console.log((await client.me()).role)`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, TOKEN: token },
    timeout: 20_000,
  })
  assert.deepEqual([stdout, stderr], ['admin\n', ''])
})
