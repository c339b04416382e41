import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { skipWithoutPostgres, startPostgres } from '../testing/postgres.ts'
import { newFolder, startCli } from '../testing/process.ts'

test('a process without its store is alive, but not ready, and reports the reason', {
  skip: skipWithoutPostgres,
}, async (t) => {
  const postgres = await startPostgres()
  const { folder, remove } = await newFolder()
  t.after(remove)
  const aws = await startEngineOverTcp()
  const { mode: _, name, ...remote } = aws.account('remote')
  const { secretAccessKey, ...credentials } = remote.credentials
  const accounts = { [name]: { ...remote, credentials: { ...credentials, secretAccessKey: 'env:AWS_KEY' } } }
  await writeFile(
    join(folder, 'ecs-api.yaml'),
    JSON.stringify({ store: postgres.newUrl(), storeKey: 'env:KEY', token: 'env:TOKEN', accounts }),
  )
  const { waitForOutput, child, exit } = startCli(['serve'], {
    folder,
    env: { KEY: 'key', TOKEN: 'token', AWS_KEY: String(secretAccessKey) },
  })
  t.after(async () => {
    child.kill('SIGTERM')
    await exit
  })
  const [, url] = await waitForOutput(/^(http:\S+)\n/m)
  const ready = () => fetch(`${url}/readyz`)
  assert.deepEqual(await (await ready()).json(), { status: 'ready' })
  await postgres.stop()
  // A readiness result is cached for a second.
  let answer = await ready()
  while (answer.status === 200) answer = await ready()
  const problem = (await answer.json()) as { code: string }
  assert.deepEqual([answer.status, problem.code, answer.headers.get('retry-after')], [503, 'StoreUnavailable', '1'])
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
})
