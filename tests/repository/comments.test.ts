// Comments are at most 120 characters wide. The formatter holds code to that width, but never breaks a comment.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const maxWidth = 120
const sources = globSync(['{packages,tests,scripts,bench}/**/*.{ts,tsx,mjs}'], {
  exclude: ['**/node_modules/**', '**/dist/**', 'packages/client/src/api.ts'],
})

test('no comment is wider than 120 characters', () => {
  assert.ok(sources.length > 1000, `only ${sources.length} files were read`)
  const wide = sources.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, i) => (line.length > maxWidth && /^\s*(\/?\*|\/\/)/.test(line) ? [`${path}:${i + 1}`] : [])),
  )
  assert.deepEqual(wide, [])
})
