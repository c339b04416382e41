import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileFilterPattern } from './filter-pattern.ts'

const event = JSON.stringify({
  level: 'error',
  status: 503,
  id: '42',
  ok: true,
  gone: null,
  user: { name: 'admin-1', ips: ['10.0.0.1', '10.0.0.2'] },
  items: [{ id: 1 }, { id: 2 }],
  'with.dot': 1,
})

const rows: [pattern: string, message: string, matches: boolean][] = [
  ['', 'anything', true],
  ['%[Ee][Rr][Rr]or%', 'an ERRor here', true],
  ['%[Ee]rror_1%', 'an error-1', false],
  ['%[Ee]rror% timeout', 'Errors, no time out', false],
  ['ERROR', 'an ERROR here', true],
  ['ERROR', 'an error here', false],
  ['ERROR timeout', 'timeout ERROR', true],
  ['ERROR timeout', 'ERROR', false],
  ['"out of memory"', 'killed: out of memory', true],
  ['"out of memory"', 'memory out of', false],
  ['"say \\"hi\\""', 'say "hi"', true],
  ['ERROR -"code 3"', 'ERROR code 4', true],
  ['ERROR -"code 3"', 'ERROR code 3', false],
  ['-ERROR', 'fine', true],
  ['?ERROR ?WARN', 'a WARN', true],
  ['?ERROR ?WARN', 'an INFO', false],
  ['?ERROR INFO', 'an INFO', true],
  ['{ $.level = "error" }', event, true],
  ['{ $.level = error }', event, true],
  ['{ $.level = "err*" }', event, true],
  ['{ $.level != "info" }', event, true],
  ['{ $.missing != "info" }', event, false],
  ['{ $.status >= 500 && $.status < 504 }', event, true],
  ['{ $.status = 5.03e2 }', event, true],
  ['{ $.status > 503 || $.id = 42 }', event, true],
  ['{ ($.level = "info" || $.ok IS TRUE) && $.gone IS NULL }', event, true],
  ['{ $.ok IS FALSE }', event, false],
  ['{ $.missing NOT EXISTS }', event, true],
  ['{ $.level NOT EXISTS }', event, false],
  ['{ $.user.name = admin* && $.user.ips[1] = 10.0.*.2 }', event, true],
  ['{ $.items[*].id = 2 }', event, true],
  ['{ $.items[7].id = 2 }', event, false],
  ["{ $.['with.dot'] = 1 }", event, true],
  ['{ $.level = "error" }', 'no json', false],
]

for (const [pattern, message, matches] of rows)
  test(`${pattern || 'the empty pattern'} ${matches ? 'matches' : 'does not match'} ${message.slice(0, 30)}`, () => {
    assert.equal(compileFilterPattern(pattern)(message), matches)
  })

for (const broken of [
  'a:b',
  '"open',
  '-',
  '{ $.a }',
  '{ $.a = }',
  '{ $.a = 1',
  '{ a = 1 }',
  '{ $.a > "1" }',
  '{ ($.a = 1 }',
  '[a, b]',
  '%a+%',
  'a"b"',
])
  test(`the filter pattern ${broken} is rejected`, () => {
    assert.throws(() => compileFilterPattern(broken), { code: 'InvalidParameterException' })
  })

test('a phrase in quotes matches every message that contains it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (before, phrase, after) => {
      const quoted = `"${phrase.replace(/["\\]/g, '\\$&')}"`
      assert.ok(compileFilterPattern(quoted)(before + phrase + after))
      assert.equal(compileFilterPattern(`-${quoted}`)(before), !before.includes(phrase))
    }),
  )
})

test('a pattern with * matches like the equivalent regular expression', () => {
  const part = fc.stringMatching(/^[ab*]{0,8}$/)
  fc.assert(
    fc.property(part, fc.stringMatching(/^[ab]{0,10}$/), (pattern, text) => {
      const expected = new RegExp(`^${pattern.replace(/\*+/g, '.*')}$`).test(text)
      assert.equal(compileFilterPattern(`{ $.x = "${pattern}" }`)(JSON.stringify({ x: text })), expected)
    }),
  )
})
