/** `serve --workers 2` as a process. The full measure of the crash test is CRASH_SECONDS=60. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { localNumber } from '../config/account-number.ts'
import { eventQueue } from '../testing/event-queue.ts'
import { readEvents } from '../testing/event-reader.ts'
import { keyedLoad } from '../testing/keyed-load.ts'
import { startPostgres, withoutPostgres } from '../testing/postgres.ts'
import { newFolder, type Running, start, startService } from '../testing/process.ts'
import { selfSigned } from '../testing/self-signed.ts'

const seconds = Number(process.env.CRASH_SECONDS ?? 10)
const killEveryMs = 3_000
/** Connections of which each worker has some, as good as certainly. */
const many = 16
const env = { ECS_API_WORKERS: '2' }

async function folderFor(t: TestContext): Promise<string> {
  const { folder, remove } = await newFolder()
  t.after(remove)
  return folder
}

async function startWorkers(t: TestContext, folder: string, more: Record<string, string> = {}) {
  const service = await startService({ folder, env: { ...env, ...more } })
  t.after(() => service.child.kill('SIGKILL'))
  await service.until(/("a worker serves"[\s\S]*){2}/)
  const headers = { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' }
  /** On a connection of its own, whose worker the system chooses: of many, some come to each. */
  const call = (path: string, method = 'GET', body?: object) =>
    fetch(`${service.url}/v1/ecs${path}`, { method, headers: { ...headers, connection: 'close' }, ...(body && { body: JSON.stringify(body) }) })
  return { ...service, call }
}

/** Those that have served so far, oldest first. */
function servingIn(output: Running['output']): { worker: number; pid: number; time: string }[] {
  return linesIn(output).filter(({ msg }) => msg === 'a worker serves')
}

function linesIn(output: Running['output']) {
  const complete = output().stdout.split('\n').slice(0, -1)
  return complete.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
}

test('two workers answer at one URL that is printed first; SIGTERM ends them all, what is being answered is answered', async (t) => {
  const { url, token, call, child, exit, output } = await startWorkers(t, await folderFor(t))
  assert.ok(!output().stdout.includes(token))
  assert.equal((await call('/local/clusters', 'POST', { name: 'prod' })).status, 201)
  assert.equal((await call('/local/taskdefs', 'POST', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })).status, 201)
  const waiting = call('/local/clusters/prod/tasks?wait=STOPPED&timeout=900', 'POST', { taskDefinition: 'web' })
  // Once its task is there, the call is being carried out.
  for (let running = 0; running === 0; ) running = ((await (await call('/local/tasks')).json()) as { items: unknown[] }).items.length
  await Promise.all(Array.from({ length: many }, () => call('/accounts')))
  const [account] = ((await (await call('/accounts')).json()) as { items: { name: string; runtime: string; number: string }[] }).items
  assert.deepEqual([account?.name, account?.runtime, account?.number.length], ['local', 'simulated', 12])
  const started = servingIn(output)
  child.kill('SIGTERM')
  const answer = await waiting
  assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [503, 'ShuttingDown'])
  assert.deepEqual(await exit, { code: 0, signal: null })
  for (const { pid } of started) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
  const answered = new Set(linesIn(output).flatMap(({ msg, worker }) => (msg === 'answered' ? [worker] : [])))
  assert.deepEqual([...answered].sort(), [1, 2], 'each line says which worker it is of')
  assert.equal(output().stdout.split(url).length, 2, 'the URL is printed once')
  assert.equal(output().stderr, '')
})

