import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEscapeDetector } from './escape-detector.ts'

const isClosed = (...chunks: string[]) => {
  const detect = createEscapeDetector()
  return chunks.map((text) => detect(Buffer.from(text))).some(Boolean)
}

test('a tilde and a dot close the terminal at the beginning of a line only', () => {
  for (const chunks of [['~.'], ['~', '.'], ['ls\r~.'], ['ls', '\r', '~', '.'], ['a\n~.']])
    assert.ok(isClosed(...chunks))
  for (const chunks of [['cd ~.'], ['ls ~', '.'], ['~a.'], ['~~.'], ['\r ~.']]) assert.ok(!isClosed(...chunks))
})

test('replies of the terminal at the beginning of a line do not count as typed, keys do', () => {
  const replies = [
    '\x1b[3;5R',
    '\x1b[?62;22c',
    '\x1b[0n',
    '\x1b[I',
    '\x1b]11;rgb:0/0/0\x07',
    '\x1bP1+r\x1b\\',
    '\x1b[<0;1;1M',
  ]
  for (const reply of replies) {
    assert.ok(isClosed(`ls\r${reply}~.`), JSON.stringify(reply))
    assert.ok(isClosed('ls\r', ...reply, '~', ...reply, '.'), JSON.stringify(reply))
    assert.ok(!isClosed(`ls${reply}~.`), JSON.stringify(reply))
  }
  for (const key of ['\x1b[A', '\x1bOA', '\x1b[3~', '\x1b[1;5C', '\x1bb', '\x1b'])
    assert.ok(!isClosed(`ls\r${key}~.`), JSON.stringify(key))
  // Alt with a key that begins a text.
  assert.ok(isClosed('\x1b]\r~.'))
})
