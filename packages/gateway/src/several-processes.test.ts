/** Two processes on one PostgreSQL under load, one of them killed every few seconds. The full measure is CRASH_SECONDS=60. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { readEvents } from './testing/event-reader.ts'
import { startPostgres, withoutPostgres } from './testing/postgres.ts'
import { newFolder, type Running, start } from './testing/process.ts'

const seconds = Number(process.env.CRASH_SECONDS ?? 10)
const killEveryMs = 3_000
const clients = 8

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
        // It is the processes that are tried here, not what AWS allows.
        budget: 'off',
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

  const send = async ({ url }: Member, method: string, path: string, body?: unknown, key?: string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) }
    const answer = await fetch(`${url}/v1/ecs/shared${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
    return { status: answer.status, replayed: answer.headers.get('idempotent-replayed') === 'true', text: await answer.text() }
  }
  await send(members[0]!, 'PUT', '/clusters/home', {})
  await send(members[0]!, 'POST', '/taskdefs', { family: 'web', containerDefinitions: [{ name: 'a', image: 'b' }] })

  const counted = { writes: 0, repeats: 0, replays: 0, kills: 0 }
  const made: { kind: number; name: string }[] = []
  let until = performance.now() + seconds * 1000
  const client = async (number: number) => {
    for (let i = 0; performance.now() < until; i++) {
      const kind = i % 4
      const name = `c${number}-${i}`
      const [path, body] = (
        [
          ['/clusters', { name }],
          ['/taskdefs', { family: name, containerDefinitions: [{ name: 'a', image: 'b' }] }],
          ['/clusters/home/services', { name, taskDefinition: 'web', count: 0 }],
          ['/clusters/home/tasks', { taskDefinition: 'web', count: 2, startedBy: name }],
        ] as const
      )[kind]!
      counted.writes++
      for (let at = number + i; ; at++) {
        const answer = await send(members[at % 2]!, 'POST', path, body, `key-${name}`).catch(() => undefined)
        if (answer?.replayed) counted.replays++
        if (answer?.status === 201) break
        // Only what a repeat mends may come: the process died, its successor is not there yet, another still works on it.
        if (answer) assert.ok([409, 429, 503].includes(answer.status), answer.text)
        if (answer?.status === 409) assert.equal(JSON.parse(answer.text).code, 'RequestInProgress', answer.text)
        counted.repeats++
        await pause(50)
      }
      made.push({ kind, name })
    }
  }
  // Follows a cluster, wherever a process lives; what it was told last must be the truth in the end.
  const watched = { events: 0, connections: 0, resumed: 0, afresh: 0, marks: new Set<string>() }
  let isWatching = true
  const watcher = async () => {
    let last: string | undefined
    for (let at = 0; isWatching; at++) {
      const headers = { authorization: `Bearer ${token}`, ...(last && { 'last-event-id': last }) }
      const reader = await readEvents(`${members[at % 2]!.url}/v1/ecs/shared/clusters/home`, headers).catch(() => undefined)
      if (reader?.status !== 200) {
        // Another process's numbers: the client reads afresh, beginning with the state now.
        if (reader?.status === 410) watched.afresh++
        if (reader?.status === 410) last = undefined
        else await pause(50)
        reader?.close()
        continue
      }
      watched.connections++
      if (last) watched.resumed++
      await Promise.race([reader.ended, stopWatching])
      reader.close()
      for (const { id, data } of reader.events) {
        last = id ?? last
        watched.events++
        if (data?.tags?.mark) watched.marks.add(data.tags.mark)
      }
    }
  }
  const { promise: stopWatching, resolve: stop } = Promise.withResolvers<void>()
  t.after(() => {
    isWatching = false
    stop()
  })
  const killer = async () => {
    for (let i = 0; performance.now() < until; i++) {
      await pause(killEveryMs)
      const victim = members[i % 2]!
      victim.child.kill('SIGKILL')
      await victim.exit
      members[i % 2] = await member()
      counted.kills++
    }
  }
  const watching = watcher()
  const work = [killer(), ...Array.from({ length: clients }, (_, number) => client(number))]
  await Promise.all(work).finally(() => {
    // Nobody starts a process after the test has failed.
    until = 0
    return Promise.allSettled(work)
  })
  assert.equal((await send(members[0]!, 'PATCH', '/clusters/home', { tags: { mark: 'the end' } })).status, 200)
  t.diagnostic(JSON.stringify(counted))
  const follower = await readEvents(`${members[1]!.url}/v1/ecs/shared/clusters/home`, { authorization: `Bearer ${token}` })
  await follower.until(({ data }) => data?.tags?.mark === 'the end')
  follower.close()
  isWatching = false
  stop()
  await watching
  t.diagnostic(JSON.stringify({ ...watched, marks: [...watched.marks] }))
  assert.ok(watched.marks.has('the end') && watched.connections > counted.kills / 2)

  const list = async (path: string) => {
    const items: { name: string; startedBy?: string }[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: typeof items; nextCursor: string | null } = JSON.parse(
        (await send(members[0]!, 'GET', `${path}limit=1000${cursor && `&cursor=${cursor}`}`)).text,
      )
      items.push(...page.items)
      cursor = page.nextCursor
    }
    return items
  }
  const asked = (kind: number, suffix = '') => made.flatMap((one) => (one.kind === kind ? [one.name + suffix] : [])).sort()
  const namesIn = async (path: string) => (await list(path)).map(({ name }) => name).sort()
  assert.deepEqual(await namesIn('/clusters?'), [...asked(0), 'home'].sort())
  assert.deepEqual(await namesIn('/taskdefs?'), [...asked(1, ':1'), 'web:1'].sort())
  assert.deepEqual(await namesIn('/clusters/home/services?'), asked(2))
  const tasks = (await list('/clusters/home/tasks?status=ALL&')).map(({ startedBy = '' }) => startedBy).sort()
  assert.deepEqual(
    tasks,
    asked(3)
      .flatMap((name) => [name, name])
      .sort(),
  )
  assert.ok(counted.kills >= Math.floor((seconds * 1000) / (killEveryMs + 3_000)) && counted.repeats > 0, JSON.stringify(counted))
})
