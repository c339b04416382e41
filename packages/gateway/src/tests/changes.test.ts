/** `GET /{account}/changes`: one event stream for many resources. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { type EventReader, openEventReader } from '../testing/event-reader.ts'
import { startTestProgram } from '../testing/program.ts'
import { unlimitedHttp } from '../testing/test-server.ts'

const { ecs, account, engine } = await startEngineOverTcp()
const { api, token, listen, awsCalls, newToken, app } = await startTestProgram({
  accounts: [account('remote', { freshMs: 200, budget: 'off' })],
})
const base = `${(await listen()).url}/v1/ecs/remote/changes`
const watch = async (query: string, { as = token, ...headers }: Record<string, string> = {}) =>
  openEventReader(`${base}${query}`, { authorization: `Bearer ${as}`, ...headers })
await api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })

let created = 0
async function newCluster(...services: string[]): Promise<string> {
  const cluster = `c-${++created}`
  await api.post('/remote/clusters', { name: cluster })
  for (const name of services) await newService(cluster, name)
  return cluster
}

async function newService(cluster: string, name: string): Promise<void> {
  const made = await api.post(`/remote/clusters/${cluster}/services?wait=STABLE`, {
    name,
    taskDefinition: 'web',
    count: 0,
  })
  assert.equal(made.status, 201, made.text)
}

interface Changed {
  kind: string
  cluster: string
  name?: string
  id?: string
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts a resource, field by field
  resource: any
  age: number
}

/** All resources of the first state, when the client has all its pages. */
async function stateOf(stream: EventReader): Promise<Changed[]> {
  await stream.waitForEvent(({ event, data }) => event === 'state' && data.remaining === 0)
  return stream.events.filter(({ event }) => event === 'state').flatMap(({ data }) => data.items)
}

const namesOf = (items: readonly Changed[]) =>
  items.map(({ kind, cluster, name, id }) => `${kind} ${cluster}/${name ?? id}`).toSorted()

async function problemOf(query: string, headers: Record<string, string> = {}) {
  const { statusCode, body } = await app.inject({
    url: `/v1/ecs/remote/changes${query}`,
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
  })
  return { status: statusCode, ...JSON.parse(body) }
}

test('a stream begins with the current state of the resources, and then emits each change', async () => {
  const cluster = await newCluster('www')
  const stream = await watch(`?clusters=${cluster}&services=${cluster}/*&tasks=${cluster}/*`)
  assert.deepEqual([stream.status, stream.headers.get('content-type')], [200, 'text/event-stream'])
  const items = await stateOf(stream)
  assert.deepEqual(namesOf(items), [`cluster ${cluster}/${cluster}`, `service ${cluster}/www`])
  const service = items.find(({ kind }) => kind === 'service')!
  const { events: _, ...listed } = (await api.get(`/remote/clusters/${cluster}/services/www`)).body
  assert.deepEqual(service.resource, listed)
  assert.ok(service.age >= 0 && service.age < 60, `${service.age} s`)

  await ecs.updateService({ cluster, service: 'www', desiredCount: 1 })
  const task = await stream.waitForEvent(({ data }) => data.kind === 'task' && data.resource.lastStatus === 'RUNNING')
  await stream.waitForEvent(({ data }) => data.kind === 'service' && data.resource.runningCount === 1)
  await stream.waitForEvent(({ data }) => data.kind === 'cluster' && data.resource.runningTasksCount === 1)
  await newService(cluster, 'api')
  await stream.waitForEvent(({ event, data }) => event === 'change' && data.name === 'api')

  await ecs.deleteService({ cluster, service: 'www', force: true })
  await stream.waitForEvent(({ event, data }) => event === 'deleted' && data.name === 'www')
  await stream.waitForEvent(({ data }) => data.id === task.data.id && data.resource.lastStatus === 'STOPPED')
  const gone = await stream.waitForEvent(({ event, data }) => event === 'deleted' && data.id === task.data.id)
  assert.equal(gone.data.resource.lastStatus, 'STOPPED', 'its last state has the reason')
  await ecs.deleteService({ cluster, service: 'api', force: true })
  await stream.waitForEvent(({ event, data }) => event === 'deleted' && data.name === 'api')
  await ecs.deleteCluster({ cluster })
  await stream.waitForEvent(({ event, data }) => event === 'deleted' && data.kind === 'cluster')
  const numbers = stream.events.flatMap(({ id }) => (id ? [Number(id.split('-')[1])] : []))
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  )
  assert.equal(new Set(numbers).size, numbers.length, 'no number is given twice')
  stream.close()
})

