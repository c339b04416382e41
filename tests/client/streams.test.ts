// The client's streams: they resume after breaks, are shared by consumers, and end. A rollout follows the deployment
// that its call started.
import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { after, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createClient, DeploymentFailed, isProblem } from '../../packages/client/src/index.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'

const program = await startTestProgram()
const { url } = await program.listen()
const client = createClient({ url, token: program.token })
const ecs = client.account('local')
await ecs.clusters.create({ name: 'prod' })
await ecs.taskDefinitions.create({ family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }] })

interface StreamConnection {
  lastEventId: string | undefined
  response: ServerResponse
}

/** Starts a gateway that does not respond by itself: the test writes the response of each connection. */
async function scriptedGateway() {
  const untaken: StreamConnection[] = []
  const waitingCalls: ((connection: StreamConnection) => void)[] = []
  const server = createServer((request, response) => {
    const connection = { lastEventId: request.headers['last-event-id'] as string | undefined, response }
    const take = waitingCalls.shift()
    if (take) take(connection)
    else untaken.push(connection)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  return {
    address,
    client: createClient({ url: address }).account('local'),
    /** The oldest connection that no call of `nextConnection` has taken, or else the next one to arrive. */
    nextConnection: () => {
      const connection = untaken.shift()
      return connection
        ? Promise.resolve(connection)
        : new Promise<StreamConnection>((resolve) => waitingCalls.push(resolve))
    },
    untakenCount: () => untaken.length,
  }
}

/** Begins the response of a stream with the text. */
const beginStream = ({ response }: StreamConnection, text: string) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(text)
}
const event = (id: number, type: string, data: object) => `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`
const untilClosed = ({ response }: StreamConnection) => new Promise<void>((resolve) => response.on('close', resolve))

test('a watch begins with the state, has each change, and ends with the deletion', async () => {
  await ecs.clusters.create({ name: 'watched' })
  const types: string[] = []
  for await (const each of ecs.clusters.watch('watched')) {
    if (each.type === 'problem') continue
    types.push(`${each.type} ${JSON.stringify(each.resource.tags)}`)
    if (each.type === 'state') await ecs.clusters.update('watched', { tags: { a: '1' } })
    else if (each.type === 'change') await ecs.clusters.remove('watched')
  }
  assert.deepEqual([types[0], types[1], types.at(-1)?.split(' ')[0]], ['state {}', 'change {"a":"1"}', 'deleted'])
})

test('a broken stream resumes after the last event that it received: each event once, in order', async () => {
  const { client: local, nextConnection } = await scriptedGateway()
  const breaks: unknown[] = []
  const watched = local.services.watch('prod/www', { onBreak: (error) => breaks.push(error) })
  const numbers: number[] = []
  const reading = (async () => {
    for await (const each of watched)
      if (each.type !== 'problem') numbers.push(Number((each.resource as unknown as { n: number }).n))
  })()
  const first = await nextConnection()
  beginStream(first, `retry: 1000\r\n\r\n: still here\n\n${event(1, 'state', { n: 1 })}`)
  // An event arrives in two chunks, and the connection breaks in the middle of the next event.
  const [firstHalf, secondHalf] = [event(2, 'change', { n: 2 }).slice(0, 20), event(2, 'change', { n: 2 }).slice(20)]
  first.response.write(firstHalf)
  setImmediate(() =>
    first.response.write(secondHalf + event(3, 'change', { n: 3 }).slice(0, -3), () => first.response.destroy()),
  )
  const second = await nextConnection()
  assert.equal(second.lastEventId, '2')
  second.response.writeHead(503).end()
  const third = await nextConnection()
  assert.equal(third.lastEventId, '2')
  beginStream(third, event(3, 'change', { n: 3 }))
  third.response.end('event: end\ndata: {"code":"ShuttingDown","detail":"bye"}\n\n')
  const fourth = await nextConnection()
  assert.equal(fourth.lastEventId, '3')
  const problem = { type: '', title: '', status: 410, code: 'CursorTooOld', detail: 'Too old.', requestId: 'r' }
  fourth.response.writeHead(410, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
  const fifth = await nextConnection()
  assert.equal(fifth.lastEventId, undefined)
  beginStream(fifth, event(9, 'state', { n: 9 }) + event(10, 'deleted', { n: 10 }))
  await reading
  assert.deepEqual(numbers, [1, 2, 3, 9, 10])
  assert.equal(breaks.length, 4)
})

test('40 s without a byte break a stream, and a comment keeps it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { address, nextConnection } = await scriptedGateway()
  let onChunk = () => {}
  const observedFetch: typeof fetch = async (...request) => {
    const response = await fetch(...request)
    const transform = (chunk: Uint8Array, controller: TransformStreamDefaultController) => {
      controller.enqueue(chunk)
      onChunk()
    }
    return new Response(response.body!.pipeThrough(new TransformStream({ transform })), response)
  }
  const local = createClient({ url: address, fetch: observedFetch }).account('local')
  const broken = Promise.withResolvers<void>()
  let isBroken = false
  const onBreak = () => {
    isBroken = true
    broken.resolve()
  }
  const aborting = new AbortController()
  const iterator = local.services.watch('prod/www', { signal: aborting.signal, onBreak })
  const first = iterator.next()
  const connection = await nextConnection()
  beginStream(connection, event(1, 'state', { n: 1 }))
  await first
  const change = iterator.next()
  for (let comments = 0; comments < 3; comments++) {
    t.mock.timers.tick(39_000)
    const read = new Promise<void>((resolve) => {
      onChunk = resolve
    })
    connection.response.write(': still here\n\n')
    await read
    // The client has read the chunk by the next turn of the event loop.
    await nextTurn()
  }
  assert.equal(isBroken, false)
  connection.response.write(event(2, 'change', { n: 2 }))
  await change
  const resumed = iterator.next()
  t.mock.timers.tick(39_000)
  assert.equal(connection.response.destroyed, false)
  const connectionClosed = untilClosed(connection)
  t.mock.timers.tick(1_001)
  await Promise.all([connectionClosed, broken.promise])
  t.mock.timers.tick(250)
  assert.equal((await nextConnection()).lastEventId, '2')
  aborting.abort()
  await assert.rejects(resumed)
})

test('several consumers of a resource share one stream, and the last one that leaves closes it', async () => {
  const { client: local, nextConnection, untakenCount } = await scriptedGateway()
  const [a, b] = [local.services.watch('prod/www'), local.services.watch('prod/www')]
  const firstOfA = a.next()
  const connection = await nextConnection()
  beginStream(connection, event(1, 'state', { n: 1 }) + event(2, 'change', { n: 2 }))
  assert.equal((await firstOfA).value?.type, 'state')
  assert.equal((await a.next()).value?.type, 'change')
  const firstOfB = (await b.next()).value
  assert.deepEqual(firstOfB, { type: 'state', resource: { n: 2 }, id: '2' })
  assert.equal(untakenCount(), 0)
  await a.return()
  connection.response.write(event(3, 'change', { n: 3 }))
  assert.deepEqual((await b.next()).value, { type: 'change', resource: { n: 3 }, id: '3' })
  const connectionClosed = untilClosed(connection)
  await b.return()
  await connectionClosed
})

test('a consumer that joins after the deletion opens a stream of its own', async () => {
  const { client: local, nextConnection } = await scriptedGateway()
  const watched = local.services.watch('prod/www')
  const first = watched.next()
  const connection = await nextConnection()
  beginStream(connection, event(1, 'state', { n: 1 }) + event(2, 'deleted', { n: 2 }))
  await first
  assert.equal((await watched.next()).value?.type, 'deleted')
  const late = local.services.watch('prod/www')
  const state = late.next()
  state.catch(() => {})
  const created = await Promise.race([nextConnection(), state])
  assert.ok('response' in created, 'the late consumer is not given the deleted resource, but opens a stream')
  beginStream(created, event(3, 'state', { n: 3 }))
  assert.deepEqual((await state).value, { type: 'state', resource: { n: 3 }, id: '3' })
  await late.return()
})

test('a consumer may take longer than 40 s for an event: nothing is read then, and nothing breaks', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { client: local, nextConnection, untakenCount } = await scriptedGateway()
  const breaks: unknown[] = []
  const changes = local.changes({ onBreak: (error) => breaks.push(error) })
  const first = changes.next()
  const connection = await nextConnection()
  const page = { items: [], remaining: 1 }
  beginStream(connection, event(1, 'state', page))
  await first
  t.mock.timers.tick(41_000)
  connection.response.write(event(2, 'state', { ...page, remaining: 0 }))
  assert.equal(((await changes.next()).value as { id: string }).id, '2')
  assert.deepEqual([breaks, untakenCount()], [[], 0])
  await changes.return()
})

