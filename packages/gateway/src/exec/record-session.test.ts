import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { newFolder } from '../testing/process.ts'
import { recordSession } from './record-session.ts'

test('when the recording of a session fails, the operator gets a notice with the reason', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const notices: string[] = []
  const onNotice = (text: string) => void notices.push(text)
  const account = { name: 'prod', execSettings: { recordings: folder } } as Account
  const session = { id: 'session-1', task: '1f', container: 'web', size: { columns: 80, rows: 24 } }
  const recording = await recordSession({ onNotice }, account, { name: 'ci' } as Caller, session)
  const failed = new Promise<void>((resolve) => recording?.onFailed(() => resolve()))
  // Nothing is written to the disk between two synchronous calls, so more output waits than is allowed.
  for (let i = 0; i < 3; i++) recording?.output(Buffer.alloc(10_000_000, 'x'))
  await failed
  assert.deepEqual(notices, [
    `the recording of the session session-1 in ${folder} has failed: The disk is slower than the output.`,
  ])
})