test('a client resumes after its last event: nothing is lost or sent again', async () => {
  const cluster = await newCluster('a', 'b', 'c')
  const query = `?services=${cluster}/*`
  const first = await watch(query)
  await stateOf(first)
  const { id = '' } = first.events.at(-1)!
  first.close()
  await first.ended
  const other = await watch(query)
  await stateOf(other)
  await api.patch(`/remote/clusters/${cluster}/services/a`, { tags: { team: 'web' } })
  await other.waitForEvent(({ data }) => data.resource?.tags?.team === 'web')
  await ecs.deleteService({ cluster, service: 'b', force: true })
  await other.waitForEvent(({ event, data }) => event === 'deleted' && data.name === 'b')

  const resumed = await watch(query, { 'last-event-id': id })
  await resumed.waitForEvent(({ event, data }) => event === 'deleted' && data.name === 'b')
  assert.deepEqual(
    resumed.events.map(({ event, data }) => [event, data.name]),
    [
      ['change', 'a'],
      ['deleted', 'b'],
    ],
  )
  const last = resumed.events.at(-1)!.id ?? ''
  resumed.close()
  const again = await watch(`${query}&cursor=${last}`)
  await api.patch(`/remote/clusters/${cluster}/services/c`, { tags: { team: 'api' } })
  await again.waitForEvent(({ data }) => data.resource?.tags?.team === 'api')
  assert.ok(
    again.events.every(({ data }) => data.name === 'c'),
    'only new events',
  )
  other.close()
  again.close()

  assert.deepEqual((await problemOf(query, { 'last-event-id': '0123456789ab-1' })).code, 'CursorTooOld')
  assert.deepEqual((await problemOf(query, { 'last-event-id': id.replace(/-.*/, '-999') })).status, 410)
  assert.deepEqual((await problemOf(`?services=${cluster}/a`, { 'last-event-id': id })).status, 410, 'another stream')
  assert.deepEqual((await problemOf(query, { 'last-event-id': 'first' })).code, 'InvalidCursor')
})

test('a stream with ?state=none has no first state, and can be resumed', async () => {
  const cluster = await newCluster('a', 'b')
  const query = `?services=${cluster}/*&state=none`
  const stream = await watch(query)
  assert.deepEqual(await stateOf(stream), [])
  await api.patch(`/remote/clusters/${cluster}/services/a`, { tags: { team: 'web' } })
  const { id = '' } = await stream.waitForEvent(({ data }) => data.resource?.tags?.team === 'web')
  stream.close()
  await api.patch(`/remote/clusters/${cluster}/services/b`, { tags: { team: 'api' } })
  const resumed = await watch(query, { 'last-event-id': id })
  await resumed.waitForEvent(({ data }) => data.resource?.tags?.team === 'api')
  assert.deepEqual([...new Set(resumed.events.map(({ event, data }) => `${event} ${data.name}`))], ['change b'])
  resumed.close()
  const { code, detail } = await problemOf(`?state=some`)
  assert.equal(code, 'InvalidQuery', detail)
})

