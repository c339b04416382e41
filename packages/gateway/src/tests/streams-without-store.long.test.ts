/** While the store of several processes fails, streams emit a problem. After it has recovered, they miss no change. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { openEventReader } from '../testing/event-reader.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startPostgresProxy } from '../testing/postgres-proxy.ts'
import { startTestProgram } from '../testing/program.ts'

const skip = skipWithoutPostgres
const postgres = skip ? undefined : await startPostgres()
const proxy = postgres && (await startPostgresProxy(postgres.newUrl()))
const { account, ecs } = await startEngineOverTcp()

async function startMember(url: string) {
  const program = await startTestProgram({
    // Streams poll AWS every 200 ms, and no request budget slows them down.
    accounts: [account('remote', { freshMs: 200, budget: 'off' })],
    store: storeOn(url),
  })
  const base = `${(await program.listen()).url}/v1/ecs`
  const watch = (path: string, cursor?: string) =>
    openEventReader(base + path, {
      authorization: `Bearer ${program.token}`,
      connection: 'close',
      ...(cursor && { 'last-event-id': cursor }),
    })
  return { ...program, watch }
}
const members = proxy ? [await startMember(proxy.url), await startMember(proxy.url)] : []
after(async () => {
  await proxy?.close()
  await postgres?.stop()
})

/** Creates a service and opens a stream of it at each process. */
async function watchNewService() {
  const [{ api }] = members as [(typeof members)[0]]
  const cluster = `c-${Math.random().toString(36).slice(2)}`
  await api.put(`/remote/clusters/${cluster}`, {})
  await api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const service = await api.post(`/remote/clusters/${cluster}/services?wait=STABLE`, {
    name: 'www',
    taskDefinition: 'web',
    count: 0,
  })
  assert.equal(service.status, 201, service.text)
  const path = `/remote/clusters/${cluster}/services/www`
  const streams = await Promise.all(members.map(({ watch }) => watch(path)))
  /** Changes the service at AWS, so that the gateway learns of the change only when it polls. */
  const change = (turn: string) =>
    ecs.tagResource({ resourceArn: service.body.arn, tags: [{ key: 'turn', value: turn }] })
  const seen = (turn: string) =>
    Promise.all(streams.map((stream) => stream.waitForEvent(({ data }) => data.tags?.turn === turn)))
  return { path, streams, change, seen }
}

const readinessStatuses = async () =>
  (await Promise.all(members.map(({ api }) => api.get('/readyz')))).map(({ status }) => status)

async function waitForStatuses(statuses: number[]): Promise<void> {
  while (String(await readinessStatuses()) !== String(statuses));
}

for (const { failure, begin } of [
  {
    failure: 'is unreachable',
    begin: async () => {
      await proxy!.shutDown()
      return () => proxy!.reopen()
    },
  },
  {
    failure: 'is behind a dead network',
    begin: async () => {
      const withheld = proxy!.withhold()
      return async () => withheld.end()
    },
  },
])
  test(`while the store ${failure}, streams emit a problem and reads work; afterwards no change is missing`, {
    skip,
  }, async (t) => {
    const { path, streams, change, seen } = await watchNewService()
    await change('before')
    const [last] = await seen('before')
    const end = await begin()
    await waitForStatuses([503, 503])
    await change('meanwhile')
    await Promise.all(
      streams.map((stream) =>
        stream.waitForEvent(({ event, data }) => event === 'problem' && data.code === 'StoreUnavailable'),
      ),
    )
    const rejected = await members[0]!.watch(path, last!.id)
    assert.equal(rejected.status, 503)
    rejected.close()
    for (const { api } of members)
      assert.equal((await api.get(path)).body.tags.turn, 'meanwhile', 'reads of ECS need no store')
    await end()
    const backAt = performance.now()
    await seen('meanwhile')
    t.diagnostic(`${Math.round(performance.now() - backAt)} ms from the store's return to the change`)
    await waitForStatuses([200, 200])
    await change('after')
    await seen('after')
    const resumed = await members[1]!.watch(path, last!.id)
    await resumed.waitForEvent(({ data }) => data.tags?.turn === 'after')
    const received = [...streams, resumed].map(({ events }) =>
      events.flatMap(({ id, data }) => (id ? [`${id} ${data.tags?.turn}`] : [])),
    )
    for (const stream of [...streams, resumed]) stream.close()
    const numbers = received[0]!.map((line) => Number(/-(\d+)/.exec(line)![1]))
    assert.deepEqual(
      numbers,
      numbers.map((_, i) => numbers[0]! + i),
    )
    const after = received[0]!.slice(received[0]!.findIndex((line) => line.startsWith(`${last!.id} `)) + 1)
    assert.deepEqual(received[1]!.slice(-after.length), after, 'both streams emit the same events')
    assert.deepEqual(received[2], after, 'a resumed stream emits the same events')
  })
