/** Two processes on one PostgreSQL under load, one of them killed every few seconds. The full measure is CRASH_SECONDS=60. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { keyedLoad } from './testing/keyed-load.ts'
import { startPostgres, withoutPostgres } from './testing/postgres.ts'
import { newFolder, type Running, start } from './testing/process.ts'

const seconds = Number(process.env.CRASH_SECONDS ?? 10)
const killEveryMs = 3_000

interface Member {
  url: string
  child: Running['child']
  exit: Running['exit']
}

async function folderWith(t: TestContext, configuration: object): Promise<string> {
  const { folder, remove } = await newFolder()
  t.after(remove)
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify(configuration))
  return folder
}

test('two processes on one PostgreSQL, one killed every few seconds: no write lost or doubled, each key honoured once', {
  skip: withoutPostgres,
}, async (t) => {
  const postgres = await startPostgres()
  t.after(postgres.stop)
  const engine = start(['local-aws', '--port', '0', '--data', ':memory:', '--runtime', 'simulated', '--pace', 'instant'], {
    folder: await folderWith(t, {}),
  })
  t.after(() => engine.child.kill('SIGKILL'))
  const [, endpoint] = await engine.until(/(http:\/\/127\.0\.0\.1:\d+)/)
  const folder = await folderWith(t, {
    store: postgres.newUrl(),
    storeKey: 'env:SHARED_KEY',
    token: 'env:SHARED_TOKEN',
    accounts: {
      shared: {
        region: 'us-east-1',
        endpoint,
        credentials: { accessKeyId: '111122223333', secretAccessKey: 'env:SHARED_KEY' },
        defaults: { subnets: ['subnet-0a1b2c3d'] },
      },
    },
  })
  const token = 'known-to-both'
  const member = async (): Promise<Member> => {
    const { child, exit, until } = start(['serve'], { folder, env: { SHARED_KEY: 'a key', SHARED_TOKEN: token } })
    const [, url = ''] = await until(/^(http:\S+)\n[\s\S]*token: /)
    return { url, child, exit }
  }
  const members = [await member(), await member()]
  t.after(() => members.map(({ child }) => child.kill('SIGKILL')))

  let kills = 0
  const disturb = async (isOver: () => boolean) => {
    for (let i = 0; !isOver(); i++) {
      await pause(killEveryMs)
      const victim = members[i % 2]!
      victim.child.kill('SIGKILL')
      await victim.exit
      members[i % 2] = await member()
      kills++
    }
  }
  const counted = await keyedLoad({ at: (turn) => `${members[turn % 2]!.url}/v1/ecs/shared`, token, seconds, disturb })
  t.diagnostic(JSON.stringify({ ...counted, kills }))
  assert.ok(kills >= Math.floor((seconds * 1000) / (killEveryMs + 3_000)) && counted.repeats > 0, JSON.stringify({ ...counted, kills }))
})
