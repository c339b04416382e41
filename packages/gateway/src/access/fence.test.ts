import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testProgram } from '../testing/program.ts'
import { matcher } from './fence.ts'

test('* is any characters, ? one, and everything else itself', () => {
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
    assert.equal(matcher([glob])(name), expected, `${glob} ${JSON.stringify(name)}`)
  assert.ok(matcher(['a', 'b*'])('bc'))
})

test('it is what the same words say as a regular expression', () => {
  const letters = (...from: string[]) => fc.string({ unit: fc.constantFrom(...from), maxLength: 8 })
  fc.assert(
    fc.property(letters('a', 'b', '*', '?'), letters('a', 'b', '*'), (glob, name) => {
      const meant = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`)
      assert.equal(matcher([glob])(name), meant.test(name))
    }),
    { numRuns: 2000 },
  )
})

test('no glob of a token holds up the process, however many stars it has', async () => {
  const { api, newToken } = await testProgram()
  const token = await newToken({ name: 'stars', role: 'viewer', clusters: [`${'*a'.repeat(100)}*b`] })
  const { status } = await api.get(`/local/clusters/${'a'.repeat(255)}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(status, 403)
})
