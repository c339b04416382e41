import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import Type from 'typebox'
import { NotFound, TooManyRequests } from '../../problems/problem.ts'
import { openEventReader } from '../../testing/event-reader.ts'
import { startTestServer } from '../../testing/test-server.ts'
import { streamQuery } from '../route.ts'
import type { EventSink } from './event-source.ts'

/** The open streams, by the name of their resource (a thing). Tests send events to them. */
const sinks = new Map<string, EventSink>()
const onClose = new Map<string, () => void>()
/** A stream does not begin before its promise resolves. */
const gates = new Map<string, PromiseWithResolvers<void>>()
const { app, api, streams } = await startTestServer<{ name: string }>({
  findAccount: (name) => ({ name }),
  accountNames: () => [],
  onAnswered: () => {},
  onBug: (error) => assert.fail(String(error)),
})
const stream = ({ params }: { params: { thing: string } }) => ({
  open: async (_: string | undefined, sink: EventSink) => {
    sinks.set(params.thing, sink)
    await gates.get(params.thing)?.promise
    return { first: [], close: () => onClose.get(params.thing)?.() }
  },
})
api.get(
  '/:account/things/:thing',
  { schema: { summary: 'one', tag: 't', query: streamQuery, answers: { 200: Type.Any() } }, stream },
  () => ({}),
)
const base = await app.listen({ host: '127.0.0.1', port: 0 })
after(() => app.close())
const path = '/v1/ecs/a/things'
const authorization = { authorization: 'Bearer good' }

test('the stream of a client that reads too slowly ends with the reason, after all events sent so far', async () => {
  const { hostname, port } = new URL(base)
  const socket = connect(Number(port), hostname)
  socket.write(
    `GET ${path}/slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer good\r\naccept: text/event-stream\r\n\r\n`,
  )
  await once(socket, 'readable')
  let isGone = false
  onClose.set('slow', () => {
    isGone = true
  })
  const data = Buffer.from(JSON.stringify('x'.repeat(200_000)))
  let sent = 0
  while (!isGone) sinks.get('slow')!.sendEvent({ id: String(++sent), name: 'change', data })
  let text = ''
  for await (const chunk of socket) text += chunk
  assert.match(text, /event: end\ndata: \{"code":"SlowReader"/)
  assert.equal(text.match(/^id: /gm)?.length, sent)
  assert.ok(sent < 100, 'the queue is bounded')
  assert.deepEqual([streams.ended.get('slow_reader'), streams.sent.get('change')], [1, sent])
})

test('a comment every 15 s keeps the connection open', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { hostname, port } = new URL(base)
  const socket = connect(Number(port), hostname)
  socket
    .setEncoding('utf8')
    .write(
      `GET ${path}/quiet HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer good\r\naccept: text/event-stream\r\n\r\n`,
    )
  let text = ''
  const until = async (pattern: RegExp) => {
    while (!pattern.test(text)) text += (await once(socket, 'data'))[0]
  }
  await until(/retry: 1000\n\n/)
  t.mock.timers.tick(15_000)
  await until(/: still here\n\n/)
  socket.destroy()
})

test('a problem is an event of the stream, and an aborted stream ends with the reason', async () => {
  const reader = await openEventReader(`${base}${path}/cut`, authorization)
  sinks.get('cut')!.sendProblem(new TooManyRequests('TooManyRequests', 'AWS throttles.'))
  sinks.get('cut')!.endWithProblem(new NotFound('AccountNotFound', 'It is gone.'))
  sinks.get('cut')!.sendEvent({ id: '1', name: 'change', data: Buffer.from('1') })
  await reader.ended
  assert.deepEqual(
    reader.events.map(({ event, data }) => [event, data.code]),
    [
      ['problem', 'TooManyRequests'],
      ['end', 'AccountNotFound'],
    ],
  )
  assert.deepEqual([streams.ended.get('account_removed'), streams.sent.get('problem')], [1, 1])
})

const route = '/v1/ecs/:account/things/:thing'
const requestOf = (thing: string, head = '') =>
  `GET ${path}/${thing} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\naccept: text/event-stream\r\n${head}\r\n`

/** Delays the stream of a thing: `isOpening` resolves when its source is opened, and `gate` lets it begin. */
function delayStream(thing: string) {
  const [gate, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  gates.set(thing, gate)
  onClose.set(thing, closed.resolve)
  const isOpening = async () => {
    while (!sinks.has(thing)) await turn()
  }
  return { gate, closed: closed.promise, isOpening }
}

test('a client that disconnects before its stream begins leaves nothing open', { timeout: 10_000 }, async () => {
  const before = streams.open.get(route) ?? 0
  for (const others of ['', requestOf('ahead', 'connection: keep-alive\r\n')]) {
    const thing = others ? 'behind' : 'alone'
    const [{ gate, closed, isOpening }, ahead] = [delayStream(thing), delayStream('ahead')]
    const connected = once(app.server, 'connection')
    const { hostname, port } = new URL(base)
    const socket = connect(Number(port), hostname)
    socket.write(others + requestOf(thing))
    const [serverSocket] = await connected
    await isOpening()
    const serverClosed = once(serverSocket, 'close')
    socket.destroy()
    await serverClosed
    gate.resolve()
    ahead.gate.resolve()
    await closed
    if (others) await ahead.closed
    await turn()
    assert.equal(streams.open.get(route) ?? 0, before, thing)
  }
})

test('a stream that is aborted before it begins ends with the reason', { timeout: 10_000 }, async () => {
  const before = streams.open.get(route) ?? 0
  const { gate, closed, isOpening } = delayStream('early')
  const reading = openEventReader(`${base}${path}/early`, authorization)
  await isOpening()
  sinks.get('early')!.endWithProblem(new NotFound('AccountNotFound', 'It is gone.'))
  gate.resolve()
  const reader = await reading
  await reader.ended
  await closed
  assert.deepEqual(
    [reader.status, reader.events.map(({ event, data }) => [event, data.code])],
    [200, [['end', 'AccountNotFound']]],
  )
  assert.equal(streams.open.get(route), before)
})

test('a stream requested before a shutdown is rejected when the process stops', { timeout: 10_000 }, async () => {
  const draining = await startTestServer<{ name: string }>({
    findAccount: (name) => ({ name }),
    accountNames: () => [],
    onAnswered: () => {},
    onBug: (error) => assert.fail(String(error)),
  })
  draining.api.get(
    '/:account/things/:thing',
    { schema: { summary: 'one', tag: 't', query: streamQuery, answers: { 200: Type.Any() } }, stream },
    () => ({}),
  )
  const { gate, closed, isOpening } = delayStream('late')
  const url = await draining.app.listen({ host: '127.0.0.1', port: 0 })
  const answering = fetch(`${url}${path}/late`, { headers: { ...authorization, accept: 'text/event-stream' } })
  await isOpening()
  draining.drain()
  gate.resolve()
  const answer = await answering
  const { code } = (await answer.json()) as { code: string }
  assert.deepEqual([answer.status, code], [503, 'ShuttingDown'])
  await closed
  await draining.app.close()
  assert.equal(draining.streams.open.get(route) ?? 0, 0)
})
