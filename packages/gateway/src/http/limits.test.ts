/** What one token, and one address without a token, may cost a process. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usualLimits } from '../config/limits.ts'
import { readEvents } from '../testing/event-reader.ts'
import { unlimited } from '../testing/front-door.ts'
import { testProgram } from '../testing/program.ts'

const limits = { ...usualLimits, streamsPerToken: 2, changesPerToken: 2, publicRequests: 20, failedLogins: 3, keptResponsesMiB: 1 }
const { api, app, token, newAccount, newToken, listen } = await testProgram({ pace: 'real' }, [], undefined, { http: { ...unlimited, limits } })
const { url } = await listen()

test('a token has a share of the streams; others have theirs', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  const [greedy, other] = await Promise.all(
    ['greedy', 'other'].map(async (name) => ({ authorization: `Bearer ${await newToken({ name, role: 'viewer' })}` })),
  )
  const cluster = `${url}/v1/ecs/${account}/clusters/prod`
  const first = await readEvents(cluster, greedy!)
  await readEvents(cluster, greedy!)
  const third = await fetch(cluster, { headers: { ...greedy!, accept: 'text/event-stream' } })
  assert.deepEqual([third.status, ((await third.json()) as { code: string }).code], [429, 'TokenLimitExceeded'])
  assert.ok(third.headers.get('retry-after'))
  await (await readEvents(cluster, other!)).until(({ event }) => event === 'state')

  first.close()
  for (;;) {
    const again = await fetch(cluster, { headers: { ...greedy!, accept: 'text/event-stream' } })
    await again.body?.cancel()
    if (again.status === 200) break
  }
})

test('a token has a share of the changes that are under way', async () => {
  const account = await newAccount({ subnets: ['subnet-0a1b2c3d'] })
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const headers = { authorization: `Bearer ${await newToken({ name: 'waiting', role: 'operator' })}`, 'content-type': 'application/json' }
  const gone = new AbortController()
  const run = (wait: string) =>
    fetch(`${url}/v1/ecs/${account}/clusters/prod/tasks${wait}`, { method: 'POST', headers, signal: gone.signal, body: '{"taskDefinition": "web"}' })
  const watching = await readEvents(`${url}/v1/ecs/${account}/clusters/prod`, { authorization: `Bearer ${token}` })
  const waits = [run('?wait=STOPPED&timeout=900'), run('?wait=STOPPED&timeout=900')]
  await watching.until(({ data }) => data.pendingTasksCount === 2)
  const third = await run('')
  assert.deepEqual([third.status, ((await third.json()) as { code: string }).code], [429, 'TokenLimitExceeded'])
  gone.abort()
  await Promise.allSettled(waits)
  watching.close()
  assert.equal((await api.get(`/${account}/clusters/prod/tasks`, { headers: { 'cache-control': 'no-cache' } })).body.items.length, 2)
})

test('an address that shows unknown tokens is slowed down; known ones pass', async () => {
  const shown = (token: string) => app.inject({ url: '/v1/ecs/accounts', remoteAddress: '192.0.2.1', headers: { authorization: `Bearer ${token}` } })
  const statuses = []
  for (let i = 0; i < 5; i++) statuses.push((await shown(`guess-${i}`)).statusCode)
  assert.deepEqual(statuses, [401, 401, 401, 429, 429])
  assert.equal((await shown(await newToken({ name: 'known', role: 'viewer' }))).statusCode, 200)
})

test('public routes are limited for each address', async () => {
  const ask = (remoteAddress: string) => app.inject({ url: '/docs', remoteAddress })
  const statuses = []
  for (let i = 0; i < 22; i++) statuses.push((await ask('192.0.2.2')).statusCode)
  assert.deepEqual(statuses.slice(-3), [200, 429, 429])
  assert.equal((await ask('192.0.2.3')).statusCode, 200)
})

test('a token has a share of the responses that are kept for its keys; kept ones are still replayed', async () => {
  const account = await newAccount()
  const authorization = `Bearer ${await newToken({ name: 'keeps', role: 'operator' })}`
  const environment = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`NAME_${i}`, 'x'.repeat(150)]))
  const definition = { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx', environment }] }
  const register = (key: number) => api.post(`/${account}/taskdefs`, definition, { headers: { authorization, 'idempotency-key': `k${key}` } })
  let key = 0
  let last = await register(key)
  while (last.status === 201) last = await register(++key)
  assert.deepEqual([last.status, last.body.code], [429, 'TokenLimitExceeded'])
  assert.ok(key > 10 && key < 40, `after ${key} responses`)
  assert.equal((await register(0)).headers['idempotent-replayed'], 'true')
  assert.equal((await api.post(`/${account}/taskdefs`, definition, { headers: { authorization } })).status, 201)
})
