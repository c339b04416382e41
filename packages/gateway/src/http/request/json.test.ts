import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Problem } from '../../problems/problem.ts'
import { readJson } from './json.ts'

function outcomeOf(text: string): { value: unknown } | { code: string; pointers: unknown[] } {
  try {
    return { value: readJson(Buffer.from(text)) }
  } catch (error) {
    assert.ok(error instanceof Problem, String(error))
    return {
      code: error.code,
      pointers: (error.options.errors ?? []).map((fault) => (fault.in === 'body' ? fault.pointer : '')),
    }
  }
}

test('readJson reads every text that JSON.parse reads, with the same value', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (text, space) => {
      const spaced = JSON.stringify(JSON.parse(text), null, space)
      assert.deepEqual(outcomeOf(spaced), { value: JSON.parse(spaced) })
    }),
  )
})

test('readJson rejects exactly the texts that JSON.parse rejects', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '1',
    '-',
    '0',
    '.5',
    'e3',
    'true',
    'nul',
    ' ',
    '\n',
    '\\u00e9',
    '\\x',
  )
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 9 }), (pieces) => {
      const text = pieces.join('')
      let isValid = true
      try {
        JSON.parse(text)
      } catch {
        isValid = false
      }
      // A valid text with a duplicate name is an InvalidBody.
      const outcome = outcomeOf(text)
      assert.equal('value' in outcome || outcome.code === 'InvalidBody', isValid, text)
    }),
    { numRuns: 3000 },
  )
})

test('a duplicate name is reported by its pointer', () => {
  assert.deepEqual(outcomeOf('{"a":1,"b":[{},{"c/d":1,"c\\u002fd":2}],"a":2}'), {
    code: 'InvalidBody',
    pointers: ['/b/1/c~1d', '/a'],
  })
  assert.deepEqual(outcomeOf('{"a":{"x":1},"b":{"x":1}}'), { value: { a: { x: 1 }, b: { x: 1 } } })
})

test('nesting depth is limited', () => {
  assert.deepEqual(outcomeOf('['.repeat(100_000) + ']'.repeat(100_000)), { code: 'MalformedJson', pointers: [''] })
  assert.ok('value' in outcomeOf('['.repeat(60) + ']'.repeat(60)))
})