test('workers that wait for events don’t hold up the end', async (t) => {
  const folder = await folderFor(t)
  const queueUrl = `http://localhost/${localNumber('local')}/events`
  const local = { mode: 'local', runtime: 'simulated', listen: '127.0.0.1:0', events: { queueUrl } }
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify({ accounts: { local } }))
  const { call, child, exit, output, until } = await startWorkers(t, folder)
  const [, endpoint] = await until(/local AWS endpoint: (\S+)/)
  const [credentials] = JSON.parse(await readFile(join(folder, 'data', 'local-aws', 'keys.json'), 'utf8'))
  const queue = await eventQueue({ region: 'us-east-1', endpoint: endpoint!, credentials }, queueUrl)
  t.after(() => queue.close())
  const heard = new Set<number>()
  while (heard.size < 2) {
    const { items } = (await (await call('/accounts')).json()) as { items: { events: { state: string } }[] }
    const { worker } = linesIn(output).findLast(({ route }) => route === '/v1/ecs/accounts') ?? {}
    if (items[0]?.events.state === 'silent') heard.add(worker)
    else await pause(20)
  }
  const began = performance.now()
  child.kill('SIGTERM')
  assert.deepEqual(await exit, { code: 0, signal: null })
  assert.ok(performance.now() - began < 10_000, 'a wait for messages lasts twenty seconds')
})

test('under keyed writes one worker is killed every few seconds: none lost or doubled, each key honoured once, each replaced', async (t) => {
  const folder = await folderFor(t)
  const local = { mode: 'local', runtime: 'simulated', pace: 'instant', defaults: { subnets: ['subnet-0a1b2c3d'] } }
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify({ accounts: { local } }))
  const { url, token, output, child, exit } = await startWorkers(t, folder)
  let kills = 0
  const disturb = async (isOver: () => boolean) => {
    for (; !isOver(); kills++) {
      await pause(killEveryMs)
      const serving = servingIn(output)
      process.kill(serving.at(-2)!.pid, 'SIGKILL')
      while (servingIn(output).length === serving.length) {
        assert.equal(
          child.exitCode ?? child.signalCode,
          null,
          `the service has ended: ${JSON.stringify(
            linesIn(output)
              .filter(({ msg }) => msg !== 'answered')
              .slice(-10),
          )}`,
        )
        await pause(20)
      }
    }
  }
  const counted = await keyedLoad({ at: () => `${url}/v1/ecs/local`, token, seconds, disturb })
  const ended = linesIn(output).filter(({ msg }) => msg === 'a worker ended')
  const replacedMs = ended.map(({ worker, time }) => {
    const next = servingIn(output).find((one) => one.worker === worker && one.time > time)
    return next ? Date.parse(next.time) - Date.parse(time) : Number.NaN
  })
  t.diagnostic(JSON.stringify({ ...counted, kills, replacedMs }))
  assert.ok(kills >= Math.floor((seconds * 1000) / (killEveryMs + 5_000)) && counted.repeats > 0, JSON.stringify({ ...counted, kills }))
  assert.deepEqual(
    ended.map(({ signal }) => signal),
    Array.from({ length: kills }, () => 'SIGKILL'),
  )
  child.kill('SIGTERM')
  assert.deepEqual(await exit, { code: 0, signal: null })
})

