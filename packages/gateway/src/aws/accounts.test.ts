import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from './account.ts'
import { Accounts } from './accounts.ts'

interface Settings {
  name: string
  region?: string
}

/** Accounts that record which of them are open; one named `broken` cannot be opened. */
function recordedAccounts() {
  const open: string[] = []
  const accounts = new Accounts<Settings>(async ({ name, region = 'us-east-1' }) => {
    const label = `${name} ${region}`
    await Promise.resolve()
    if (name === 'broken') throw new Error('It has no credentials.')
    open.push(label)
    return { close: () => open.splice(open.indexOf(label), 1) } as unknown as Account
  })
  return { accounts, open }
}

test('a replacement that fails keeps the open accounts, and closes those that it opened', async () => {
  const { accounts, open } = recordedAccounts()
  await accounts.replace([{ name: 'a' }, { name: 'b' }])
  const failing = accounts.replace([{ name: 'a' }, { name: 'b', region: 'eu-west-1' }, { name: 'broken' }])
  await assert.rejects(failing, /no credentials/)
  assert.deepEqual(
    [open, accounts.names()],
    [
      ['a us-east-1', 'b us-east-1'],
      ['a', 'b'],
    ],
  )
})

test('two replacements at once open an account once', async () => {
  const { accounts, open } = recordedAccounts()
  await Promise.all([accounts.replace([{ name: 'a' }]), accounts.replace([{ name: 'a' }])])
  assert.deepEqual(open, ['a us-east-1'])
})
