/** /metrics of `serve --workers 2`: one answer for all of them, whichever is asked and whatever becomes of the others. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { newFolder, startService } from '../testing/process.ts'
import { sampleIn } from '../testing/samples.ts'

/** Connections of which each worker has some, as good as certainly. */
const many = 32
const accounts = { route: '/v1/ecs/accounts', status: '200' }
const answered = 'ecs_api_http_request_duration_seconds_count'

async function startWorkers(t: TestContext, env: Record<string, string> = {}) {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const service = await startService({ folder, env: { ECS_API_WORKERS: '2', ...env } })
  t.after(async () => {
    service.child.kill('SIGKILL')
    await service.exit
  })
  await service.until(/("a worker serves"[\s\S]*){2}/)
  const ask = (path: string) => fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${service.token}`, connection: 'close' } })
  const lines = () => {
    const complete = service.output().stdout.split('\n').slice(0, -1)
    return complete.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  }
  return {
    ...service,
    ask,
    askMany: async () => {
      const statuses = await Promise.all(Array.from({ length: many }, async () => (await ask('/v1/ecs/accounts')).status))
      assert.deepEqual(new Set(statuses), new Set([200]))
    },
    scrape: async () => {
      const answer = await ask('/metrics')
      assert.equal(answer.status, 200)
      return answer.text()
    },
    /** Those that serve, by their number. */
    pids: () => new Map<number, number>(lines().flatMap(({ msg, worker, pid }) => (msg === 'a worker serves' ? [[worker, pid]] : []))),
  }
}

/** A request is counted once its answer has gone out, which the client may know first. */
async function until(scrape: () => Promise<string>, isSo: (text: string) => boolean): Promise<string> {
  for (;;) {
    const text = await scrape()
    if (isSo(text)) return text
    await pause(5)
  }
}

test('whichever worker is asked, it answers for both', { timeout: 30_000 }, async (t) => {
  const { askMany, scrape, until: printed } = await startWorkers(t)
  await askMany()
  await until(scrape, (text) => sampleIn(text, answered, accounts) === many)
  for (const worker of [1, 2]) await printed(new RegExp(`"worker":${worker},"method":"GET","route":"${accounts.route}"`))
  const texts = await Promise.all(Array.from({ length: many }, scrape))
  for (const text of texts) assert.equal(sampleIn(text, answered, accounts), many)
  const [text = ''] = texts
  const [up, start] = [(worker: string) => sampleIn(text, 'ecs_api_worker_up', { worker }), sampleIn(text, 'process_start_time_seconds')]
  assert.deepEqual([up('1'), up('2'), sampleIn(text, 'ecs_api_build_info')], [1, 1, 1])
  assert.ok(Math.abs(start - Date.now() / 1000) < 30, `${start} is when the service was started`)
  assert.ok(sampleIn(text, 'process_resident_memory_bytes') > 3 * 30_000_000, 'the workers’ memory and their parent’s')
  assert.equal(sampleIn(text, 'ecs_api_http_request_duration_seconds_bucket', { ...accounts, le: '+Inf' }), many)
  assert.equal(text.match(/^# TYPE ecs_api_http_request_duration_seconds /gm)?.length, 1)
})

test('a worker that is killed takes nothing with it that was told once, and no scrape waits for it', { timeout: 60_000 }, async (t) => {
  const { askMany, scrape, pids, output } = await startWorkers(t)
  await askMany()
  await until(scrape, (text) => sampleIn(text, answered, accounts) === many)
  for (let killed = 1; killed <= 3; killed++) {
    process.kill(pids().get(1)!, 'SIGKILL')
    let isServed = false
    while (!isServed) {
      isServed = output().stdout.match(/"a worker serves"/g)?.length === 2 + killed
      const began = performance.now()
      // A connection to the one that dies breaks off.
      const text = await scrape().catch((error: unknown) => (error instanceof TypeError ? undefined : Promise.reject(error)))
      if (text === undefined) continue
      assert.equal(sampleIn(text, answered, accounts), many)
      assert.ok(performance.now() - began < 2_000, `${performance.now() - began} ms`)
    }
    const text = await scrape()
    assert.equal(sampleIn(text, 'ecs_api_worker_ends_total', { worker: '1' }), killed)
    assert.deepEqual([sampleIn(text, 'ecs_api_worker_up', { worker: '1' }), sampleIn(text, 'ecs_api_worker_ends_total', { worker: '2' })], [1, 0])
  }
  await askMany()
  await until(scrape, (text) => sampleIn(text, answered, accounts) === 2 * many)
})

test('on an address of their own the parent answers, with what a worker that hangs told last, and says so', { timeout: 60_000 }, async (t) => {
  const { askMany, ask, output, pids } = await startWorkers(t, { ECS_API_METRICS_LISTEN: '127.0.0.1:0' })
  const [, url = ''] = /^metrics: (http:\S+)$/m.exec(output().stdout) ?? []
  const scrape = async () => (await fetch(url)).text()
  assert.equal((await ask('/metrics')).status, 404)
  await askMany()
  await until(scrape, (text) => sampleIn(text, answered, accounts) === many)
  const hanging = pids().get(2)!
  process.kill(hanging, 'SIGSTOP')
  const began = performance.now()
  const text = await scrape()
  assert.ok(performance.now() - began < 5_000, `${performance.now() - began} ms`)
  const up = (seen: string) => ['1', '2'].map((worker) => sampleIn(seen, 'ecs_api_worker_up', { worker }))
  assert.deepEqual([up(text), sampleIn(text, answered, accounts)], [[1, 0], many])
  process.kill(hanging, 'SIGCONT')
  await until(scrape, (seen) => up(seen)[1] === 1)
})
