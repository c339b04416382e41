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

test('progress on no terminal says every 60 s that the work goes on, until its end', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 0 })
  for (const mode of ['plain', 'json'] as const) {
    const startedAtMs = Date.now()
    const printed: [seconds: number, text: string][] = []
    const print = (text: string) => printed.push([(Date.now() - startedAtMs) / 1000, text.trimEnd()])
    const out = { note: print, rawError: print } as unknown as Out
    const progress = startProgress({
      ...{ title: 'Deploying www', timeoutSeconds: 900, mode, out, environment: {}, now: Date.now },
    })
    const passTime = (seconds: number) => {
      for (let second = 0; second < seconds; second++) t.mock.timers.tick(1000)
    }
    passTime(61)
    progress.update({ lines: [], summary: '1 of 2' })
    passTime(60)
    progress.end()
    passTime(600)
    const still = printed.filter(([, text]) => text.includes('still'))
    const [first, second] = ['Deploying www', '1 of 2'].map((summary, i) => {
      const at = new Date(startedAtMs + (i + 1) * 60_000).toISOString()
      return mode === 'plain' ? `${at} still: ${summary}` : JSON.stringify({ at, type: 'still', summary })
    })
    assert.deepEqual(still, [
      [60, first],
      [120, second],
    ])
  }
})