test('what a killed worker was at is taken over at once', async (t) => {
  const folder = await folderFor(t)
  const asked: (() => void)[] = []
  const silentAws = createServer((request) => {
    request.resume()
    asked.shift()?.()
  })
  await new Promise<void>((resolve) => silentAws.listen(0, '127.0.0.1', resolve))
  t.after(() => silentAws.close().closeAllConnections())
  const { port } = silentAws.address() as AddressInfo
  const far = { region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials: { profile: 'none' } }
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify({ accounts: { far } }))
  await writeFile(join(folder, 'credentials'), '[none]\naws_access_key_id = A\naws_secret_access_key = B\n')
  const service = await startService({ folder, env: { ...env, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') } })
  t.after(() => service.child.kill('SIGKILL'))
  await service.until(/("a worker serves"[\s\S]*){2}/)
  const headers = { authorization: `Bearer ${service.token}`, 'content-type': 'application/json', 'idempotency-key': 'one' }
  const write = () => fetch(`${service.url}/v1/ecs/far/clusters`, { method: 'POST', headers, body: '{"name":"prod"}' })
  const nextAsked = () => new Promise<void>((resolve) => asked.push(resolve))
  const first = nextAsked()
  const lost = assert.rejects(write())
  await first
  const busy = await write()
  assert.deepEqual([busy.status, ((await busy.json()) as { code: string }).code], [409, 'RequestInProgress'])
  for (const { pid } of servingIn(service.output)) process.kill(pid, 'SIGKILL')
  await lost
  await service.until(/("a worker serves"[\s\S]*){4}/)
  const again = nextAsked()
  const killedAt = performance.now()
  const repeated = assert.rejects(write())
  await again
  assert.ok(performance.now() - killedAt < 4_000, 'sooner than its silence would tell')
  service.child.kill('SIGKILL')
  await repeated
})

test('a worker that can’t start ends the service with the reason', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const { exit, output } = start(['serve', '--workers', '2'], { folder: await folderFor(t), env: { ECS_API_LISTEN: `127.0.0.1:${port}` } })
  assert.equal((await exit).code, 1)
  assert.match(output().stderr, /^ecs-api cannot start: .*EADDRINUSE.*\n$/)
  assert.equal(output().stdout, '')
})

test('a worker that can’t be started again is tried a few times, then the service ends and says why', async (t) => {
  const folder = await folderFor(t)
  const { output, exit } = await startWorkers(t, folder)
  const database = join(folder, 'data', 'ecs-api.db')
  renameSync(database, `${database}.kept`)
  mkdirSync(database)
  const { pid, worker } = servingIn(output)[0]!
  process.kill(pid, 'SIGKILL')
  assert.deepEqual(await exit, { code: 1, signal: null })
  assert.ok(
    output().stderr.startsWith(`ecs-api ends: worker ${worker} could not be started 5 times in a row; the last time: EISDIR`),
    output().stderr,
  )
})

test('SIGHUP gives all workers the same accounts, also those that come later; a broken file is refused by all', async (t) => {
  const folder = await folderFor(t)
  const file = join(folder, 'ecs-api.yaml')
  const accounts = (...names: string[]) =>
    writeFile(file, JSON.stringify({ accounts: Object.fromEntries(names.map((name) => [name, { mode: 'local', runtime: 'simulated' }])) }))
  await accounts('one')
  const { call, child, until, output } = await startWorkers(t, folder)
  const everywhere = async () => {
    const seen = new Set<string>()
    for (let i = 0; i < many; i++) {
      const { items } = (await (await call('/accounts')).json()) as { items: { name: string }[] }
      seen.add(items.map(({ name }) => name).join())
    }
    return [...seen]
  }
  assert.deepEqual(await everywhere(), ['one'])
  await accounts('one', 'two')
  child.kill('SIGHUP')
  await until(/read again/)
  assert.deepEqual(await everywhere(), ['one,two'])
  assert.equal((await call('/two/clusters', 'POST', { name: 'prod' })).status, 201)
  await writeFile(file, 'accounts: { three: 3 }\n')
  child.kill('SIGHUP')
  await until(/refused, the old one is kept/)
  process.kill(servingIn(output)[0]!.pid, 'SIGKILL')
  await until(/("a worker serves"[\s\S]*){3}/)
  assert.deepEqual(await everywhere(), ['one,two'])
})

test('SIGHUP while a worker is being replaced is heard to its end', { timeout: 30_000 }, async (t) => {
  const { child, until, output } = await startWorkers(t, await folderFor(t))
  process.kill(servingIn(output)[0]!.pid, 'SIGKILL')
  await until(/"a worker ended"/)
  child.kill('SIGHUP')
  await until(/read again/)
  await until(/("a worker serves"[\s\S]*){3}/)
})

test('a stream goes on at whichever worker, with the event that comes next', async (t) => {
  const { url, token, call, output } = await startWorkers(t, await folderFor(t))
  assert.equal((await call('/local/clusters', 'POST', { name: 'prod' })).status, 201)
  const watch = (more: Record<string, string> = {}) =>
    readEvents(`${url}/v1/ecs/local/clusters/prod`, { authorization: `Bearer ${token}`, connection: 'close', ...more })
  const streams = await Promise.all(Array.from({ length: many }, () => watch()))
  const ids = await Promise.all(streams.map(async (stream) => (await stream.until(({ event }) => event === 'state')).id ?? ''))
  await call('/local/clusters/prod', 'PATCH', { tags: { team: 'web' } })
  await Promise.all(streams.map((stream) => stream.until(({ data }) => data.tags?.team === 'web')))
  assert.equal(new Set(ids).size, 1, 'an event has the same id at each')
  for (let i = 0; i < 6; i++) {
    const resumed = await watch({ 'last-event-id': ids[0]! })
    assert.equal(resumed.status, 200)
    const next = await resumed.until(() => true)
    assert.deepEqual([next.data.tags?.team, next.id], ['web', ids[0]!.replace(/\d+$/, (n) => `${Number(n) + 1}`)])
    resumed.close()
  }
  // One worker looks for both: whichever dies, the streams at the other go on.
  process.kill(servingIn(output)[0]!.pid, 'SIGKILL')
  await Promise.race(streams.map(({ ended }) => ended))
  while (!linesIn(output).some(({ msg }) => msg === 'a worker ended')) await pause(5)
  const begun = performance.now()
  await call('/local/clusters/prod', 'PATCH', { tags: { team: 'left' } })
  await Promise.any(streams.map((stream) => stream.until(({ data }) => data.tags?.team === 'left')))
  assert.ok(performance.now() - begun < 2_000, `it took ${performance.now() - begun} ms`)
  for (const stream of streams) stream.close()
})

test('what is written at one worker is read at each other at once, in lists too, though answers are kept for long', async (t) => {
  const folder = await folderFor(t)
  const local = { mode: 'local', runtime: 'simulated', pace: 'instant', freshMs: 2_000 }
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify({ accounts: { local } }))
  const { call } = await startWorkers(t, folder)
  const read = async (path: string) => {
    const answer = await call(path)
    return { status: answer.status, body: (await answer.json()) as { items: { name: string }[]; tags: { turn?: string } } }
  }
  let stale = 0
  for (let n = 0; n < 30; n++) {
    const name = `c${n}`
    await Promise.all([read('/local/clusters?limit=1000'), read('/local/clusters?limit=1000')])
    assert.equal((await call('/local/clusters', 'POST', { name })).status, 201)
    const lists = await Promise.all([read('/local/clusters?limit=1000'), read('/local/clusters?limit=1000')])
    stale += lists.filter(({ body }) => !body.items.some((item) => item.name === name)).length
    assert.equal((await call(`/local/clusters/${name}`, 'PATCH', { tags: { turn: name } })).status, 200)
    const things = await Promise.all([read(`/local/clusters/${name}`), read(`/local/clusters/${name}`)])
    stale += things.filter(({ body }) => body.tags.turn !== name).length
  }
  assert.equal(stale, 0)
})

