/** Every route of openapi.json × every role × fenced and unfenced, from both sides. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testProgram } from '../testing/program.ts'

const { api, newAccount, newToken } = await testProgram()
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
const roles = { viewer: ['read'], operator: ['read', 'change'], admin: ['read', 'change', 'administer'] } as const

/** Said here again, from the contract: what a route needs is not taken from the route. */
function permissionOf(method: Method, path: string): 'read' | 'change' | 'administer' {
  if (/^\/v1\/ecs\/(tokens|audit|\{account\}\/audit)/.test(path)) return 'administer'
  return method === 'get' ? 'read' : 'change'
}

async function call(token: string, method: Method, path: string, names: Record<string, string> = {}) {
  const values: Record<string, string> = { account, cluster: 'inside', ...names }
  const url = path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? 'nothing')
  const headers = { authorization: `Bearer ${token}` }
  const answer =
    method === 'get' || method === 'delete'
      ? await api[method](url, { headers })
      : await api[method](url, {}, { headers })
  return { status: answer.status, code: answer.body?.code, told: JSON.stringify({ ...answer.body, requestId: '' }) }
}

test('there are routes of every permission', () => {
  assert.deepEqual(new Set(routes.map(({ permission }) => permission)), new Set(['read', 'change', 'administer']))
  assert.ok(routes.length > 35, String(routes.length))
})

for (const [role, permissions] of Object.entries(roles) as [keyof typeof roles, readonly string[]][]) {
  test(`${role}: what it may is heard, what it may not is 403 and says what is missing`, async () => {
    const token = await newToken({ name: `plain-${role}`, role })
    for (const { method, path, permission } of routes) {
      const { status, code, told } = await call(token, method, path, { account: 'no-such-account', token: 'none' })
      const where = `${method} ${path}: ${told}`
      if (permissions.includes(permission)) assert.ok(status !== 401 && status !== 403, where)
      else {
        assert.deepEqual([status, code], [403, 'PermissionMissing'], where)
        assert.match(told, new RegExp(`needs the permission ${permission}`))
      }
    }
  })
}

test('outside of its accounts a token hears the same of what is there and what is not', async () => {
  const token = await newToken({ name: 'elsewhere', role: 'admin', accounts: ['other-*'] })
  for (const { method, path } of routes.filter((route) => route.path.includes('{account}'))) {
    const there = await call(token, method, path)
    const nowhere = await call(token, method, path, { account: 'test-none' })
    assert.deepEqual([there.status, there.code], [403, 'OutsideFence'], `${method} ${path}`)
    assert.equal(there.told.replaceAll(account, 'A'), nowhere.told.replaceAll('test-none', 'A'))
  }
  const mine = await newToken({ name: 'mine', role: 'admin', accounts: [account.replace(/.$/, '?')] })
  for (const { method, path } of routes.filter(
    (route) => route.path.includes('{account}') && !route.path.includes('{cluster}'),
  ))
    assert.notEqual((await call(mine, method, path, { taskdef: 'none' })).code, 'OutsideFence', `${method} ${path}`)
})

test('outside of its clusters likewise, by name and by ARN', async () => {
  const token = await newToken({ name: 'one-cluster', role: 'operator', clusters: ['ins*'] })
  const arn = encodeURIComponent((await api.get(`/${account}/clusters/outside`)).body.arn)
  for (const { method, path } of routes.filter((route) => route.path.includes('{cluster}'))) {
    const there = await call(token, method, path, { cluster: 'outside' })
    const nowhere = await call(token, method, path, { cluster: 'none' })
    assert.deepEqual([there.status, there.code], [403, 'OutsideFence'], `${method} ${path}`)
    assert.equal(there.told.replaceAll('outside', 'C'), nowhere.told.replaceAll('none', 'C'))
    assert.equal((await call(token, method, path, { cluster: arn })).told, there.told)
    const odd = await call(token, method, path, { cluster: arn.replace(/outside$/, 'outside%2Finside') })
    assert.deepEqual([odd.status, odd.code], [403, 'OutsideFence'], `${method} ${path} of what is no cluster’s ARN`)
    const isKept = method === 'delete' && path.endsWith('{cluster}')
    if (!isKept) assert.notEqual((await call(token, method, path)).status, 403, `${method} ${path}`)
  }
  assert.equal((await call(token, 'delete', '/v1/ecs/{account}/taskdefs/{taskdef}')).code, 'OutsideFence')
})

test('lists over all clusters, and of accounts, show what lies within the fence', async () => {
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
