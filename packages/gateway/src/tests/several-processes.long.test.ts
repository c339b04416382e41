/**
 * Two processes on one PostgreSQL under load, of which one is killed every few seconds. CRASH_SECONDS=60 runs the full
 * test.
 */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openEventReader } from '../testing/event-reader.ts'
import { runKeyedLoad } from '../testing/keyed-load.ts'
import { skipWithoutPostgres, startPostgres } from '../testing/postgres.ts'
import { newFolder, type RunningProcess, startCli } from '../testing/process.ts'
import { sumOfSamples } from '../testing/samples.ts'

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
  /** The URL of its own /metrics. */
  metricsUrl: string
  child: RunningProcess['child']
  exit: RunningProcess['exit']
}

interface SharedStore {
  /** Starts a process on the store. */
  startMember: (env?: Record<string, string>) => Promise<Member>
  token: string
}

interface TwoProcesses extends SharedStore {
  members: [Member, Member]
}

/** Starts a PostgreSQL for several processes, and an AWS that all of them reach. */
async function startSharedStore(t: TestContext): Promise<SharedStore> {
  const postgres = await startPostgres()
  t.after(postgres.stop)
  const engine = startCli(
    ['local-aws', '--port', '0', '--data', ':memory:', '--runtime', 'simulated', '--pace', 'instant'],
    {
      folder: await folderWith(t, {}),
    },
  )
  t.after(() => engine.child.kill('SIGKILL'))
  const [, endpoint] = await engine.waitForOutput(/(http:\/\/127\.0\.0\.1:\d+)/)
  const folder = await folderWith(t, {
    store: postgres.newUrl(),
    storeKey: 'env:SHARED_KEY',
    token: 'env:SHARED_TOKEN',
    accounts: {
      shared: {
        region: 'us-east-1',
        endpoint,
        // This test is about the processes, not about AWS's request rates.
        budget: 'off',
        credentials: { accessKeyId: '111122223333', secretAccessKey: 'env:SHARED_KEY' },
        defaults: { subnets: ['subnet-0a1b2c3d'] },
      },
    },
  })
  const token = 'known-to-both'
  const startMember = async (env: Record<string, string> = {}): Promise<Member> => {
    const { child, exit, waitForOutput } = startCli(['serve'], {
      folder,
      env: { SHARED_KEY: 'a key', SHARED_TOKEN: token, ECS_API_METRICS_LISTEN: '127.0.0.1:0', ...env },
    })
    t.after(() => child.kill('SIGKILL'))
    const [, url = '', metricsUrl = ''] = await waitForOutput(/^(http:\S+)\nmetrics: (http:\S+)\ntoken: /m)
    return { url, metricsUrl, child, exit }
  }
  return { startMember, token }
}

async function startTwoProcesses(t: TestContext): Promise<TwoProcesses> {
  const { startMember, token } = await startSharedStore(t)
  return { members: [await startMember(), await startMember()], startMember, token }
}

/** Starts two processes on one port; `startMember` starts another one on it. */
async function startTwoOnOnePort(t: TestContext): Promise<TwoProcesses> {
  const { startMember, token } = await startSharedStore(t)
  const first = await startMember({ ECS_API_REUSE_PORT: 'true' })
  const another = () => startMember({ ECS_API_REUSE_PORT: 'true', ECS_API_LISTEN: new URL(first.url).host })
  return { members: [first, await another()], startMember: another, token }
}

/** Runs the load of `runKeyedLoad` while it kills one of the processes every few seconds and starts it again. */
async function loadWhileKilling({ members, startMember, token }: TwoProcesses, urlOfProcess: (turn: number) => string) {
  let kills = 0
  const killProcesses = async (isOver: () => boolean) => {
    for (let i = 0; !isOver(); i++) {
      await pause(killEveryMs)
      const member = members[i % 2]!
      member.child.kill('SIGKILL')
      await member.exit
      members[i % 2] = await startMember()
      kills++
    }
  }
  const counts = await runKeyedLoad({ urlOfProcess, token, seconds, killProcesses })
  assert.ok(
    kills >= Math.floor((seconds * 1000) / (killEveryMs + 3_000)) && counts.repeats > 0,
    JSON.stringify({ ...counts, kills }),
  )
  return { counts, kills }
}

