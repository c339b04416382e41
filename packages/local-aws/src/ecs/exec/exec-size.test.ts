import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExecSession } from '../../runtimes/runtime.ts'
import { createTerminalResizer } from './exec-size.ts'

test('sizes are applied one after another, and the last one stays', async () => {
  const columnsSet: number[] = []
  const first = Promise.withResolvers<void>()
  const last = Promise.withResolvers<void>()
  const command: Pick<ExecSession, 'resize'> = {
    resize: async ({ columns }) => {
      columnsSet.push(columns)
      if (columns === 300) await first.promise
      if (columns === 132) last.resolve()
    },
  }
  const resize = createTerminalResizer(() => command as ExecSession)
  resize({ columns: 300, rows: 100 })
  resize({ columns: 80, rows: 24 })
  resize({ columns: 132, rows: 50 })
  assert.deepEqual(columnsSet, [300])
  first.resolve()
  await last.promise
  assert.deepEqual(columnsSet, [300, 132])
})

test('a size is retried until the command has a terminal, and not beyond the end of the session', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let tries = 0
  let hasTerminal = false
  let command: ExecSession | undefined = {
    resize: async () => {
      tries++
      if (!hasTerminal) throw new Error('the command has no terminal yet')
    },
  } as Partial<ExecSession> as ExecSession
  const resize = createTerminalResizer(() => command)
  const advance = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      t.mock.timers.tick(1_000)
      await new Promise(setImmediate)
    }
  }
  resize({ columns: 132, rows: 50 })
  await advance(60)
  hasTerminal = true
  const before = tries
  await advance(60)
  assert.equal(tries, before + 4, 'set once, and repeated three times')

  hasTerminal = false
  resize({ columns: 80, rows: 24 })
  await advance(5)
  command = undefined
  const atTheEnd = tries
  await advance(60)
  assert.equal(tries, atTheEnd)
})

test('a size that the runtime acknowledges and loses is set again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let requests = 0
  let columnsNow = 0
  const command = {
    resize: async ({ columns }: { columns: number }) => {
      requests++
      if (requests !== 2) columnsNow = columns
    },
  } as Partial<ExecSession> as ExecSession
  const resize = createTerminalResizer(() => command)
  resize({ columns: 300, rows: 100 })
  resize({ columns: 132, rows: 50 })
  await new Promise(setImmediate)
  assert.deepEqual([requests, columnsNow], [2, 300])
  t.mock.timers.tick(100)
  await new Promise(setImmediate)
  assert.equal(columnsNow, 132)
})
