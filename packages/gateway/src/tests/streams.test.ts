import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { openEventReader } from '../testing/event-reader.ts'
import { startTestProgram } from '../testing/program.ts'

const { ecs, account } = await startEngineOverTcp()
const { api, token, listen, requestLines, awsCalls } = await startTestProgram({
  accounts: [account('remote', { freshMs: 200 })],
})
const url = `${(await listen()).url}/v1/ecs`
const authorization = { authorization: `Bearer ${token}` }
const watch = (path: string, headers: Record<string, string> = {}) =>
  openEventReader(url + path, { ...authorization, ...headers })
await api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })

let created = 0
async function newService(count = 0): Promise<{ cluster: string; path: string }> {
  const cluster = `c-${++created}`
  await api.post('/remote/clusters', { name: cluster })
  const service = await api.post(`/remote/clusters/${cluster}/services?wait=STABLE`, {
    name: 'www',
    taskDefinition: 'web',
    count,
  })
  assert.equal(service.status, 201, service.text)
  return { cluster, path: `/remote/clusters/${cluster}/services/www` }
}

test('a stream begins with the current state and emits each change in order, whichever client made it', async () => {
  const { cluster, path } = await newService()
  const stream = await watch(path)
  assert.deepEqual([stream.status, stream.headers.get('content-type')], [200, 'text/event-stream'])
  const state = await stream.waitForEvent(({ event }) => event === 'state')
  assert.deepEqual([state.data.name, state.data.desiredCount], ['www', 0])
  await ecs.updateService({ cluster, service: 'www', desiredCount: 2 })
  await stream.waitForEvent(({ event, data }) => event === 'change' && data.runningCount === 2)
  await api.patch(path, { tags: { team: 'web' } })
  await stream.waitForEvent(({ data }) => data.tags?.team === 'web')
  const numbers = stream.events.map(({ id }) => Number(id?.split('-')[1]))
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => numbers[0]! + i),
    'no number is left out',
  )
  const { body } = await api.get(path)
  assert.deepEqual(stream.events.at(-1)!.data, body, 'an event carries the body of a GET')
  stream.close()
})

test('a client resumes after its last event; a cursor that is too old gets a 410, an invalid one a 400', async () => {
  const { cluster, path } = await newService()
  const first = await watch(path)
  const { id = '' } = await first.waitForEvent(({ event }) => event === 'state')
  first.close()
  await first.ended
  await ecs.updateService({ cluster, service: 'www', desiredCount: 1 })
  const resumed = await watch(path, { 'last-event-id': id })
  const next = await resumed.waitForEvent(({ data }) => data.desiredCount === 1)
  assert.deepEqual(
    [resumed.events[0]!.event, resumed.events[0]!.id],
    ['change', id.replace(/\d+$/, (n) => `${Number(n) + 1}`)],
  )
  const again = await watch(`${path}?cursor=${id}`)
  assert.deepEqual(await again.waitForEvent(({ data }) => data.desiredCount === 1), next)
  resumed.close()
  again.close()
  const answer = async (cursor: string) => {
    const rejected = await fetch(`${url}${path}`, {
      headers: { ...authorization, accept: 'text/event-stream', 'last-event-id': cursor },
    })
    return [rejected.status, ((await rejected.json()) as { code: string }).code]
  }
  assert.deepEqual(await answer('0123456789ab-1'), [410, 'CursorTooOld'])
  assert.deepEqual(await answer(id.replace(/\d+$/, '999')), [410, 'CursorTooOld'])
  assert.deepEqual(await answer('first'), [400, 'InvalidCursor'])
  assert.deepEqual(
    [(await api.get(`${path}?cursor=${id}`)).body.code],
    ['InvalidQuery'],
    'only streams accept a cursor',
  )
})

test('a deletion is the last event, and a missing resource gets a 404 before any event', async () => {
  const { cluster, path } = await newService(1)
  const [service, inside] = await Promise.all([watch(path), watch(`/remote/clusters/${cluster}`)])
  await service.waitForEvent(({ event }) => event === 'state')
  await api.delete(path)
  await service.waitForEvent(({ data }) => data.status === 'DRAINING')
  await service.waitForEvent(({ event }) => event === 'deleted')
  await service.ended
  assert.equal(service.events.at(-1)!.event, 'deleted')
  await inside.waitForEvent(({ data }) => data.activeServicesCount === 0)
  await api.delete(`/remote/clusters/${cluster}`)
  await inside.waitForEvent(({ event }) => event === 'deleted')
  await inside.ended
  const gone = await watch(path)
  assert.deepEqual([gone.status, gone.headers.get('content-type')], [404, 'application/problem+json'])
  gone.close()
})