test('the first state has pages of 100, and a client that resumes after some pages gets the other ones', async () => {
  const clusters = Array.from({ length: 120 }, (_, i) => `page-${String(i).padStart(3, '0')}`)
  for (const clusterName of clusters) await ecs.createCluster({ clusterName })
  const stream = await watch('?clusters=page-*')
  assert.deepEqual(
    (await stateOf(stream)).map(({ name }) => name),
    clusters,
  )
  const pages = stream.events.filter(({ event }) => event === 'state')
  assert.deepEqual(
    pages.map(({ data }) => [data.items.length, data.remaining]),
    [
      [100, 20],
      [20, 0],
    ],
  )
  await ecs.deleteCluster({ cluster: 'page-007' })
  await ecs.deleteCluster({ cluster: 'page-110' })
  await stream.waitForEvent(({ event, data }) => event === 'deleted' && data.name === 'page-007')
  await stream.waitForEvent(({ event, data }) => event === 'deleted' && data.name === 'page-110')
  const rest = await watch('?clusters=page-*', { 'last-event-id': pages[0]!.id ?? '' })
  assert.deepEqual(
    (await stateOf(rest)).map(({ name }) => name),
    clusters.slice(100).filter((name) => name !== 'page-110'),
  )
  assert.ok(rest.events.some(({ event, data }) => event === 'deleted' && data.name === 'page-007'))
  stream.close()
  rest.close()
})

test('without a filter the stream has all resources within the fence of the token', async () => {
  const [mine, other] = [await newCluster('www'), await newCluster('www')]
  const fenced = await newToken({ name: 'fenced', role: 'viewer', clusters: [mine] })
  const [all, inside, globs] = await Promise.all([
    watch(''),
    watch('', { as: fenced }),
    watch('?clusters=*&services=*/w*', { as: fenced }),
  ])
  const everything = namesOf(await stateOf(all))
  for (const cluster of [mine, other])
    assert.ok(
      [`cluster ${cluster}/${cluster}`, `service ${cluster}/www`].every((each) => everything.includes(each)),
      cluster,
    )
  const allowed = [`cluster ${mine}/${mine}`, `service ${mine}/www`]
  assert.deepEqual(namesOf(await stateOf(inside)), allowed)
  assert.deepEqual(namesOf(await stateOf(globs)), allowed)
  await api.patch(`/remote/clusters/${other}/services/www`, { tags: { team: 'web' } })
  await api.patch(`/remote/clusters/${mine}/services/www`, { tags: { team: 'web' } })
  await inside.waitForEvent(({ data }) => data.resource?.tags?.team === 'web')
  assert.ok(
    inside.events.every(({ event, data }) => event === 'state' || data.cluster === mine),
    'nothing of the other cluster',
  )
  const authorization = `Bearer ${fenced}`
  for (const query of [`?clusters=${mine},${other}`, `?services=${other}/*`, `?tasks=${other}/*`]) {
    const { status, code } = await problemOf(query, { authorization })
    assert.deepEqual([status, code], [403, 'OutsideFence'], query)
  }
  for (const stream of [all, inside, globs]) stream.close()
})

test('filters select by name and glob; a first state without resources is an empty page', async () => {
  const cluster = await newCluster('www', 'web', 'api')
  const { body } = await api.post(`/remote/clusters/${cluster}/tasks?wait=RUNNING`, { taskDefinition: 'web' })
  const [{ id }] = body.items
  for (const [query, expected] of [
    [`services=${cluster}/w*`, [`service ${cluster}/web`, `service ${cluster}/www`]],
    [`services=${cluster}/api,${cluster}/none`, [`service ${cluster}/api`]],
    [`tasks=${cluster}/${id}`, [`task ${cluster}/${id}`]],
    [`tasks=${cluster}/*&clusters=${cluster}`, [`cluster ${cluster}/${cluster}`, `task ${cluster}/${id}`]],
    ['services=not-there/*&tasks=not-there/*&clusters=not-there', []],
  ] as const) {
    const stream = await watch(`?${query}`)
    assert.deepEqual(namesOf(await stateOf(stream)), expected, query)
    stream.close()
  }
})

test('an invalid filter gets a 400 that names all its errors', async () => {
  const { status, code, errors } = await problemOf('?clusters=a,,b/c&services=www,prod/x/y&tasks=prod/1')
  assert.deepEqual([status, code], [400, 'InvalidQuery'])
  assert.deepEqual(
    errors.map(({ name, message }: { name: string; message: string }) => [name, message.split(' is ')[0]]),
    [
      ['clusters', 'an empty entry'],
      ['clusters', '"b/c"'],
      ['services', '"prod/x/y"'],
      ['services', '"www"'],
      ['tasks', '"prod/1"'],
    ],
  )
})

