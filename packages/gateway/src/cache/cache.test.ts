import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const { ecs, account } = await startEngineOverTcp()
const tightBudget = { serviceRead: { burst: 1, refill: 0.01 } }
const { api, requestLines } = await startTestProgram({
  accounts: [account('remote'), account('tight', { budget: tightBudget }), account('other')],
})
await api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })

const noCache = { headers: { 'cache-control': 'no-cache' } }
const callsOf = (headers: Record<string, string | undefined>) =>
  Number(/calls=(\d+)/.exec(headers['server-timing'] ?? '')?.[1])
let created = 0
async function newService(): Promise<{ cluster: string; path: string }> {
  const cluster = `c-${++created}`
  assert.equal((await api.post('/remote/clusters', { name: cluster })).status, 201)
  const service = await api.post(`/remote/clusters/${cluster}/services`, {
    name: 'www',
    taskDefinition: 'web',
    count: 0,
  })
  assert.equal(service.status, 201, service.text)
  return { cluster, path: `/clusters/${cluster}/services/www` }
}

test('a fresh read is served from the cache without a call, with its age', async () => {
  const { cluster, path } = await newService()
  await api.get(`/remote${path}`)
  const again = await api.get(`/remote${path}`)
  assert.deepEqual([again.status, callsOf(again.headers), again.headers.age], [200, 0, '0'])
  assert.match(again.headers['cache-control'] ?? '', /private/)
  assert.equal((await api.get(`/remote${path}`, { headers: { 'if-none-match': again.headers.etag! } })).status, 304)
  assert.deepEqual((await api.head(`/remote${path}`)).headers.etag, again.headers.etag)
  for (const list of [
    `/remote/clusters/${cluster}/services`,
    `/remote/clusters/${cluster}/tasks`,
    '/remote/clusters',
    '/remote/services',
    '/remote/tasks',
  ]) {
    const first = await api.get(list)
    const second = await api.get(list)
    assert.deepEqual([first.status, callsOf(second.headers), second.text], [200, 0, first.text], list)
  }
})

test('a read with no-cache calls AWS, and later reads use the new response', async () => {
  const { cluster, path } = await newService()
  await api.get(`/remote${path}`)
  await ecs.updateService({ cluster, service: 'www', desiredCount: 3 })
  assert.equal(
    (await api.get(`/remote${path}`)).body.desiredCount,
    0,
    'changes by other clients show within 2 s, not at once',
  )
  for (const header of ['no-cache', 'max-age=0', 'max-stale, No-Cache']) {
    const response = await api.get(`/remote${path}`, { headers: { 'cache-control': header } })
    assert.deepEqual([response.body.desiredCount, callsOf(response.headers)], [3, 1], header)
  }
  assert.equal((await api.get(`/remote${path}`)).body.desiredCount, 3)
})

test('a change by another client shows within two seconds', async () => {
  const { cluster, path } = await newService()
  await api.get(`/remote${path}`)
  await ecs.updateService({ cluster, service: 'www', desiredCount: 3 })
  const began = performance.now()
  while ((await api.get(`/remote${path}`)).body.desiredCount !== 3) assert.ok(performance.now() - began < 2100)
})

test('a write through the gateway shows in every later read, of resources and of lists', async () => {
  const { cluster, path } = await newService()
  const list = `/remote/clusters/${cluster}/services`
  const names = async (path: string) => (await api.get(path)).body.items.map(({ name }: { name: string }) => name)
  await Promise.all([
    api.get(`/remote${path}`),
    api.get(list),
    api.get('/remote/services'),
    api.get(`/remote/clusters/${cluster}`),
  ])
  await api.patch(`/remote${path}`, { count: 2, tags: { team: 'web' } })
  const seen = (await api.get(`/remote${path}`)).body
  assert.deepEqual([seen.desiredCount, seen.tags], [2, { team: 'web' }])
  assert.equal((await api.get(list)).body.items[0].desiredCount, 2)
  await api.post(list, { name: 'api', taskDefinition: 'web', count: 0 })
  assert.deepEqual(await names(list), ['api', 'www'])
  assert.ok((await names('/remote/services')).includes('api'))
  assert.equal((await api.get(`/remote/clusters/${cluster}`)).body.activeServicesCount, 2)
  const { body: run } = await api.post(`/remote/clusters/${cluster}/tasks`, { taskDefinition: 'web' })
  await api.get(`/remote/clusters/${cluster}/tasks`)
  const task = `/remote/clusters/${cluster}/tasks/${run.items[0].id}`
  await api.get(task)
  await api.delete(task)
  assert.equal((await api.get(task)).body.desiredStatus, 'STOPPED')
  await api.delete(`${list}/api`)
  assert.deepEqual(await names(list), ['www'])
  await api.put(`/remote/clusters/${cluster}`, { tags: { a: 'b' } })
  assert.deepEqual((await api.get(`/remote/clusters/${cluster}`)).body.tags, { a: 'b' })
})

test('a missing resource is cached, too', async () => {
  const { cluster } = await newService()
  const path = `/remote/clusters/${cluster}/services/nothing`
  assert.equal((await api.get(path)).status, 404)
  const again = await api.get(path)
  assert.deepEqual([again.status, callsOf(again.headers)], [404, 0])
  await api.post(`/remote/clusters/${cluster}/services`, { name: 'nothing', taskDefinition: 'web', count: 0 })
  assert.equal((await api.get(path)).status, 200)
})

test('an exhausted budget serves a stale entry and marks it; a no-cache request gets a 429 with Retry-After', async () => {
  const { path } = await newService()
  assert.equal((await api.get(`/tight${path}`, noCache)).status, 200)
  assert.equal((await api.get(`/tight${path}`)).headers['ecs-api-stale'], undefined)
  const rejected = await api.get(`/tight${path}`, noCache)
  assert.deepEqual([rejected.status, rejected.body.code], [429, 'TooManyRequests'], rejected.text)
  assert.match(rejected.body.detail, /the request was not sent/)
  assert.ok(Number(rejected.headers['retry-after']) > 5)
  let answer = await api.get(`/tight${path}`)
  while (answer.headers.age !== '2') {
    assert.equal(answer.status, 200, answer.text)
    answer = await api.get(`/tight${path}`)
  }
  assert.deepEqual([answer.status, answer.headers['ecs-api-stale'], answer.body.name], [200, 'budget', 'www'])
  assert.equal((await api.get(`/tight${path.replace('www', 'unseen')}`)).status, 429, 'this resource is not cached')
  assert.equal((await api.get(`/remote${path}`, noCache)).status, 200, 'another account has a budget of its own')
})

test('a cache entry belongs to one account’s credentials', async () => {
  const { path } = await newService()
  await api.get(`/remote${path}`)
  assert.equal(callsOf((await api.get(`/other${path}`)).headers), 1)
})

test('concurrent reads of one resource share one call, and a list sees changes with no-cache', async () => {
  const { cluster, path } = await newService()
  const before = requestLines.length
  const answers = await Promise.all(Array.from({ length: 50 }, () => api.get(`/remote${path}`, noCache)))
  assert.ok(answers.every(({ status }) => status === 200))
  assert.ok(requestLines.slice(before).reduce((sum, { awsCalls }) => sum + awsCalls, 0) <= 2)
  await ecs.createService({
    cluster,
    serviceName: 'x',
    taskDefinition: 'web',
    desiredCount: 0,
    launchType: 'FARGATE',
    networkConfiguration,
  })
  assert.deepEqual((await api.get(`/remote/clusters/${cluster}/services`, noCache)).body.items.length, 2)
})
const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
