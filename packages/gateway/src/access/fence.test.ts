import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { startTestProgram } from '../testing/program.ts'
import { globMatcher } from './fence.ts'

test('* matches any characters, ? matches one, and other characters match themselves', () => {
  const fits: [glob: string, name: string, fits: boolean][] = [
    ['web-*', 'web-', true],
    ['web-*', 'web-1', true],
    ['web-*', 'a-web-1', false],
    ['*-1', 'web-1', true],
    ['*-1', 'web-12', false],
    ['w?b', 'web', true],
    ['w?b', 'wb', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*.x.*', 'axx.y', false],
    ['**', '', true],
    ['a+', 'aa', false],
    ['web-*', 'web-\n', false],
  ]
  for (const [glob, name, expected] of fits)
    assert.equal(globMatcher([glob])(name), expected, `${glob} ${JSON.stringify(name)}`)
  assert.ok(globMatcher(['a', 'b*'])('bc'))
})

test('a glob matches the same names as the equivalent regular expression', () => {
  const letters = (...from: string[]) => fc.string({ unit: fc.constantFrom(...from), maxLength: 8 })
  fc.assert(
    fc.property(letters('a', 'b', '*', '?'), letters('a', 'b', '*'), (glob, name) => {
      const equivalent = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`)
      assert.equal(globMatcher([glob])(name), equivalent.test(name))
    }),
    { numRuns: 2000 },
  )
})

test('a glob with many stars does not block the process', async () => {
  const { api, newToken } = await startTestProgram()
  const token = await newToken({ name: 'stars', role: 'viewer', clusters: [`${'*a'.repeat(100)}*b`] })
  const { status } = await api.get(`/local/clusters/${'a'.repeat(255)}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(status, 403)
})
