import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commands } from './commands.ts'
import { helpOf } from './parse.ts'

test('the help of each command fits a terminal of 80 columns', () => {
  const lines = commands.flatMap((command) => helpOf(command, 80).split('\n'))
  assert.deepEqual(
    lines.filter((line) => [...line].length > 80),
    [],
  )
})
