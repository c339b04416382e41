import assert from 'node:assert/strict'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../testing/process.ts'
import { removeOldRecordings } from './recording.ts'

test('recordings older than the days are removed; younger ones and other files stay', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const ages = { 'old.cast': 8, 'young.cast': 6, 'old.txt': 8 }
  for (const [name, days] of Object.entries(ages)) {
    await writeFile(join(folder, name), '')
    const modifiedAt = Date.now() / 1000 - days * 86_400
    await utimes(join(folder, name), modifiedAt, modifiedAt)
  }
  await removeOldRecordings(folder, 7)
  assert.deepEqual((await readdir(folder)).sort(), ['old.txt', 'young.cast'])
})

test('a missing folder has no recordings; a folder that cannot be read is an error', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  await removeOldRecordings(join(folder, 'missing'), 7)
  const file = join(folder, 'file')
  await writeFile(file, '')
  await assert.rejects(removeOldRecordings(file, 7), { code: 'ENOTDIR' })
})