test('tasks and deployments can be streamed too', async () => {
  const { cluster, path } = await newService(1)
  const [{ id }] = (await api.get(`${path}/tasks`)).body.items
  const task = await watch(`/remote/clusters/${cluster}/tasks/${id}`)
  await api.post(`${path}/restart`)
  const deployments = (await api.get(`${path}/deployments`)).body.items
  const deployment = await watch(`${path}/deployments/${deployments[0].id}`)
  await deployment.waitForEvent(({ data }) => data.status === 'SUCCESSFUL' && data.progress === 1)
  await task.waitForEvent(({ data }) => data.lastStatus === 'STOPPED')
  task.close()
  deployment.close()
})

test('the Accept header selects between JSON and a stream by quality, then by order', async () => {
  const { path } = await newService()
  for (const [accept, type] of [
    ['application/json, text/event-stream', 'application/json; charset=utf-8'],
    ['text/event-stream, application/json', 'text/event-stream'],
    ['text/event-stream;q=0.5, application/json', 'application/json; charset=utf-8'],
    ['application/json;q=0.5, text/event-stream', 'text/event-stream'],
    ['*/*, text/event-stream;q=0', 'application/json; charset=utf-8'],
  ] as const) {
    const stream = await watch(path, { accept })
    assert.equal(stream.headers.get('content-type'), type, accept)
    stream.close()
  }
})

test('any number of streams of a service share one poller, and get the same events', async () => {
  const { cluster, path } = await newService()
  const streams = await Promise.all(Array.from({ length: 50 }, () => watch(path)))
  await Promise.all(streams.map((stream) => stream.waitForEvent(({ event }) => event === 'state')))
  const before = awsCalls.length
  await ecs.updateService({ cluster, service: 'www', desiredCount: 3 })
  await Promise.all(streams.map((stream) => stream.waitForEvent(({ data }) => data.runningCount === 3)))
  assert.ok(awsCalls.length - before < 30, `${awsCalls.length - before} calls`)
  const eventsOfFirst = JSON.stringify(streams[0]!.events)
  assert.ok(streams.every(({ events }) => JSON.stringify(events) === eventsOfFirst))
  const linesBefore = requestLines.length
  for (const stream of streams) stream.close()
  // The gateway logs each request when its stream has ended.
  while (requestLines.length < linesBefore + 50) await new Promise(setImmediate)
})

test('a process that shuts down ends its streams with the reason', async () => {
  const { path } = await newService()
  const other = await startTestProgram({ accounts: [account('remote')] })
  const there = `${(await other.listen()).url}/v1/ecs`
  const stream = await openEventReader(there + path, { authorization: `Bearer ${other.token}` })
  await stream.waitForEvent(({ event }) => event === 'state')
  await other.close()
  await stream.ended
  assert.deepEqual([stream.events.at(-1)!.event, stream.events.at(-1)!.data.code], ['end', 'ShuttingDown'])
})

test('removing an account ends its streams', async () => {
  const { path } = await newService()
  const other = await startTestProgram({ accounts: [account('remote')] })
  const stream = await openEventReader(`${(await other.listen()).url}/v1/ecs${path}`, {
    authorization: `Bearer ${other.token}`,
  })
  await stream.waitForEvent(({ event }) => event === 'state')
  await other.replaceAccounts([])
  await stream.ended
  assert.deepEqual([stream.events.at(-1)!.event, stream.events.at(-1)!.data.code], ['end', 'AccountNotFound'])
})

test('a stream emits changes that this process made at once, also without a cache', {
  timeout: 30_000,
}, async () => {
  const program = await startTestProgram({ accounts: [account('remote', { freshMs: 3_600_000 })], cacheMiB: 0 })
  const base = `${(await program.listen()).url}/v1/ecs`
  const { path } = await newService()
  const headers = { authorization: `Bearer ${program.token}` }
  const first = await openEventReader(base + path, headers)
  await first.waitForEvent(({ event }) => event === 'state')
  assert.equal((await program.api.patch(path, { tags: { team: 'web' } })).status, 200)
  const second = await openEventReader(base + path, headers)
  assert.deepEqual((await second.waitForEvent(({ event }) => event === 'state')).data.tags, { team: 'web' })
  await first.waitForEvent(({ data }) => data.tags?.team === 'web')
  await program.api.patch(path, { tags: { team: 'api' } })
  for (const stream of [first, second]) {
    await stream.waitForEvent(({ data }) => data.tags?.team === 'api')
    stream.close()
  }
})