test('a request that does not accept an event stream gets a 406', async () => {
  for (const accept of ['application/json', '*/*', 'text/html']) {
    const { status, code } = await problemOf('', { accept })
    assert.deepEqual([status, code], [406, 'NotAcceptable'], accept)
  }
})

test('thirty streams of a service share the calls to AWS and get the same change', async () => {
  const cluster = await newCluster('www')
  const query = `?services=${cluster}/www`
  const describeCalls = () => awsCalls.filter(({ action }) => action === 'DescribeServices').length
  const first = await watch(query)
  await stateOf(first)
  const streams = [first]
  const before = describeCalls()
  for (let i = 0; i < 30; i++) streams.push(await watch(query))
  await Promise.all(streams.map(stateOf))
  assert.ok(describeCalls() - before < 30, `${describeCalls() - before} calls`)
  await ecs.tagResource({
    resourceArn: (await ecs.describeServices({ cluster, services: ['www'] })).services![0]!.serviceArn!,
    tags: [{ key: 'team', value: 'web' }],
  })
  const changes = await Promise.all(
    streams.map((stream) => stream.waitForEvent(({ data }) => data.resource?.tags?.team === 'web')),
  )
  assert.equal(new Set(changes.map(({ id }) => id)).size, 1)
  for (const stream of streams) stream.close()
})

test('a stream emits a problem while AWS fails, and afterwards the changes of that time', {
  timeout: 60_000,
}, async () => {
  const cluster = await newCluster('www')
  const stream = await watch(`?services=${cluster}/*`)
  await stateOf(stream)
  const end = engine.inject({ action: 'ListServices', kind: 'error' })
  const problem = await stream.waitForEvent(({ event }) => event === 'problem')
  assert.equal(problem.data.code, 'AwsError')
  const { status, code } = await problemOf(`?services=${cluster}/w*`)
  assert.deepEqual([status, code], [502, 'AwsError'], 'a new stream whose first state cannot be read')
  end()
  await ecs.updateService({ cluster, service: 'www', desiredCount: 2 })
  await stream.waitForEvent(({ data }) => data.resource?.desiredCount === 2)
  stream.close()
})

test('the stream of a revoked token ends at once, and the stream of another token goes on', async () => {
  const cluster = await newCluster()
  const brief = await watch(`?clusters=${cluster}`, { as: await newToken({ name: 'brief', role: 'viewer' }) })
  const other = await watch(`?clusters=${cluster}`)
  await Promise.all([stateOf(brief), stateOf(other)])
  await api.delete('/tokens/brief')
  await brief.ended
  assert.deepEqual([brief.events.at(-1)?.event, brief.events.at(-1)?.data.code], ['end', 'Unauthorized'])
  await api.patch(`/remote/clusters/${cluster}`, { tags: { after: 'it' } })
  await other.waitForEvent(({ event }) => event === 'change')
  other.close()
})

test('a token can open only a limited number of streams, and a process that stops ends them with a reason', async () => {
  const limited = await startTestProgram({
    http: { ...unlimitedHttp, limits: { ...unlimitedHttp.limits, streamsPerToken: 2 } },
  })
  const url = `${(await limited.listen()).url}/v1/ecs/local/changes`
  const headers = { authorization: `Bearer ${limited.token}` }
  const streams = [await openEventReader(url, headers), await openEventReader(url, headers)]
  await Promise.all(streams.map(stateOf))
  const third = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' } })
  assert.deepEqual([third.status, ((await third.json()) as { code: string }).code], [429, 'TokenLimitExceeded'])
  await limited.close()
  for (const { ended, events } of streams) {
    await ended
    assert.deepEqual([events.at(-1)?.event, events.at(-1)?.data.code], ['end', 'ShuttingDown'])
  }
})
