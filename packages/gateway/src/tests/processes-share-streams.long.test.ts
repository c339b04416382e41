/**
 * Several processes on one PostgreSQL: a stream can be resumed at any of them, and one of them polls AWS for all. For
 * this, the store has the feed of each watched resource, which consists of the resource's last events.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { openEventReader } from '../testing/event-reader.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startTestProgram, type TestProgram } from '../testing/program.ts'

const skip = skipWithoutPostgres
const postgres = skip ? undefined : await startPostgres()
const { account, ecs } = await startEngineOverTcp()
const url = postgres?.newUrl() ?? ''

interface Member extends TestProgram {
  watch: (path: string, cursor?: string) => ReturnType<typeof openEventReader>
  /** The number of DescribeServices calls so far. */
  describeCalls: () => number
}

async function startMember(): Promise<Member> {
  const program = await startTestProgram({
    // Streams poll AWS every 200 ms, and no request budget slows them down.
    accounts: [account('remote', { freshMs: 200, budget: 'off' })],
    store: storeOn(url),
  })
  const base = `${(await program.listen()).url}/v1/ecs`
  return {
    ...program,
    watch: (path, cursor) =>
      openEventReader(base + path, {
        authorization: `Bearer ${program.token}`,
        // After an aborted stream, fetch would keep a spare connection, and the closing program would wait for it.
        connection: 'close',
        ...(cursor && { 'last-event-id': cursor }),
      }),
    describeCalls: () => program.awsCalls.filter(({ action }) => action === 'DescribeServices').length,
  }
}

const [a, b] = skip ? [] : ([await startMember(), await startMember()] as const)
after(() => postgres?.stop())

let made = 0
async function newService(): Promise<{ cluster: string; path: string }> {
  const cluster = `c-${++made}`
  await a!.api.put(`/remote/clusters/${cluster}`, {})
  if (made === 1)
    await a!.api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const service = await a!.api.post(`/remote/clusters/${cluster}/services?wait=STABLE`, {
    name: 'www',
    taskDefinition: 'web',
    count: 0,
  })
  assert.equal(service.status, 201, service.text)
  return { cluster, path: `/remote/clusters/${cluster}/services/www` }
}

/** Changes the service at AWS, so that the gateway learns of the change only when it polls. */
async function tag(cluster: string, turn: string): Promise<void> {
  const { services } = await ecs.describeServices({ cluster, services: ['www'] })
  await ecs.tagResource({ resourceArn: services?.[0]?.serviceArn, tags: [{ key: 'turn', value: turn }] })
}

const turnOf = (data: { tags?: { turn?: string } }) => data.tags?.turn

test('a client that resumes its stream at another process gets every change once, in order', {
  skip,
}, async () => {
  const { path } = await newService()
  const seen: string[] = []
  const ids: string[] = []
  let cursor: string | undefined
  // Another client stays connected, so that changes are noticed while this client is away.
  const staying = await b!.watch(path)
  for (let round = 0; round < 6; round++) {
    const stream = await [a!, b!][round % 2]!.watch(path, cursor)
    assert.equal(stream.status, 200)
    for (let n = 0; n < 3; n++) {
      const turn = `${round}-${n}`
      await [a!, b!][n % 2]!.api.patch(path, { tags: { turn } })
      await stream.waitForEvent(({ data }) => turnOf(data) === turn)
      await staying.waitForEvent(({ data }) => turnOf(data) === turn)
    }
    stream.close()
    await stream.ended
    for (const { id, data } of stream.events) {
      ids.push(id!)
      if (turnOf(data)) seen.push(turnOf(data)!)
    }
    cursor = stream.events.at(-1)!.id
    const away = `${round}-away`
    await b!.api.patch(path, { tags: { turn: away } })
    await staying.waitForEvent(({ data }) => turnOf(data) === away)
  }
  const last = await a!.watch(path, cursor)
  await last.waitForEvent(({ data }) => turnOf(data) === '5-away')
  last.close()
  staying.close()
  for (const { id, data } of last.events) {
    ids.push(id!)
    seen.push(turnOf(data)!)
  }
  const expectedTurns = Array.from({ length: 6 }, (_, round) => [
    `${round}-0`,
    `${round}-1`,
    `${round}-2`,
    `${round}-away`,
  ]).flat()
  assert.deepEqual(seen, expectedTurns)
  const numbers = ids.map((id) => Number(id.split('-')[1]))
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => numbers[0]! + i),
  )
})

test('two processes with 100 streams each make together about as many calls to AWS as one process with 200', {
  skip,
}, async (t) => {
  /** @returns the number of DescribeServices calls of each process while ten outside changes reach all streams */
  const describeCallsFor = async (watching: Member[]) => {
    const { cluster, path } = await newService()
    const streams = await Promise.all(Array.from({ length: 200 }, (_, n) => watching[n % watching.length]!.watch(path)))
    await Promise.all(streams.map((stream) => stream.waitForEvent(({ event }) => event === 'state')))
    const before = [a!.describeCalls(), b!.describeCalls()]
    for (let n = 1; n <= 10; n++) {
      await tag(cluster, String(n))
      await Promise.all(streams.map((stream) => stream.waitForEvent(({ data }) => turnOf(data) === String(n))))
    }
    const callsOfEach = [a!.describeCalls() - before[0]!, b!.describeCalls() - before[1]!]
    for (const stream of streams) stream.close()
    return callsOfEach
  }
  const [alone = 0] = await describeCallsFor([a!])
  const together = await describeCallsFor([a!, b!])
  t.diagnostic(JSON.stringify({ alone, together }))
  assert.ok(alone > 0 && Math.max(...together) > 0)
  assert.equal(Math.min(...together), 0, `one of them polls for both: ${together}`)
  assert.ok(Math.max(...together) <= 1.5 * alone, `as often as one process alone (${alone}): ${together}`)
})