test('a token that was revoked at one worker is refused at each as soon as that is answered', async (t) => {
  const { url, call } = await startWorkers(t, await folderFor(t))
  const statuses = async (token: string) => {
    const ask = () => fetch(`${url}/v1/ecs/accounts`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } })
    const answers = await Promise.all(Array.from({ length: many }, ask))
    return [...new Set(answers.map(({ status }) => status))]
  }
  for (let turn = 0; turn < 5; turn++) {
    const { token } = (await (await call('/tokens', 'POST', { name: 'portal', role: 'viewer' })).json()) as { token: string }
    assert.deepEqual(await statuses(token), [200])
    assert.equal((await call('/tokens/portal', 'DELETE')).status, 200)
    assert.deepEqual(await statuses(token), [401], `turn ${turn}`)
  }
})

test('workers on PostgreSQL share it: what one writes each shows, and none answers for a dead one', { skip: withoutPostgres }, async (t) => {
  const folder = await folderFor(t)
  const postgres = await startPostgres()
  t.after(postgres.stop)
  const aws = start(['local-aws', '--port', '0', '--data', ':memory:', '--runtime', 'simulated', '--pace', 'instant'], { folder: await folderFor(t) })
  t.after(() => aws.child.kill('SIGKILL'))
  const [, endpoint] = await aws.until(/(http:\/\/127\.0\.0\.1:\d+)/)
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'env:SHARED_SECRET' }
  const far = { region: 'us-east-1', endpoint, freshMs: 2_000, budget: 'off', credentials }
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify({ accounts: { far }, store: postgres.newUrl(), storeKey: 'env:SHARED_SECRET' }))
  const { call, output, child, exit } = await startWorkers(t, folder, { SHARED_SECRET: 'a secret' })
  const tagsAtBoth = async () => {
    const answers = await Promise.all([call('/far/clusters/prod'), call('/far/clusters/prod')])
    return Promise.all(answers.map(async (answer) => ((await answer.json()) as { tags?: { turn?: string } }).tags?.turn))
  }
  assert.equal((await call('/far/clusters', 'POST', { name: 'prod' })).status, 201)
  const turns = async (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      const turn = String(n)
      assert.equal((await call('/far/clusters/prod', 'PATCH', { tags: { turn } })).status, 200)
      assert.deepEqual(await tagsAtBoth(), [turn, turn])
    }
  }
  await turns(0, 20)
  process.kill(servingIn(output)[0]!.pid, 'SIGKILL')
  // Connections to it break off; who asks from now on asks another.
  while (!linesIn(output).some(({ msg }) => msg === 'a worker ended')) await pause(20)
  await turns(20, 30)
  child.kill('SIGTERM')
  assert.deepEqual(await exit, { code: 0, signal: null })
})

