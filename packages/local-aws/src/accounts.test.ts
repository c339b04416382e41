import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { LocalAws } from './local-aws.ts'
import { createDataFolder } from './testing/data-folder.ts'

test('keys are generated once, and only their owner may read the files', async (t) => {
  const data = createDataFolder(t)
  const accountsOf = async (accounts?: ConstructorParameters<typeof LocalAws>[0]['accounts']) => {
    const aws = new LocalAws({ data, ...(accounts && { accounts }) })
    await aws.open()
    const found = aws.accounts
    await aws.close()
    return found
  }
  const first = await accountsOf()
  assert.match(first[0]!.accessKeyId, /^AKIA[A-Z2-7]{16}$/)
  assert.deepEqual(await accountsOf(), first)
  for (const file of ['keys.json', 'lock.db', 'state.db']) assert.equal(statSync(join(data, file)).mode & 0o777, 0o600)

  const both = await accountsOf([
    { number: '111122223333', name: 'prod', accessKeyId: 'AKIAGIVEN', secretAccessKey: 'given' },
    { number: '000000000000', name: 'local' },
  ])
  assert.equal(both[0]!.accessKeyId, 'AKIAGIVEN')
  assert.equal(both[1]!.accessKeyId, first[0]!.accessKeyId)
  assert.match(readFileSync(join(data, 'keys.json'), 'utf8'), /AKIAGIVEN/)
  await assert.rejects(accountsOf([{ number: '12', name: 'short' }]), /must have twelve digits/)
  await assert.rejects(accountsOf([both[0]!, { ...both[0]!, name: 'twin' }]), /same number; the second is twin/)
  for (const half of [{ accessKeyId: 'AKIAHALF' }, { secretAccessKey: 'half' }])
    await assert.rejects(accountsOf([{ number: '111122223333', name: 'prod', ...half }]), /prod needs both/)
  assert.deepEqual(await accountsOf(), [first[0]], 'the folder was released')
})
