import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Out } from '../out/out.ts'
import { startProgress } from './progress.ts'

test('plain progress prints at most one line in 2 s, and the last state at its end', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 0 })
  const printed: [ms: number, text: string][] = []
  const out = { note: (line: string) => printed.push([Date.now(), line.replace(/^\S+ /, '')]) } as unknown as Out
  const progress = startProgress({
    ...{ title: 'Deploying www', timeoutSeconds: undefined, mode: 'plain', out, environment: {}, now: Date.now },
  })
  const at = (ms: number, summary: string) => {
    while (Date.now() < ms) t.mock.timers.tick(100)
    progress.update({ lines: [], summary })
  }
  at(0, '1 of 4')
  at(100, '2 of 4')
  at(2100, '3 of 4')
  at(7200, '4 of 4')
  at(7300, 'done')
  progress.end()
  assert.deepEqual(printed.slice(1), [
    [0, '1 of 4'],
    [2000, '2 of 4'],
    [4000, '3 of 4'],
    [7200, '4 of 4'],
    [7300, 'done'],
  ])
})
