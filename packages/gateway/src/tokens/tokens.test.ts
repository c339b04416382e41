import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount, newToken, requestLines } = await startTestProgram()
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test('a token shows its value once, authenticates, and can be rotated and revoked', async () => {
  const made = await api.post('/tokens', { name: 'portal', role: 'operator', accounts: ['local'], clusters: ['web-*'] })
  assert.equal(made.status, 201, made.text)
  assert.equal(made.headers.location, '/v1/ecs/tokens/portal')
  const { token, ...shown } = made.body
  assert.match(token, new RegExp(`^ecsapi_${shown.id}_[\\w-]{43}$`))
  assert.deepEqual(
    [shown.createdBy, shown.expiresAt, shown.accounts, shown.clusters],
    ['admin', null, ['local'], ['web-*']],
  )

  assert.equal((await api.get('/local/clusters/web-1', bearer(token))).body.code, 'ClusterNotFound')
  assert.equal(requestLines.at(-1)?.token, 'portal')
  const got = await api.get('/tokens/portal')
  assert.ok(Date.parse(got.body.lastUsedAt) > 0)
  assert.deepEqual({ ...got.body, lastUsedAt: null }, shown)
  assert.ok(!(await api.get('/tokens')).text.includes(token))

  const rotated = await api.post('/tokens/portal/rotate', {})
  assert.equal(rotated.status, 200, rotated.text)
  assert.equal((await api.get('/accounts', bearer(token))).status, 401)
  assert.equal((await api.get('/accounts', bearer(rotated.body.token))).status, 200)
  assert.equal((await api.delete('/tokens/portal')).status, 200)
  assert.equal((await api.get('/accounts', bearer(rotated.body.token))).status, 401)
  assert.equal((await api.get('/tokens/portal')).body.code, 'TokenNotFound')
})

test('an expired token is rejected, and a token cannot be created expired', async () => {
  const expiresAt = new Date(Date.now() + 1500).toISOString()
  const { body } = await api.post('/tokens', { name: 'brief', role: 'viewer', expiresAt })
  assert.equal(body.expiresAt, expiresAt)
  assert.equal((await api.get('/accounts', bearer(body.token))).status, 200)
  // The loop ends at the first 401, which must not come before the expiry.
  for (;;) {
    const before = Date.now()
    const { status } = await api.get('/accounts', bearer(body.token))
    if (before >= Date.parse(expiresAt)) assert.equal(status, 401)
    if (status === 401) break
  }
  assert.ok(Date.now() >= Date.parse(expiresAt))
  const past = await api.post('/tokens', { name: 'past', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' })
  assert.deepEqual([past.status, past.body.errors[0].pointer], [400, '/expiresAt'])
  const over = await api.post('/tokens/brief/rotate', {})
  assert.deepEqual(
    [over.status, over.body.errors[0].pointer],
    [400, '/expiresAt'],
    'a new value would have expired, too',
  )
  const renewed = await api.post('/tokens/brief/rotate', { expiresAt: new Date(Date.now() + 60_000).toISOString() })
  assert.equal((await api.get('/accounts', bearer(renewed.body.token))).status, 200)
})

test('every character of the secret counts, and another token’s id does not help', async () => {
  const one = await newToken({ name: 'one', role: 'viewer' })
  const two = await newToken({ name: 'two', role: 'admin' })
  const [, id] = two.split('_')
  const wrong = [
    one.replace(/.$/, one.endsWith('A') ? 'B' : 'A'),
    one.replace(/_.+?_/, `_${id}_`),
    one.slice(0, -1),
    `${one}x`,
    'ecsapi_',
    '',
  ]
  for (const token of wrong) assert.equal((await api.get('/accounts', bearer(token))).status, 401, token)
})

test('an invalid token request is rejected with every error', async () => {
  const bad = await api.post('/tokens', { name: 'a b', role: 'king', acounts: ['x'], clusters: [] })
  assert.deepEqual([bad.status, bad.body.code], [400, 'InvalidBody'])
  assert.deepEqual(bad.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort(), [
    '/acounts',
    '/clusters',
    '/name',
    '/role',
  ])
  assert.match(bad.text, /did you mean accounts\?/)
  assert.match(bad.text, /must have at least 1 of them/)
  assert.match(bad.text, /must be one of viewer, operator, admin/)
  await newToken({ name: 'taken', role: 'viewer' })
  for (const name of ['taken', 'admin'])
    assert.equal((await api.post('/tokens', { name, role: 'viewer' })).body.code, 'TokenAlreadyExists')
})

test('a fenced admin creates, reads and ends tokens within its fence only', async () => {
  const account = await newAccount()
  const mine = bearer(
    await newToken({ name: 'department', role: 'admin', accounts: [account, 'dep-*'], clusters: ['web-*'] }),
  )
  const fits = { accounts: ['dep-*', 'dep-1', account], clusters: ['web-7'] }
  assert.equal((await api.post('/tokens', { name: 'dep-portal', role: 'admin', ...fits }, mine)).status, 201)
  for (const wider of [
    {},
    { ...fits, accounts: ['*'] },
    { ...fits, accounts: ['d*'] },
    { ...fits, clusters: ['*'] },
    { ...fits, accounts: ['local'] },
  ])
    assert.equal(
      (await api.post('/tokens', { name: 'wider', role: 'viewer', ...wider }, mine)).body.code,
      'OutsideFence',
      JSON.stringify(wider),
    )
  await newToken({ name: 'foreign', role: 'viewer' })
  const names = (await api.get('/tokens', mine)).body.items.map(({ name }: { name: string }) => name)
  assert.deepEqual(names, ['dep-portal', 'department'])
  for (const answer of [
    await api.get('/tokens/foreign', mine),
    await api.post('/tokens/foreign/rotate', {}, mine),
    await api.delete('/tokens/foreign', mine),
  ])
    assert.equal(answer.body.code, 'TokenNotFound')
})
