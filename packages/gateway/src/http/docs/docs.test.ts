import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { problemCodes } from '../../problems/codes.ts'
import { testProgram } from '../../testing/program.ts'
import type { Operation } from './openapi.ts'

const { api } = await testProgram()
const publicly = { headers: { authorization: '' } }
const { body: document } = await api.get('/openapi.json', publicly)

test('openapi.json is consistent OpenAPI 3.1: valid, references resolve, operation ids are unique', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  assert.ok(valid, JSON.stringify(errors))
  assert.equal(document.openapi, '3.1.0')
  const text = JSON.stringify(document)
  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
    assert.ok(document.components.schemas[name!], name)
  const operations = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((path) =>
    Object.values(path),
  )
  const ids = operations.map(({ operationId }) => operationId)
  assert.equal(new Set(ids).size, ids.length, ids.sort().join())
  assert.doesNotMatch(text, /"~/, 'TypeBox’s internal keys do not appear')
})

test('openapi.json has the core routes and marks the four that can be streamed', () => {
  for (const path of [
    '/v1/ecs/ping',
    '/v1/ecs/accounts',
    '/v1/ecs/{account}/clusters/{cluster}',
    '/v1/ecs/{account}/taskdefs/{taskdef}',
  ]) {
    assert.ok(document.paths[path], path)
  }
  assert.equal(document.paths['/docs'], undefined)
  const streamed = Object.entries<Record<string, Operation>>(document.paths).filter(
    ([, { get }]) => get && JSON.stringify(get.responses).includes('text/event-stream'),
  )
  assert.deepEqual(
    streamed.map(([path]) => path.replace(/^.*\{account\}\//, '')),
    [
      'clusters/{cluster}',
      'clusters/{cluster}/tasks/{task}',
      'clusters/{cluster}/services/{service}',
      'clusters/{cluster}/services/{service}/deployments/{deployment}',
    ],
  )
})

test('openapi.json describes every path parameter, and each body has an example', () => {
  for (const [path, operations] of Object.entries<Record<string, Operation>>(document.paths)) {
    for (const operation of Object.values(operations)) {
      const named = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
      assert.deepEqual(
        named,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
        path,
      )
      for (const content of Object.values(operation.requestBody?.content ?? {}))
        assert.ok(content.examples, `${path} has no example of a body`)
    }
  }
})

test('the documentation pages need no token, no network and no script', async () => {
  const root = await api.get('/', publicly)
  assert.deepEqual([root.status, root.headers.location], [302, '/docs'])
  for (const path of ['/docs', '/docs/problems', '/docs/problems/ClusterNotFound']) {
    const { status, text, headers } = await api.get(path, {
      headers: { authorization: '', accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    })
    assert.equal(status, 200, path)
    assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    assert.doesNotMatch(text, /https?:\/\/|<script|undefined|\[object/)
    for (const [, link] of text.matchAll(/href="#([^"]+)"/g))
      assert.ok(text.includes(`id="${link}"`), `${path} has nothing at #${link}`)
  }
})

test('every problem code has a page, AWS’s own names too, and unknown codes have none', async () => {
  const index = (await api.get('/docs/problems', publicly)).text
  for (const [code, { title }] of Object.entries(problemCodes)) {
    assert.ok(index.includes(`/docs/problems/${code}"`))
    const { status, text } = await api.get(`/docs/problems/${code}`, publicly)
    assert.equal(status, 200, code)
    assert.ok(text.includes(title.slice(0, 8)))
  }
  assert.equal((await api.get('/docs/problems/InvalidParameterException', publicly)).status, 200)
  const none = await api.get('/docs/problems/NoSuchThing', publicly)
  assert.deepEqual([none.status, none.body.code], [404, 'RouteNotFound'])
})