test('all workers speak TLS with the configured certificate, and with the renewed one after SIGHUP', async (t) => {
  const folder = await folderFor(t)
  const certify = async ({ key, cert }: ReturnType<typeof selfSigned>) => {
    await Promise.all([writeFile(join(folder, 'key.pem'), key), writeFile(join(folder, 'cert.pem'), cert)])
  }
  const [first, renewed] = [selfSigned(), selfSigned()]
  await certify(first)
  const local = { mode: 'local', runtime: 'simulated' }
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify({ accounts: { local }, tls: { cert: 'file:cert.pem', key: 'file:key.pem' } }))
  const { url, child, until } = await startWorkers(t, folder)
  const { port } = new URL(url)
  const healthz = (ca: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ host: 'localhost', family: 4, port, path: '/healthz', ca, agent: false }, (answer) => resolve(answer.resume().statusCode)).on(
        'error',
        reject,
      )
    })
  const everywhere = async (ca: string) => new Set(await Promise.all(Array.from({ length: many }, () => healthz(ca))))
  assert.deepEqual(await everywhere(first.cert), new Set([200]))
  await certify(renewed)
  child.kill('SIGHUP')
  await until(/read again/)
  assert.deepEqual(await everywhere(renewed.cert), new Set([200]))
  await assert.rejects(healthz(first.cert))
})

test('SQLite in memory is refused with several workers', async (t) => {
  const { exit, output } = start(['serve', '--workers', '2'], { folder: await folderFor(t), env: { ECS_API_DATA: ':memory:' } })
  assert.equal((await exit).code, 1)
  assert.match(output().stderr, /workers: several processes can’t share a store in memory/)
})

test('workers end with their parent, however it ends', { timeout: 30_000 }, async (t) => {
  const { child, output } = await startWorkers(t, await folderFor(t))
  const pids = servingIn(output).map(({ pid }) => pid)
  assert.equal(pids.length, 2)
  child.kill('SIGKILL')
  // They are no children of this process: their end can only be looked for.
  while (pids.some((pid) => existsSync(`/proc/${pid}`))) await pause(20)
})
