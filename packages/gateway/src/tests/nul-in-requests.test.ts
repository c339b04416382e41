/**
 * PostgreSQL cannot store the character NUL in text, and SQLite can. A request with a NUL must get the same response on
 * both, and never a 5xx except for a 501.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type OpenApi, resolveOperation } from '../http/docs/openapi.ts'
import type { Operation } from '../http/docs/operation.ts'
import { writeCursor } from '../http/list.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startTestProgram, type TestProgram } from '../testing/program.ts'

const skip = skipWithoutPostgres
const postgres = skip ? undefined : await startPostgres()
const programs = postgres
  ? [await startTestProgram(), await startTestProgram({ store: storeOn(postgres.newUrl()) })]
  : []
after(() => postgres?.stop())

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'

async function createResources({ api }: TestProgram): Promise<void> {
  await api.put('/local/clusters/there', {})
  await api.post('/local/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await api.post('/local/clusters/there/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 0 })
}

/** Requests to all routes of openapi.json, each with a NUL in one parameter. */
async function requests({ api }: TestProgram): Promise<{ method: Method; url: string }[]> {
  const document: OpenApi = (await api.get('/openapi.json')).body
  const names: Record<string, string> = { account: 'local', cluster: 'there', service: 'www', token: 'portal' }
  const filled = (path: string, nul?: string) =>
    path.replace(/\{(\w+)\}/g, (_, name) => (name === nul ? 'a%00b' : (names[name] ?? 'nothing')))
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    (Object.entries(methods) as [Method, Operation][]).flatMap(([method, operation]) => {
      const { parameters } = resolveOperation(document, operation)
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ method, url: filled(path, name) }))
      const queryNames = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
      const values = ['a%00b', '%00', writeCursor(['2026-01-01T00:00:00.000Z', 'a\0b']), writeCursor([0, 'a\0b'])]
      return [
        ...inPath,
        ...queryNames.flatMap((name) => values.map((value) => ({ method, url: `${filled(path)}?${name}=${value}` }))),
      ]
    }),
  )
}

test('a NUL in a path or query gets the same response on SQLite and PostgreSQL', { skip }, async () => {
  for (const program of programs) await createResources(program)
  const all = await requests(programs[0]!)
  assert.ok(all.length > 200, String(all.length))
  for (const { method, url } of all) {
    const [onSqlite, onPostgres] = await Promise.all(
      programs.map(async ({ api }) => {
        const answer = method === 'get' || method === 'delete' ? await api[method](url) : await api[method](url, {})
        return [answer.status, answer.body?.code]
      }),
    )
    assert.ok(Number(onPostgres![0]) < 500 || onPostgres![0] === 501, `${method} ${url}: ${onPostgres}`)
    assert.deepEqual(onPostgres, onSqlite, `${method} ${url}`)
  }
})

test('a NUL in a body or a name gets the same response on both, also under an idempotency key', { skip }, async () => {
  const nul = 'a\0b'
  const bodies: [method: 'post' | 'put' | 'patch', path: string, body: object][] = [
    ['post', '/tokens', { name: nul, role: 'viewer' }],
    ['post', '/tokens', { name: 'fenced', role: 'viewer', accounts: [nul], clusters: [nul] }],
    ['post', '/local/clusters', { name: nul }],
    ['put', '/local/clusters/tagged', { tags: { [nul]: nul } }],
    ['patch', '/local/clusters/there/services/www', { tags: { turn: nul } }],
    [
      'post',
      '/local/taskdefs',
      { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx', environment: { A: nul } }] },
    ],
    ['post', '/local/clusters/there/tasks', { taskDefinition: 'web', startedBy: nul, group: nul, tags: { a: nul } }],
  ]
  for (const [n, [method, path, body]] of bodies.entries()) {
    const [onSqlite, onPostgres] = await Promise.all(
      programs.map(async ({ api }) => {
        const headers = { headers: { 'idempotency-key': `nul-${n}` } }
        const answers = [await api[method](path, body, headers), await api[method](path, body, headers)]
        return answers.map(({ status, body, headers }) => [status, body.code, headers['idempotent-replayed']])
      }),
    )
    assert.ok(
      onPostgres!.every(([status]) => Number(status) < 500),
      `${path}: ${onPostgres}`,
    )
    assert.deepEqual(onPostgres, onSqlite, path)
  }
})

test('an audit entry with a NUL in its path is recorded, and a query with the NUL finds it', { skip }, async () => {
  const found = programs.map(async ({ api }) => {
    assert.ok((await api.delete('/local/clusters/c%00d')).status < 500)
    const { items } = (await api.get('/audit?cluster=c%00d')).body
    return items.map(({ action, path, status }: Record<string, unknown>) => [action, path, status])
  })
  const [onSqlite, onPostgres] = await Promise.all(found)
  assert.equal(onPostgres.length, 1)
  assert.deepEqual(onPostgres, onSqlite)
})
