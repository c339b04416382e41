import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExecSession } from '../../runtimes/runtime.ts'
import { resizer } from './exec-size.ts'

test('sizes are set one after another, so that the last one holds', async () => {
  const asked: number[] = []
  const first = Promise.withResolvers<void>()
  const last = Promise.withResolvers<void>()
  const command: Pick<ExecSession, 'resize'> = {
    resize: async ({ columns }) => {
      asked.push(columns)
      if (columns === 300) await first.promise
      if (columns === 132) last.resolve()
    },
  }
  const resize = resizer(() => command as ExecSession)
  resize({ columns: 300, rows: 100 })
  resize({ columns: 80, rows: 24 })
  resize({ columns: 132, rows: 50 })
  assert.deepEqual(asked, [300])
  first.resolve()
  await last.promise
  assert.deepEqual(asked, [300, 132])
})
