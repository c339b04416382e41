import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wrapLine } from './wrap.ts'

test('a line that fits stays as it is', () => {
  assert.equal(wrapLine('prod/www  ok', 12), 'prod/www  ok')
  assert.equal(wrapLine('\u001b[31mprod\u001b[39m', 4), '\u001b[31mprod\u001b[39m')
})

test('a longer line goes on below its last column, and a long word is broken', () => {
  assert.equal(wrapLine('event  the task has stopped', 20), 'event  the task has\n       stopped')
  assert.equal(
    wrapLine('  next  abcdefghijklmnopqrstuvwxyz', 20),
    '  next  abcdefghijkl\n        mnopqrstuvwx\n        yz',
  )
  assert.equal(wrapLine('no columns in this text', 10), 'no columns\n  in this\n  text')
  assert.equal(wrapLine('abcdefgh', 4), 'abcd\n  ef\n  gh')
})

test('colours stay around their text and count for nothing', () => {
  assert.equal(wrapLine('\u001b[31mone two\u001b[39m three', 7), '\u001b[31mone two\u001b[39m\n  three')
  assert.equal(wrapLine('\u001b[31mone two three\u001b[39m', 7), '\u001b[31mone two\n  three\u001b[39m')
})