test('when the process that polls for all closes, another one polls at once', { skip }, async () => {
  const { cluster, path } = await newService()
  const third = await startMember()
  const first = await third.watch(path)
  await first.waitForEvent(({ event }) => event === 'state')
  // Only a process that polls notices this: from now on the third process has the lease.
  await tag(cluster, 'zero')
  await first.waitForEvent(({ data }) => turnOf(data) === 'zero')
  const staying = await a!.watch(path)
  await staying.waitForEvent(({ event }) => event === 'state')
  const callsBefore = a!.describeCalls()
  await tag(cluster, 'one')
  await staying.waitForEvent(({ data }) => turnOf(data) === 'one')
  assert.equal(a!.describeCalls(), callsBefore, 'the third process polls for both')
  await third.close()
  await first.ended
  const endedAt = performance.now()
  await tag(cluster, 'two')
  await staying.waitForEvent(({ data }) => turnOf(data) === 'two')
  assert.ok(performance.now() - endedAt < 2_000, `it took ${performance.now() - endedAt} ms`)
  staying.close()
})

test('a deletion ends the streams of all processes, and a cursor from before it is rejected after a re-creation', {
  skip,
}, async () => {
  const { cluster, path } = await newService()
  const streams = [await a!.watch(path), await b!.watch(path)]
  const [first] = await Promise.all(streams.map((stream) => stream.waitForEvent(({ event }) => event === 'state')))
  assert.equal((await b!.api.delete(path)).status, 200)
  await Promise.all(streams.map((stream) => stream.waitForEvent(({ event }) => event === 'deleted')))
  await Promise.all(streams.map(({ ended }) => ended))
  assert.equal((await b!.watch(path)).status, 404)
  await a!.api.post(`/remote/clusters/${cluster}/services`, { name: 'www', taskDefinition: 'web', count: 0 })
  assert.equal((await b!.watch(path, first?.id)).status, 410)
  const again = await b!.watch(path)
  const state = await again.waitForEvent(({ event }) => event === 'state')
  assert.equal(state.data.status, 'ACTIVE')
  const feedOf = (id = '') => id.split('-')[0]
  assert.notEqual(feedOf(state.id), feedOf(first?.id), 'the events of the new service have ids of their own')
  again.close()
})

test('a stream misses no change while the processes cannot notify one another', { skip }, async (t) => {
  const { cluster, path } = await newService()
  const streams = [await a!.watch(path), await b!.watch(path)]
  await Promise.all(streams.map((stream) => stream.waitForEvent(({ event }) => event === 'state')))
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  let isOver = false
  const cutNotifications = async () => {
    while (!isOver)
      await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ecs-api peers'",
      )
  }
  const cutting = cutNotifications()
  t.after(async () => {
    isOver = true
    await cutting
    await client.end()
  })
  const turns = ['1', '2', '3', '4', '5']
  for (const turn of turns) {
    await tag(cluster, turn)
    await Promise.all(streams.map((stream) => stream.waitForEvent(({ data }) => turnOf(data) === turn)))
  }
  for (const stream of streams) {
    assert.deepEqual(
      stream.events.flatMap(({ data }) => turnOf(data) ?? []),
      turns,
    )
    stream.close()
  }
})

test('the store keeps no events of a missing resource, and streams go on when their stored events are lost', {
  skip,
}, async (t) => {
  const { cluster, path } = await newService()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.after(() => client.end())
  const kept = async () =>
    (await client.query('select name from feeds where name like $1', [`%${cluster}%`])).rows.map(({ name }) => name)
  for (const absent of [
    `/remote/clusters/${cluster}/services/none`,
    `/remote/clusters/${cluster}/tasks/${'0'.repeat(32)}`,
    `/remote/clusters/${cluster}-none`,
  ]) {
    const answer = await a!.watch(absent)
    assert.equal(answer.status, 404)
  }
  assert.deepEqual(await kept(), [])
  const first = await a!.watch(path)
  const { id = '' } = await first.waitForEvent(({ event }) => event === 'state')
  assert.equal((await kept()).length, 1)
  first.close()
  await first.ended
  // This happens after an hour without a watcher.
  await client.query('delete from feeds where name like $1', [`%${cluster}%`])
  assert.equal((await a!.watch(path, id)).status, 410)
  const streams = [await a!.watch(path), await b!.watch(path)]
  await Promise.all(streams.map((stream) => stream.waitForEvent(({ event }) => event === 'state')))
  // The feed is also lost while streams are open.
  await client.query('delete from feeds where name like $1', [`%${cluster}%`])
  await tag(cluster, 'after')
  await Promise.all(streams.map((stream) => stream.waitForEvent(({ data }) => turnOf(data) === 'after')))
  for (const stream of streams) stream.close()
})