test('an abort drops the events that the consumer has not taken', async () => {
  const { client: local, nextConnection } = await scriptedGateway()
  const reason = new Error('enough')
  const aborting = new AbortController()
  const aborted = local.services.watch('prod/www', { signal: aborting.signal })
  const other = local.services.watch('prod/www')
  const firstEvents = [aborted.next(), other.next()]
  beginStream(await nextConnection(), [1, 2].map((n) => event(n, n === 1 ? 'state' : 'change', { n })).join(''))
  await Promise.all(firstEvents)
  // Both share the stream, so the second event is in the queue of each.
  await other.next()
  aborting.abort(reason)
  await assert.rejects(aborted.next(), reason)
  await other.return()
})

test('an abort ends a stream with its reason and closes its connection, whatever the stream is doing', async () => {
  const { client: local, nextConnection } = await scriptedGateway()
  const reason = new Error('enough')
  for (const phase of ['opening', 'reading', 'pausing']) {
    const aborting = new AbortController()
    const onBreak = () => setImmediate(() => aborting.abort(reason))
    const iterator = local.services.watch('prod/www', { signal: aborting.signal, onBreak })
    const pending = iterator.next()
    const connection = await nextConnection()
    const connectionClosed = untilClosed(connection)
    if (phase === 'pausing') connection.response.destroy()
    if (phase === 'opening') aborting.abort(reason)
    if (phase === 'reading') {
      beginStream(connection, event(1, 'state', { n: 1 }))
      await pending
      const second = iterator.next()
      aborting.abort(reason)
      await assert.rejects(second, reason)
    } else await assert.rejects(pending, reason)
    await connectionClosed
  }
})

