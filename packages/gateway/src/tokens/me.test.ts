/** `GET /me`, which shows the token of the request. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newToken } = await startTestProgram()

test('GET /me shows the name, permissions, fence and expiry of the token, and not its value', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const created = await newToken({
    name: 'portal',
    role: 'operator',
    permissions: ['exec'],
    accounts: ['non*'],
    clusters: ['web-*'],
    expiresAt,
  })
  const { status, body, text } = await api.get('/me', { headers: { authorization: `Bearer ${created}` } })
  assert.equal(status, 200, text)
  assert.deepEqual(body, {
    name: 'portal',
    role: 'operator',
    permissions: ['read', 'change', 'exec'],
    accounts: ['non*'],
    clusters: ['web-*'],
    taskDefinitions: ['*'],
    expiresAt,
  })
})

test('GET /me also shows the admin token', async () => {
  const { body } = await api.get('/me')
  assert.deepEqual(body, {
    name: 'admin',
    role: 'admin',
    permissions: ['read', 'change', 'administer', 'exec'],
    accounts: ['*'],
    clusters: ['*'],
    taskDefinitions: ['*'],
    expiresAt: null,
  })
})

test('GET /me with an unknown token gets a 401', async () => {
  assert.equal((await api.get('/me', { headers: { authorization: 'Bearer wrong' } })).status, 401)
})
