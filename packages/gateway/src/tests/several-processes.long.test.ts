/** Two processes on one PostgreSQL under load, one of them killed every few seconds. The full measure is CRASH_SECONDS=60. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { readEvents } from '../testing/event-reader.ts'
import { keyedLoad } from '../testing/keyed-load.ts'
import { startPostgres, withoutPostgres } from '../testing/postgres.ts'
import { newFolder, type Running, start } from '../testing/process.ts'
import { sampleIn } from '../testing/samples.ts'

const seconds = Number(process.env.CRASH_SECONDS ?? 10)
const killEveryMs = 3_000

async function folderWith(t: TestContext, configuration: object): Promise<string> {
  const { folder, remove } = await newFolder()
  t.after(remove)
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify(configuration))
  return folder
}

interface Member {
  url: string
  /** Where its own /metrics are. */
  metricsUrl: string
  child: Running['child']
  exit: Running['exit']
}

interface Shared {
  /** Starts a process. */
  member: (env?: Record<string, string>) => Promise<Member>
  token: string
}

interface TwoProcesses extends Shared {
  members: [Member, Member]
}

/** A PostgreSQL for several processes, and an AWS that all of them reach. */
async function sharedStore(t: TestContext): Promise<Shared> {
  const postgres = await startPostgres()
  t.after(postgres.stop)
  const engine = start(
    ['local-aws', '--port', '0', '--data', ':memory:', '--runtime', 'simulated', '--pace', 'instant'],
    {
      folder: await folderWith(t, {}),
    },
  )
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
        // It is the processes that are tried here, not what AWS allows.
        budget: 'off',
        credentials: { accessKeyId: '111122223333', secretAccessKey: 'env:SHARED_KEY' },
        defaults: { subnets: ['subnet-0a1b2c3d'] },
      },
    },
  })
  const token = 'known-to-both'
  const member = async (env: Record<string, string> = {}): Promise<Member> => {
    const { child, exit, until } = start(['serve'], {
      folder,
      env: { SHARED_KEY: 'a key', SHARED_TOKEN: token, ECS_API_METRICS_LISTEN: '127.0.0.1:0', ...env },
    })
    t.after(() => child.kill('SIGKILL'))
    const [, url = '', metricsUrl = ''] = await until(/^(http:\S+)\nmetrics: (http:\S+)\ntoken: /m)
    return { url, metricsUrl, child, exit }
  }
  return { member, token }
}

async function twoProcesses(t: TestContext): Promise<TwoProcesses> {
  const { member, token } = await sharedStore(t)
  return { members: [await member(), await member()], member, token }
}

/** `member` starts another one on the same port. */
async function twoOnOnePort(t: TestContext): Promise<TwoProcesses> {
  const { member, token } = await sharedStore(t)
  const first = await member({ ECS_API_REUSE_PORT: 'true' })
  const another = () => member({ ECS_API_REUSE_PORT: 'true', ECS_API_LISTEN: new URL(first.url).host })
  return { members: [first, await another()], member: another, token }
}

test('two processes on one PostgreSQL, one killed every few seconds: no write lost or doubled, each key honoured once', {
  skip: withoutPostgres,
}, async (t) => {
  const { members, member, token } = await twoProcesses(t)
  const authorization = { authorization: `Bearer ${token}` }
  const homeAt = (turn: number) => `${members[turn % 2]!.url}/v1/ecs/shared/clusters/home`
  // Follows a cluster, wherever a process lives; what it was told last must be the truth in the end.
  const watched = { events: 0, connections: 0, resumed: 0, afresh: 0, sawTheEnd: false }
  const ids: string[] = []
  const watching = new AbortController()
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  watching.signal.addEventListener('abort', () => stop())
  t.after(() => watching.abort())
  const watcher = async () => {
    let last: string | undefined
    for (let turn = 0; !watching.signal.aborted; turn++) {
      const reader = await readEvents(homeAt(turn), { ...authorization, ...(last && { 'last-event-id': last }) }).catch(
        () => undefined,
      )
      if (reader?.status !== 200) {
        if (reader?.status === 410) watched.afresh++
        if (reader?.status === 410) last = undefined
        else await pause(50)
        reader?.close()
        continue
      }
      watched.connections++
      if (last) watched.resumed++
      await Promise.race([reader.ended, stopped])
      reader.close()
      for (const { id, data } of reader.events) {
        last = id ?? last
        if (id) ids.push(id)
        watched.events++
        if (data?.tags?.mark === 'the end') watched.sawTheEnd = true
      }
    }
  }
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
  const following = watcher()
  const counted = await keyedLoad({ at: (turn) => `${members[turn % 2]!.url}/v1/ecs/shared`, token, seconds, disturb })
  const headers = { ...authorization, 'content-type': 'application/json' }
  assert.equal(
    (await fetch(homeAt(0), { method: 'PATCH', headers, body: '{"tags": {"mark": "the end"}}' })).status,
    200,
  )
  for (const turn of [0, 1]) {
    const reader = await readEvents(homeAt(turn), authorization)
    await reader.until(({ data }) => data?.tags?.mark === 'the end')
    reader.close()
  }
  watching.abort()
  await following
  t.diagnostic(JSON.stringify({ ...counted, kills, ...watched }))
  assert.equal(watched.afresh, 0, 'what came between is told, whichever process is asked')
  const [epoch, first] = ids[0]!.split('-')
  assert.deepEqual(
    ids,
    ids.map((_, i) => `${epoch}-${Number(first) + i}`),
    'no event is left out, none comes twice',
  )
  assert.ok(watched.sawTheEnd && watched.connections > kills / 2)
  assert.ok(
    kills >= Math.floor((seconds * 1000) / (killEveryMs + 3_000)) && counted.repeats > 0,
    JSON.stringify({ ...counted, kills }),
  )
})

