/** A data folder whose disk is full: what only takes rights away works, and the process says that it is not ready. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, statfsSync, unlinkSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder, startService } from '../testing/process.ts'

/** Mounting takes root, as in CI. */
const skip = process.getuid?.() === 0 ? false : 'a small disk can be mounted by root only'

test('on a full disk a token can be revoked, and the service is not ready', { skip }, async (t) => {
  const { folder, remove } = await newFolder()
  const data = join(folder, 'data')
  await mkdir(data)
  mounted(data)
  const { url, token, child, exit } = await startService({ folder })
  t.after(async () => {
    child.kill('SIGTERM')
    await exit
    spawnSync('umount', [data])
    await remove()
  })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const ask = (method: string, path: string, body?: object) =>
    fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const made = (await (await ask('POST', '/v1/ecs/tokens', { name: 'thief', role: 'admin' })).json()) as {
    token: string
  }
  const thief = () => fetch(`${url}/v1/ecs/accounts`, { headers: { authorization: `Bearer ${made.token}` } })
  assert.equal((await thief()).status, 200)

  fill(data)
  let refused = await ask('POST', '/v1/ecs/tokens', { name: 'another', role: 'viewer' })
  // Free space within the database's pages takes some more rows.
  for (let i = 0; refused.status !== 503; i++)
    refused = await ask('POST', '/v1/ecs/tokens', { name: `another-${i}`, role: 'viewer' })
  assert.equal(((await refused.json()) as { code: string }).code, 'StoreUnavailable')
  const ready = await fetch(`${url}/readyz`)
  assert.equal(ready.status, 503)

  const revoked = await ask('DELETE', '/v1/ecs/tokens/thief')
  assert.equal(revoked.status, 200, await revoked.text())
  assert.equal((await thief()).status, 401)

  unlinkSync(join(data, 'filler'))
  const { items } = (await (await ask('GET', '/v1/ecs/audit?limit=1000')).json()) as {
    items: { action: string; status: number; path: string }[]
  }
  assert.ok(
    items.some(({ action, status, path }) => action.startsWith('DELETE') && status === 200 && path.endsWith('/thief')),
  )
})

function mounted(folder: string): void {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'none', folder], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}

function fill(folder: string): void {
  const file = openSync(join(folder, 'filler'), 'w')
  for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2))
    try {
      for (;;) writeSync(file, Buffer.alloc(size))
    } catch {}
  closeSync(file)
  assert.equal(statfsSync(folder).bfree, 0)
}
