import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { startTestProgram } from '../testing/program.ts'
import { type OpenApi, requestArbitrary } from './requests.ts'

const { api } = await startTestProgram()
const { paths, components }: OpenApi = (await api.get('/openapi.json')).body

/** The bodies of many requests for one operation. */
function bodiesOf(path: string, method: string): Record<string, unknown>[] {
  const only = { paths: { [path]: { [method]: paths[path]![method]! } }, components }
  return fc.sample(requestArbitrary(only, new Map()), { seed: 3, numRuns: 2000 }).flatMap(({ payload = '' }) => {
    try {
      const body = JSON.parse(payload)
      return typeof body === 'object' && body !== null && !Array.isArray(body) ? [body] : []
    } catch {
      return []
    }
  })
}

test('some bodies are in the gateway’s form, some in ECS’s own, and some have fields of both', () => {
  const bodies = bodiesOf('/v1/ecs/{account}/clusters/{cluster}/services', 'post')
  const ours = ['name', 'count', 'subnets', 'securityGroups', 'assignPublicIp']
  const ecs = ['serviceName', 'desiredCount', 'networkConfiguration', 'cluster', 'clientToken']
  const hasAny = (body: object, fields: readonly string[]) => fields.some((field) => field in body)
  for (const field of [...ours, ...ecs])
    assert.ok(
      bodies.some((body) => field in body),
      `no body has ${field}`,
    )
  const both = bodies.filter((body) => hasAny(body, ours) && hasAny(body, ecs))
  assert.ok(both.length > 5, `${both.length} bodies have fields of both forms`)
  const lists = bodies.filter(({ tags }) => Array.isArray(tags) && tags.length > 0)
  const maps = bodies.filter(({ tags }) => typeof tags === 'object' && tags !== null && !Array.isArray(tags))
  assert.ok(lists.length > 0 && maps.length > 0, `tags: ${lists.length} lists, ${maps.length} maps`)
})