test('a stream that cannot begin, or ends for good, throws the problem', async () => {
  await assert.rejects(ecs.services.watch('prod/none').next(), (error) => isProblem(error, 'ServiceNotFound'))
  const { client: local, nextConnection } = await scriptedGateway()
  const pending = local.services.watch('prod/www').next()
  beginStream(
    await nextConnection(),
    'event: end\ndata: {"code":"Unauthorized","detail":"The token is no longer valid."}\n\n',
  )
  await assert.rejects(pending, (error) => isProblem(error, 'Unauthorized'))
})

test('an error of the token function ends a stream that would resume', async () => {
  const failure = new Error('the session has ended')
  const tokens = [program.token]
  const nextToken = () => {
    const token = tokens.shift()
    if (token === undefined) throw failure
    return token
  }
  const { address, nextConnection } = await scriptedGateway()
  const watched = createClient({ url: address, token: nextToken }).account('local').services.watch('prod/www')
  const first = watched.next()
  const connection = await nextConnection()
  beginStream(connection, event(1, 'state', { n: 1 }))
  await first
  connection.response.destroy()
  await assert.rejects(watched.next(), failure)
})

test('a rollout follows the deployment that its call made', async () => {
  const rollout = await ecs.services.create('prod', { name: 'www', taskDefinition: 'web', count: 2 })
  const sentences: string[] = []
  for await (const { sentence } of rollout.progress()) sentences.push(sentence)
  assert.match(sentences.at(-1)!, /^Deployed/)
  const deployment = await rollout.stable()
  assert.equal(deployment?.id, await rollout.deploymentId())
  const restart = await ecs.services.restart('prod/www')
  const restarted = await restart.stable()
  assert.notEqual(restarted?.id, deployment?.id)
  assert.equal((await ecs.deployments.get(restarted!)).status, 'SUCCESSFUL')
  const back = await ecs.services.update('prod/www', { containers: { web: { image: 'nginx:1.30' } } })
  await back.stable()
  // Release 1 is the first deployment of the service, with nginx:1.29.
  const plan = await ecs.services.rollback('prod/www', { release: 1 }, { dryRun: true })
  assert.equal(plan.release, 1)
  assert.equal((await (await ecs.services.rollback('prod/www', { release: 1 })).stable())?.status, 'SUCCESSFUL')
})

for (const [ending, type, lastCounts] of [
  ['every task runs', 'change', { status: 'ACTIVE', desiredCount: 3, runningCount: 3, pendingCount: 0 }],
  ['the service is being deleted', 'change', { status: 'DRAINING', desiredCount: 0, runningCount: 0, pendingCount: 0 }],
  ['the service was deleted', 'deleted', { status: 'ACTIVE', desiredCount: 3, runningCount: 2, pendingCount: 1 }],
] as const)
  test(`without a deployment the counts of the service are followed until ${ending}`, async () => {
    const { client: scriptedEcs, nextConnection } = await scriptedGateway()
    const service = {
      cluster: 'prod',
      name: 'www',
      status: 'ACTIVE',
      desiredCount: 3,
      runningCount: 1,
      pendingCount: 2,
    }
    const updating = scriptedEcs.services.update('prod/www', { count: 3 })
    const { response } = await nextConnection()
    response.writeHead(200, { 'content-type': 'application/json', 'ecs-api-deployment': 'none' })
    response.end(JSON.stringify(service))
    const stable = (await updating).stable()
    beginStream(await nextConnection(), event(1, 'state', service) + event(2, type, { ...service, ...lastCounts }))
    if (lastCounts.runningCount === 3) assert.equal(await stable, undefined)
    else
      await assert.rejects(stable, (error: Error) => {
        assert.ok(error instanceof DeploymentFailed)
        assert.equal(error.message, 'The service was deleted.')
        return true
      })
  })

