/** Calls every route of openapi.json with every role, with and without a fence; checks allowed and rejected calls. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount, newToken } = await startTestProgram()
const account = await newAccount()
await api.post(`/${account}/clusters`, { name: 'inside' })
await api.post(`/${account}/clusters`, { name: 'outside' })

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
interface Operation {
  security?: unknown[]
}
const openapi: { paths: Record<string, Partial<Record<Method, Operation>>> } = (await api.get('/openapi.json')).body
const routes = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  (Object.entries(methods) as [Method, Operation][]).flatMap(([method, operation]) =>
    operation.security?.length === 0 ? [] : [{ method, path, permission: permissionOf(method, path) }],
  ),
)
const roles = {
  viewer: ['read'],
  operator: ['read', 'change'],
  admin: ['read', 'change', 'administer', 'exec'],
} as const

/** Repeats the documented permissions on purpose: a route's own declaration must not decide the expected permission. */
function permissionOf(method: Method, path: string): 'read' | 'change' | 'administer' | 'exec' {
  if (path.endsWith('/exec')) return 'exec'
  if (/^\/v1\/ecs\/(tokens|audit|\{account\}\/audit)/.test(path)) return 'administer'
  // Every token may sign out, and create a one-time code for a browser.
  if (path.startsWith('/session')) return 'read'
  return method === 'get' ? 'read' : 'change'
}

async function callRoute(token: string, method: Method, path: string, names: Record<string, string> = {}) {
  const values: Record<string, string> = { account, cluster: 'inside', ...names }
  const url = path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? 'nothing')
  const headers = { authorization: `Bearer ${token}` }
  const answer =
    method === 'get' || method === 'delete'
      ? await api[method](url, { headers })
      : await api[method](url, {}, { headers })
  return { status: answer.status, code: answer.body?.code, text: JSON.stringify({ ...answer.body, requestId: '' }) }
}

test('openapi.json has routes of every permission', () => {
  assert.deepEqual(
    new Set(routes.map(({ permission }) => permission)),
    new Set(['read', 'change', 'administer', 'exec']),
  )
  assert.ok(routes.length > 35, String(routes.length))
})

for (const [role, permissions] of Object.entries(roles) as [keyof typeof roles, readonly string[]][]) {
  test(`${role}: permitted requests are accepted, others get a 403 that names the missing permission`, async () => {
    const token = await newToken({ name: `plain-${role}`, role })
    for (const { method, path, permission } of routes) {
      const { status, code, text } = await callRoute(token, method, path, { account: 'no-such-account', token: 'none' })
      const where = `${method} ${path}: ${text}`
      if (permissions.includes(permission)) assert.ok(status !== 401 && status !== 403, where)
      else {
        assert.deepEqual([status, code], [403, 'PermissionMissing'], where)
        assert.match(text, new RegExp(`needs the permission ${permission}`))
      }
    }
  })
}

test('a token with the permission exec may run commands, and nothing else beyond its role', async () => {
  const token = await newToken({ name: 'plain-exec', role: 'viewer', permissions: ['exec'] })
  for (const { method, path, permission } of routes) {
    const { status, code, text } = await callRoute(token, method, path, { account: 'no-such-account', token: 'none' })
    const where = `${method} ${path}: ${text}`
    if (permission === 'read' || permission === 'exec') assert.ok(status !== 401 && status !== 403, where)
    else assert.deepEqual([status, code], [403, 'PermissionMissing'], where)
  }
})

test('outside its accounts a token gets the same response for existing and missing resources', async () => {
  const token = await newToken({ name: 'elsewhere', role: 'admin', accounts: ['other-*'] })
  for (const { method, path } of routes.filter((route) => route.path.includes('{account}'))) {
    const existing = await callRoute(token, method, path)
    const missing = await callRoute(token, method, path, { account: 'test-none' })
    assert.deepEqual([existing.status, existing.code], [403, 'OutsideFence'], `${method} ${path}`)
    assert.equal(existing.text.replaceAll(account, 'A'), missing.text.replaceAll('test-none', 'A'))
  }
  const insideToken = await newToken({ name: 'inside', role: 'admin', accounts: [account.replace(/.$/, '?')] })
  for (const { method, path } of routes.filter(
    (route) => route.path.includes('{account}') && !route.path.includes('{cluster}'),
  ))
    assert.notEqual(
      (await callRoute(insideToken, method, path, { taskdef: 'none' })).code,
      'OutsideFence',
      `${method} ${path}`,
    )
})

test('outside its clusters a token gets the same response for existing and missing ones, by name and by ARN', async () => {
  const token = await newToken({ name: 'one-cluster', role: 'operator', permissions: ['exec'], clusters: ['ins*'] })
  const arn = encodeURIComponent((await api.get(`/${account}/clusters/outside`)).body.arn)
  for (const { method, path } of routes.filter((route) => route.path.includes('{cluster}'))) {
    const existing = await callRoute(token, method, path, { cluster: 'outside' })
    const missing = await callRoute(token, method, path, { cluster: 'none' })
    assert.deepEqual([existing.status, existing.code], [403, 'OutsideFence'], `${method} ${path}`)
    assert.equal(existing.text.replaceAll('outside', 'C'), missing.text.replaceAll('none', 'C'))
    assert.equal((await callRoute(token, method, path, { cluster: arn })).text, existing.text)
    const invalidReference = await callRoute(token, method, path, {
      cluster: arn.replace(/outside$/, 'outside%2Finside'),
    })
    assert.deepEqual(
      [invalidReference.status, invalidReference.code],
      [403, 'OutsideFence'],
      `${method} ${path} with an invalid cluster ARN`,
    )
    const deletesCluster = method === 'delete' && path.endsWith('{cluster}')
    if (!deletesCluster) assert.notEqual((await callRoute(token, method, path)).status, 403, `${method} ${path}`)
  }
  assert.equal((await callRoute(token, 'delete', '/v1/ecs/{account}/taskdefs/{taskdef}')).code, 'OutsideFence')
})

test('lists across clusters, and of accounts, contain only items within the token’s fence', async () => {
  const definition = { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] }
  await api.post(`/${account}/taskdefs`, definition)
  for (const cluster of ['inside', 'outside']) {
    assert.equal(
      (
        await api.post(`/${account}/clusters/${cluster}/services?wait=STABLE`, {
          name: 'www',
          taskDefinition: 'web',
          count: 1,
        })
      ).status,
      201,
    )
  }
  const headers = {
    authorization: `Bearer ${await newToken({ name: 'fenced', role: 'operator', accounts: [account], clusters: ['inside'] })}`,
  }
  const clustersOf = async (path: string) =>
    (await api.get(path, { headers })).body.items.map(
      (item: { cluster?: string; name: string }) => item.cluster ?? item.name,
    )
  assert.deepEqual(await clustersOf('/accounts'), [account])
  for (const list of ['clusters', 'services', 'tasks'])
    assert.deepEqual(await clustersOf(`/${account}/${list}`), ['inside'], list)
  assert.equal((await api.post(`/${account}/clusters`, { name: 'third' }, { headers })).body.code, 'OutsideFence')
  assert.equal((await api.get(`/${account}/clusters/third`)).status, 404)
})
