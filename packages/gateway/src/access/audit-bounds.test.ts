/**
 * Rejected requests leave bounded audit entries, whatever a client sends, and no rejected change is missing from the
 * audit.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { defaultLimits } from '../config/limits.ts'
import { startTestProgram } from '../testing/program.ts'
import { unlimitedHttp } from '../testing/test-server.ts'

const limits = { ...defaultLimits, auditedRejectionsPerMinute: 5 }
const program = await startTestProgram({ http: { ...unlimitedHttp, limits } })
const { api, newAccount, newToken } = program

interface Entry {
  caller: string
  path: string
  action: string
  status: number
  source: string
  input: { alikeRequests?: number; query?: unknown }
}

test('long paths and many query names leave a small audit entry', async () => {
  const account = await newAccount()
  const viewer = { headers: { authorization: `Bearer ${await newToken({ name: 'long', role: 'viewer' })}` } }
  const query = Array.from({ length: 500 }, (_, i) => `q${i}${'x'.repeat(100 % (i + 1))}=v`)
    .join('&')
    .slice(0, 4000)
  assert.equal((await api.delete(`/${account}/clusters/${'c'.repeat(3000)}?${query}`, viewer)).status, 403)
  const [entry] = (await api.get('/audit?caller=long')).body.items as Entry[]
  assert.ok(JSON.stringify(entry).length < 4000, `${JSON.stringify(entry).length} characters`)
  assert.equal((entry!.input.query as string[]).length, 20)
})

test('above the limit, one entry counts the similar rejections of a token; other tokens are not affected', async () => {
  const account = await newAccount()
  const viewer = { headers: { authorization: `Bearer ${await newToken({ name: 'often', role: 'viewer' })}` } }
  for (let i = 0; i < 40; i++) await api.delete(`/${account}/clusters/c${i}`, viewer)
  const other = { headers: { authorization: `Bearer ${await newToken({ name: 'seldom', role: 'viewer' })}` } }
  await api.delete(`/${account}/clusters/c`, other)
  const before = (await api.get('/audit?caller=often')).body.items as Entry[]
  assert.equal(before.length, 5)
  assert.equal((await api.get('/audit?caller=seldom')).body.items.length, 1)

  await program.close()
  const collapsed = (program.auditEntries as Entry[]).filter(({ caller }) => caller === 'often').slice(5)
  assert.deepEqual(
    collapsed.map(({ action, status, path, input }) => [action, status, path, input.alikeRequests]),
    [['DELETE /v1/ecs/:account/clusters/:cluster', 403, '', 35]],
  )
})

test('a token’s value in a path stays out of the audit and the log', async () => {
  const { api, newToken, auditEntries, requestLines } = await startTestProgram()
  const value = await newToken({ name: 'pasted', role: 'admin' })
  await api.delete(`/tokens/${value}`)
  await api.post(`/local/clusters/${value}/services`, {})
  await api.delete(`/${value}/clusters/prod`)
  await api.put(`/local/clusters/prod?${value}=1`, {})
  assert.equal(auditEntries.length, 5)
  const secret = value.slice(-20)
  assert.ok(!JSON.stringify([auditEntries, requestLines]).includes(secret))
  assert.ok(!JSON.stringify((await api.get('/audit')).body).includes(secret))
})

test('the audit has the client’s address of a rejected change, even when the client disconnects at once', async () => {
  const { api, newToken, listen, auditEntries } = await startTestProgram()
  const token = await newToken({ name: 'hasty', role: 'viewer' })
  const { port } = new URL((await listen()).url)
  for (let i = 0; i < 20; i++) {
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `DELETE /v1/ecs/local/clusters/c${i} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      () => socket.resetAndDestroy(),
    )
    await once(socket, 'close')
  }
  const entries = async () => (await api.get('/audit?caller=hasty')).body.items as Entry[]
  while ((await entries()).length < 20) await new Promise(setImmediate)
  assert.deepEqual(new Set((await entries()).map(({ source }) => source)), new Set(['127.0.0.1']))
  assert.ok(auditEntries.length >= 20)
})

test('an idempotency key belongs to its token, not to the token’s name', async () => {
  const { api, newToken, newAccount } = await startTestProgram()
  const account = await newAccount()
  const keyed = (token: string) => ({ headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k1' } })
  const first = await newToken({ name: 'portal', role: 'operator' })
  assert.equal((await api.post(`/${account}/clusters`, { name: 'prod' }, keyed(first))).status, 201)
  assert.equal(
    (await api.post(`/${account}/clusters`, { name: 'prod' }, keyed(first))).headers['idempotent-replayed'],
    'true',
  )
  const rotated = (await api.post('/tokens/portal/rotate')).body.token as string
  assert.equal(
    (await api.post(`/${account}/clusters`, { name: 'prod' }, keyed(rotated))).headers['idempotent-replayed'],
    'true',
  )

  await api.delete('/tokens/portal')
  const again = await newToken({ name: 'portal', role: 'operator' })
  const answer = await api.post(`/${account}/clusters`, { name: 'prod' }, keyed(again))
  assert.deepEqual([answer.status, answer.headers['idempotent-replayed']], [409, undefined])
})

test('a conflict of token names suggests a remedy that works for the caller', async () => {
  const { api, newToken } = await startTestProgram()
  const fenced = {
    headers: { authorization: `Bearer ${await newToken({ name: 'fenced', role: 'admin', accounts: ['web-*'] })}` },
  }
  await newToken({ name: 'outside', role: 'viewer' })
  await newToken({ name: 'inside', role: 'viewer', accounts: ['web-1'] })
  for (const [name, advice] of [
    ['admin', /another name/],
    ['outside', /another name/],
    ['inside', /rotate/],
  ] as const) {
    const { status, body } = await api.post('/tokens', { name, role: 'viewer', accounts: ['web-1'] }, fenced)
    assert.equal(status, 409)
    assert.match(body.detail, advice)
  }
})