test('a deployment that is stopped throws DeploymentFailed, and a short wait throws WaitTimeout', async () => {
  const slow = await startTestProgram({ engine: { pace: 'real' } })
  const { url: slowUrl } = await slow.listen()
  const local = createClient({ url: slowUrl, token: slow.token }).account('local')
  await local.clusters.create({ name: 'prod' })
  await local.taskDefinitions.create({ family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const rollout = await local.services.create('prod', { name: 'www', taskDefinition: 'web', count: 1 })
  await assert.rejects(rollout.stable({ timeoutSeconds: 0 }), (error) => isProblem(error, 'WaitTimeout'))
  const reason = new Error('enough')
  await assert.rejects(rollout.stable({ signal: AbortSignal.abort(reason) }), reason)
  const next = await local.services.restart('prod/www')
  const rejected = assert.rejects(next.stable(), (error) => {
    assert.ok(error instanceof DeploymentFailed)
    assert.equal(isProblem(error, 'DeploymentFailed'), true)
    assert.equal(error.deployment?.status, 'STOPPED')
    return true
  })
  const superseding = await local.services.restart('prod/www')
  await rejected
  assert.ok(await superseding.deploymentId())
})

test('the changes of an account begin with the state, and go on after the deletion of a resource', async () => {
  await ecs.clusters.create({ name: 'many-1' })
  await ecs.clusters.create({ name: 'many-2' })
  const events: string[] = []
  for await (const event of ecs.changes({ clusters: 'many-*' })) {
    if (event.type === 'problem') continue
    if (event.type === 'state') {
      events.push(`state ${event.isFirst} ${event.items.map(({ cluster }) => cluster)} ${event.remaining}`)
      await ecs.clusters.remove('many-1')
      continue
    }
    events.push(`${event.type} ${event.item.kind} ${event.item.cluster}`)
    if (event.type === 'change') break
    await ecs.clusters.update('many-2', { tags: { a: '1' } })
  }
  assert.deepEqual(events, ['state true many-1,many-2 0', 'deleted cluster many-1', 'change cluster many-2'])
})

test('changes resume after a break, and begin again with the state when the gateway cannot resume them', async () => {
  const gateway = await scriptedGateway()
  const item = { kind: 'cluster', cluster: 'prod', name: 'prod', resource: {}, age: 0 }
  /** A page of the first state. @param remaining the number of its items that are on later pages */
  const page = (id: string, remaining: number) =>
    `id: ${id}\nevent: state\ndata: ${JSON.stringify({ items: [item], remaining })}\n\n`
  const events = gateway.client.changes({ clusters: 'prod' })
  const next = async () => {
    const { value } = await events.next()
    return value?.type === 'state' ? [value.isFirst, value.remaining] : value?.type
  }
  const first = next()
  const opened = await gateway.nextConnection()
  beginStream(opened, page('aaaaaaaaaaaa-1-state', 1))
  assert.deepEqual(await first, [true, 1])
  const rest = next()
  opened.response.destroy()
  const resumed = await gateway.nextConnection()
  assert.equal(resumed.lastEventId, 'aaaaaaaaaaaa-1-state')
  beginStream(resumed, page('aaaaaaaaaaaa-2', 0))
  assert.deepEqual(await rest, [false, 0], 'the rest of the same state')
  const again = next()
  resumed.response.destroy()
  const tooOld = await gateway.nextConnection()
  tooOld.response.writeHead(410, { 'content-type': 'application/problem+json' })
  tooOld.response.end(JSON.stringify({ type: '', title: '', status: 410, code: 'CursorTooOld', detail: '' }))
  const fresh = await gateway.nextConnection()
  assert.equal(fresh.lastEventId, undefined)
  beginStream(fresh, page('bbbbbbbbbbbb-1', 0))
  assert.deepEqual(await again, [true, 0])
  await events.return()
})