test('two processes on one PostgreSQL, of which one is killed every few seconds, lose no write and make none twice', {
  skip: skipWithoutPostgres,
}, async (t) => {
  const { members, startMember, token } = await startTwoProcesses(t)
  const authorization = { authorization: `Bearer ${token}` }
  const homeAt = (turn: number) => `${members[turn % 2]!.url}/v1/ecs/shared/clusters/home`
  // A client streams a cluster from one process after the other; the last change must reach it in the end.
  const watched = { events: 0, connections: 0, resumed: 0, rejectedCursors: 0, sawTheEnd: false }
  const ids: string[] = []
  const client = new AbortController()
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  client.signal.addEventListener('abort', () => stop())
  t.after(() => client.abort())
  const watcher = async () => {
    let last: string | undefined
    for (let turn = 0; !client.signal.aborted; turn++) {
      const reader = await openEventReader(homeAt(turn), {
        ...authorization,
        ...(last && { 'last-event-id': last }),
      }).catch(() => undefined)
      if (reader?.status !== 200) {
        if (reader?.status === 410) watched.rejectedCursors++
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
  const streaming = watcher()
  const { counts, kills } = await loadWhileKilling(
    { members, startMember, token },
    (turn) => `${members[turn % 2]!.url}/v1/ecs/shared`,
  )
  const headers = { ...authorization, 'content-type': 'application/json' }
  assert.equal(
    (await fetch(homeAt(0), { method: 'PATCH', headers, body: '{"tags": {"mark": "the end"}}' })).status,
    200,
  )
  for (const turn of [0, 1]) {
    const reader = await openEventReader(homeAt(turn), authorization)
    await reader.waitForEvent(({ data }) => data?.tags?.mark === 'the end')
    reader.close()
  }
  client.abort()
  await streaming
  t.diagnostic(JSON.stringify({ ...counts, kills, ...watched }))
  assert.equal(watched.rejectedCursors, 0, 'a stream resumes on any process without losing events')
  const [epoch, first] = ids[0]!.split('-')
  assert.deepEqual(
    ids,
    ids.map((_, i) => `${epoch}-${Number(first) + i}`),
    'every event arrives once, in order',
  )
  assert.ok(watched.sawTheEnd && watched.connections > kills / 2)
})

test('after the process that polls for both is killed, the other emits changes within ten seconds', {
  skip: skipWithoutPostgres,
}, async (t) => {
  const { members, startMember, token } = await startTwoProcesses(t)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const home = (at: number) => `${members[at]!.url}/v1/ecs/shared/clusters/home`
  const mark = async (at: number, value: string) =>
    assert.equal(
      (await fetch(home(at), { method: 'PUT', headers, body: JSON.stringify({ tags: { mark: value } }) })).status < 300,
      true,
    )
  await mark(0, 'first')
  const watch = async (at: number, value: string) => {
    const stream = await openEventReader(home(at), headers)
    t.after(stream.close)
    await stream.waitForEvent(({ data }) => data?.tags?.mark === value)
    return stream
  }
  const staying = await watch(0, 'first').then(() => watch(1, 'first'))
  const tookMs: number[] = []
  const kill = async (at: number) => {
    members[at]!.child.kill('SIGKILL')
    await members[at]!.exit
  }
  const timeChange = async (stream: typeof staying, at: number, value: string) => {
    const begun = performance.now()
    await mark(at, value)
    await stream.waitForEvent(({ data }) => data?.tags?.mark === value)
    tookMs.push(Math.round(performance.now() - begun))
  }
  // The process with the first stream polls for both.
  await kill(0)
  await timeChange(staying, 1, 'second')
  members[0] = await startMember()
  const next = await watch(0, 'second')
  await kill(1)
  await timeChange(next, 0, 'third')
  t.diagnostic(JSON.stringify({ tookMs }))
  assert.ok(Math.max(...tookMs) < 10_000, String(tookMs))
})

test('two processes with reusePort serve one port; after one is killed, the other serves all requests', {
  skip: skipWithoutPostgres,
}, async (t) => {
  const { members, startMember, token } = await startTwoOnOnePort(t)
  const [{ url }] = members
  assert.equal(members[1].url, url)
  const accounts = async () => {
    const answer = await fetch(`${url}/v1/ecs/accounts`, {
      headers: { authorization: `Bearer ${token}`, connection: 'close' },
    })
    assert.equal(answer.status, 200)
    await answer.arrayBuffer()
  }
  const requestsAt = async ({ metricsUrl }: Member) =>
    sumOfSamples(await (await fetch(metricsUrl)).text(), 'ecs_api_http_request_duration_seconds_count', {
      route: '/v1/ecs/accounts',
      status: '200',
    })
  // The kernel chooses the process for each connection.
  for (let requestCounts: number[] = []; requestCounts.length < 2 || !requestCounts.every((count) => count > 0); ) {
    await Promise.all(Array.from({ length: 16 }, accounts))
    requestCounts = await Promise.all(members.map(requestsAt))
  }
  members[0].child.kill('SIGKILL')
  await members[0].exit
  await Promise.all(Array.from({ length: 16 }, accounts))
  const alone = startCli(['serve'], { folder: await folderWith(t, {}), env: { ECS_API_LISTEN: new URL(url).host } })
  assert.equal((await alone.exit).code, 11, 'a process without reusePort cannot bind the port')
  assert.match(alone.output().stderr, /EADDRINUSE/)
  assert.equal((await startMember()).url, url)
})

test('two processes on one port, of which one is killed every few seconds, lose no write and make none twice', {
  skip: skipWithoutPostgres,
}, async (t) => {
  const { members, startMember, token } = await startTwoOnOnePort(t)
  const [{ url }] = members
  const { counts, kills } = await loadWhileKilling({ members, startMember, token }, () => `${url}/v1/ecs/shared`)
  t.diagnostic(JSON.stringify({ ...counts, kills }))
  for (const { child } of members) child.kill('SIGTERM')
  for (const { exit } of members) assert.deepEqual(await exit, { code: 0, signal: null })
})
