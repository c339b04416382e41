import assert from 'node:assert/strict'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { createDataFolder } from '../testing/data-folder.ts'
import { openStorage } from './storage.ts'
import { openStorageCipher } from './storage-cipher.ts'

test('an encrypted value opens only for its own record, and not if a byte has changed', (t) => {
  const storage = openStorage(':memory:')
  t.after(() => storage.close())
  const { encrypt, decrypt } = openStorageCipher(':memory:', storage)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), fc.nat(), (value, owner, otherOwner, at) => {
      const encrypted = encrypt(value, owner)
      assert.equal(decrypt(encrypted, owner), value)
      assert.notEqual(encrypt(value, owner), encrypted)
      if (otherOwner !== owner) assert.throws(() => decrypt(encrypted, otherOwner))
      const bytes = Buffer.from(encrypted, 'base64')
      bytes[at % bytes.length]! ^= 1
      assert.throws(() => decrypt(bytes.toString('base64'), owner))
    }),
  )
})

test('the key file is readable by its owner only, and without the right key the folder does not open', async (t) => {
  const data = createDataFolder(t)
  const openFolder = async () => {
    const storage = openStorage(data)
    try {
      return openStorageCipher(data, storage)
    } finally {
      await storage.whenDurable()
      storage.close()
    }
  }
  const encrypted = (await openFolder()).encrypt('hush', 'x')
  const key = join(data, 'seal.key')
  assert.equal(statSync(key).mode & 0o777, 0o600)
  assert.equal((await openFolder()).decrypt(encrypted, 'x'), 'hush')
  writeFileSync(key, 'short')
  await assert.rejects(openFolder(), /does not contain a key of 32 bytes/)
  writeFileSync(key, Buffer.alloc(32).toString('base64'))
  await assert.rejects(openFolder(), /is not the key that encrypted the secrets/)
  rmSync(key)
  await assert.rejects(openFolder(), /seal\.key, the key that encrypted the secrets in .*, is missing/)
  assert.equal(existsSync(key), false, 'no key is created for secrets that it did not encrypt')
})