test('when the process that watches for both is killed, the other goes on within ten seconds', {
  skip: withoutPostgres,
}, async (t) => {
  const { members, member, token } = await twoProcesses(t)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const home = (at: number) => `${members[at]!.url}/v1/ecs/shared/clusters/home`
  const mark = async (at: number, value: string) =>
    assert.equal(
      (await fetch(home(at), { method: 'PUT', headers, body: JSON.stringify({ tags: { mark: value } }) })).status < 300,
      true,
    )
  await mark(0, 'first')
  const watch = async (at: number, value: string) => {
    const stream = await readEvents(home(at), headers)
    t.after(stream.close)
    await stream.until(({ data }) => data?.tags?.mark === value)
    return stream
  }
  const staying = await watch(0, 'first').then(() => watch(1, 'first'))
  const tookMs: number[] = []
  const kill = async (at: number) => {
    members[at]!.child.kill('SIGKILL')
    await members[at]!.exit
  }
  const seenBy = async (stream: typeof staying, at: number, value: string) => {
    const begun = performance.now()
    await mark(at, value)
    await stream.until(({ data }) => data?.tags?.mark === value)
    tookMs.push(Math.round(performance.now() - begun))
  }
  // The first to watch is the one that does for both.
  await kill(0)
  await seenBy(staying, 1, 'second')
  members[0] = await member()
  const next = await watch(0, 'second')
  await kill(1)
  await seenBy(next, 0, 'third')
  t.diagnostic(JSON.stringify({ tookMs }))
  assert.ok(Math.max(...tookMs) < 10_000, String(tookMs))
})

test('two processes with reusePort answer on one port; when one is killed, the other answers all', {
  skip: withoutPostgres,
}, async (t) => {
  const { members, member, token } = await twoOnOnePort(t)
  const [{ url }] = members
  assert.equal(members[1].url, url)
  const accounts = async () => {
    const answer = await fetch(`${url}/v1/ecs/accounts`, {
      headers: { authorization: `Bearer ${token}`, connection: 'close' },
    })
    assert.equal(answer.status, 200)
    await answer.arrayBuffer()
  }
  const answeredBy = async ({ metricsUrl }: Member) =>
    sampleIn(await (await fetch(metricsUrl)).text(), 'ecs_api_http_request_duration_seconds_count', {
      route: '/v1/ecs/accounts',
      status: '200',
    })
  // The system chooses the process for each connection.
  for (let answered: number[] = []; answered.length < 2 || !answered.every((count) => count > 0); ) {
    await Promise.all(Array.from({ length: 16 }, accounts))
    answered = await Promise.all(members.map(answeredBy))
  }
  members[0].child.kill('SIGKILL')
  await members[0].exit
  await Promise.all(Array.from({ length: 16 }, accounts))
  const alone = start(['serve'], { folder: await folderWith(t, {}), env: { ECS_API_LISTEN: new URL(url).host } })
  assert.equal((await alone.exit).code, 1, 'a process without reusePort does not get the port')
  assert.match(alone.output().stderr, /EADDRINUSE/)
  assert.equal((await member()).url, url)
})

test('two processes on one port, one killed every few seconds: no write lost or doubled, each key honoured once', {
  skip: withoutPostgres,
}, async (t) => {
  const { members, member, token } = await twoOnOnePort(t)
  const [{ url }] = members
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
  const counted = await keyedLoad({ at: () => `${url}/v1/ecs/shared`, token, seconds, disturb })
  t.diagnostic(JSON.stringify({ ...counted, kills }))
  assert.ok(
    kills >= Math.floor((seconds * 1000) / (killEveryMs + 3_000)) && counted.repeats > 0,
    JSON.stringify({ ...counted, kills }),
  )
  for (const { child } of members) child.kill('SIGTERM')
  for (const { exit } of members) assert.deepEqual(await exit, { code: 0, signal: null })
})
