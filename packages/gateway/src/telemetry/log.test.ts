import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newFolder, startService } from '../testing/process.ts'

test('a higher level leaves out what is below it, and never the audit', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const { url, token, child, exit, output } = await startService({ folder, env: { ECS_API_LOG_LEVEL: 'warn' } })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  assert.equal((await fetch(`${url}/v1/ecs/local/clusters`, { method: 'POST', headers, body: '{"name": "web"}' })).status, 201)
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
