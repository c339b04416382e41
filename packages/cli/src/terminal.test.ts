import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeDetector } from './terminal.ts'

const isClosed = (...chunks: string[]) => {
  const detect = escapeDetector()
  return chunks.map((text) => detect(Buffer.from(text))).some(Boolean)
}

test('a tilde and a dot close the terminal at the beginning of a line only', () => {
  for (const chunks of [['~.'], ['~', '.'], ['ls\r~.'], ['ls', '\r', '~', '.'], ['a\n~.']])
    assert.ok(isClosed(...chunks))
  for (const chunks of [['cd ~.'], ['ls ~', '.'], ['~a.'], ['~~.'], ['\r ~.']]) assert.ok(!isClosed(...chunks))
})
