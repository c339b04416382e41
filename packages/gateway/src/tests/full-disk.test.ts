/** A data folder on a full disk: tokens can still be revoked, and the process reports that it is not ready. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, statfsSync, unlinkSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder, startGatewayProcess } from '../testing/process.ts'

/** Mounting requires root, which CI has. */
const skip = process.getuid?.() === 0 ? false : 'only root can mount a small disk'

test('on a full disk a token can be revoked, and the gateway reports that it is not ready', { skip }, async (t) => {
  const { folder, remove } = await newFolder()
  const data = join(folder, 'data')
  await mkdir(data)
  mountSmallDisk(data)
  const { url, token, child, exit } = await startGatewayProcess({ folder })
  t.after(async () => {
    child.kill('SIGTERM')
    await exit
    spawnSync('umount', [data])
    await remove()
  })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const send = (method: string, path: string, body?: object) =>
    fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const made = (await (await send('POST', '/v1/ecs/tokens', { name: 'thief', role: 'admin' })).json()) as {
    token: string
  }
  const thief = () => fetch(`${url}/v1/ecs/accounts`, { headers: { authorization: `Bearer ${made.token}` } })
  assert.equal((await thief()).status, 200)

  fill(data)
  let rejected = await send('POST', '/v1/ecs/tokens', { name: 'another', role: 'viewer' })
  // Free space inside the database's pages holds a few more rows.
  for (let i = 0; rejected.status !== 503; i++)
    rejected = await send('POST', '/v1/ecs/tokens', { name: `another-${i}`, role: 'viewer' })
  assert.equal(((await rejected.json()) as { code: string }).code, 'StoreUnavailable')
  const ready = await fetch(`${url}/readyz`)
  assert.equal(ready.status, 503)

  const revoked = await send('DELETE', '/v1/ecs/tokens/thief')
  assert.equal(revoked.status, 200, await revoked.text())
  assert.equal((await thief()).status, 401)

  unlinkSync(join(data, 'filler'))
  const { items } = (await (await send('GET', '/v1/ecs/audit?limit=1000')).json()) as {
    items: { action: string; status: number; path: string }[]
  }
  assert.ok(
    items.some(({ action, status, path }) => action.startsWith('DELETE') && status === 200 && path.endsWith('/thief')),
  )
})

function mountSmallDisk(folder: string): void {
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
