import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import { test } from 'node:test'
import { findFreePort } from '../testing/free-port.ts'
import { newFolder, startCli, startGatewayProcess } from '../testing/process.ts'

test('a higher log level omits lower entries but never the audit', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const { url, token, child, exit, output } = await startGatewayProcess({ folder, env: { ECS_API_LOG_LEVEL: 'warn' } })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  assert.equal(
    (await fetch(`${url}/v1/ecs/local/clusters`, { method: 'POST', headers, body: '{"name": "web"}' })).status,
    201,
  )
  child.kill('SIGTERM')
  await exit
  const lines = output()
    .stdout.split('\n')
    .filter((line) => line.startsWith('{'))
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).msg),
    ['audit'],
  )
})

test('an unwritable log neither ends the process nor prevents its shutdown', {
  skip: !existsSync('/dev/full'),
}, async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const full = openSync('/dev/full', 'w')
  const port = await findFreePort()
  const token = randomBytes(32).toString('hex')
  const { child, exit } = startCli(['serve'], {
    folder,
    stdout: full,
    env: { ECS_API_LISTEN: `127.0.0.1:${port}`, ECS_API_TOKEN: token },
  })
  closeSync(full)
  const requestStatus = async () =>
    (await fetch(`http://127.0.0.1:${port}/v1/ecs/accounts`, { headers: { authorization: `Bearer ${token}` } })).status
  while ((await requestStatus().catch(() => 0)) !== 200) assert.equal(child.exitCode, null)
  // Enough lines that some are written while requests arrive.
  for (let i = 0; i < 500; i++) assert.equal(await requestStatus(), 200)
  child.kill('SIGTERM')
  assert.deepEqual(await exit, { code: 0, signal: null })
})
