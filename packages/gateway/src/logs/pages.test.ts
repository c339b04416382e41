/** Pages of lines of services and tasks, on the engine, by HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { type LoggedService, logsClient, newLoggedService } from '../testing/logged-service.ts'
import { startTestProgram } from '../testing/program.ts'

const aws = await startEngineOverTcp()
const program = await startTestProgram({ accounts: [aws.account('remote', { budget: 'off' })] })
const { api } = program
const newService = (cluster: string, more: object = {}) =>
  newLoggedService(program, aws, { account: 'remote', cluster, ...more })

type Line = { time: string; task: string; container: string; message: string; id: string }
const messages = ({ items }: { items: Line[] }) => items.map(({ message }) => message)

/** Reads all pages from a URL on, and asserts that the lines of each page are in order. */
async function readPages(url: string): Promise<string[][]> {
  const pages: string[][] = []
  let next: string | undefined = url
  while (next) {
    const answer: Awaited<ReturnType<typeof api.get>> = await api.get(next)
    assert.equal(answer.status, 200, answer.text)
    const times = answer.body.items.map(({ time }: Line) => time)
    assert.deepEqual(times, times.toSorted(), 'lines stand in order of time')
    pages.push(messages(answer.body))
    next = /^<(.+)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1]
    assert.equal(next === undefined, answer.body.nextCursor === null)
    assert.ok(pages.length < 500, 'the pages come to an end')
  }
  return pages
}

/** Writes numbered lines to all containers in turn, a few in the same millisecond; returns them in order. */
async function writeNumbered(service: LoggedService, containers: readonly string[], count: number, start: number) {
  const tasks = await service.taskIds()
  const streams = tasks.flatMap((task) => containers.map((container) => ({ task, container })))
  const lines = Array.from({ length: count }, (_, i) => ({
    stream: i % streams.length,
    timestamp: start + Math.floor(i / 3),
    message: `line ${i}`,
  }))
  for (const [index, { task, container }] of streams.entries())
    await service.write(
      task,
      container,
      lines.filter(({ stream }) => stream === index),
    )
  return lines
}

test('lines with earlier times than their task are on the pages, too: the clock of a host can be late', async () => {
  const service = await newService('early')
  const lines = await writeNumbered(service, ['web'], 50, Date.now() - 30_000)
  const pages = await readPages(`${service.path}/logs?limit=20`)
  assert.deepEqual(pages.toReversed().flat().toSorted(), lines.map(({ message }) => message).toSorted())
})

test('the newest lines come first, older pages follow, and pages forward meet them without a gap', async () => {
  const service = await newService('pages', { count: 2, containers: ['web', 'sidecar'] })
  const start = Date.now()
  const lines = await writeNumbered(service, ['web', 'sidecar'], 500, start)
  const all = lines.map(({ message }) => message)
  const newest = await api.get(`${service.path}/logs`)
  assert.deepEqual([newest.status, newest.body.items.length, newest.body.incomplete], [200, 100, false], newest.text)
  // Lines 399 to 401 have one time, and the order of CloudWatch Logs' ids.
  assert.ok(messages(newest.body).every((message) => all.indexOf(message) >= 399))
  const { id, ...line } = newest.body.items.at(-1)
  assert.match(id, /^\d+$/)
  assert.deepEqual(Object.keys(line), ['time', 'task', 'container', 'message'])

  const backward = await readPages(`${service.path}/logs?limit=37`)
  assert.deepEqual(backward.flat().toSorted(), all.toSorted())
  assert.ok(backward.slice(0, -1).every((page) => page.length === 37))
  const since = new Date(start).toISOString()
  const forward = await readPages(`${service.path}/logs?limit=41&since=${since}`)
  assert.deepEqual(forward.flat().toSorted(), all.toSorted())
  assert.deepEqual(forward.flat(), backward.toReversed().flat(), 'both directions have the same order')

  const middle = new Date(start + 80).toISOString()
  const before = await readPages(`${service.path}/logs?limit=50&until=${middle}`)
  const after = await readPages(`${service.path}/logs?limit=50&since=${middle}`)
  assert.deepEqual([...before.toReversed().flat(), ...after.flat()], forward.flat())
  assert.ok(before.length > 1 && after.length > 1)
})

test('lines are filtered by container, task, time and text', async () => {
  const service = await newService('filters', { count: 2, containers: ['web', 'sidecar'] })
  const [first = '', second = ''] = await service.taskIds()
  const start = Date.now()
  await service.write(first, 'web', [
    { timestamp: start, message: 'GET /a 200' },
    { timestamp: start + 10, message: 'say "no" to 100% ünïcode\\' },
  ])
  await service.write(second, 'web', [{ timestamp: start + 20, message: 'get /b 404' }])
  await service.write(second, 'sidecar', [{ timestamp: start + 30, message: 'GET /c 200' }])
  const read = async (query: string) => {
    const { status, body, text } = await api.get(`${service.path}/logs?${query}`)
    assert.equal(status, 200, text)
    return messages(body)
  }
  const [a, b, c, d] = ['GET /a 200', 'say "no" to 100% ünïcode\\', 'get /b 404', 'GET /c 200']
  assert.deepEqual(await read('container=web'), [a, b, c])
  assert.deepEqual(await read(`task=${second}`), [c, d])
  assert.deepEqual(await read(`task=${second}&container=web`), [c])
  assert.deepEqual(await read('grep=GET'), [a, d], 'case counts')
  assert.deepEqual(await read('grep=GET&ignoreCase=true'), [a, c, d])
  assert.deepEqual(await read('grep=gEt%20/B&ignoreCase=true'), [c])
  assert.deepEqual(await read(`grep=${encodeURIComponent('ÜNÏ')}&ignoreCase=true`), [b])
  assert.deepEqual(await read('grep=ET%20/a%20'), [a])
  assert.deepEqual(await read(`grep=${encodeURIComponent('"no" to 100% ünï')}`), [b])
  assert.deepEqual(await read(`grep=${encodeURIComponent('e\\')}`), [b])
  assert.deepEqual(await read(`grep=${encodeURIComponent('%')}&since=1h`), [b])
  assert.deepEqual(await read(`since=${new Date(start + 20).toISOString()}`), [c, d])
  assert.deepEqual(await read(`until=${new Date(start + 20).toISOString()}`), [a, b], 'the end is outside')
  assert.deepEqual(await read(`since=1h&until=${new Date(start).toISOString()}`), [])
  const ofTask = await api.get(`${service.path.replace(/services.*/, `tasks/${first}`)}/logs`)
  assert.deepEqual([ofTask.status, messages(ofTask.body)], [200, [a, b]], ofTask.text)
  const arn = (await api.get(`${service.path.replace(/services.*/, `tasks/${first}`)}`)).body.arn
  assert.deepEqual(await read(`task=${encodeURIComponent(arn)}`), [a, b])
})

test('lines of replaced tasks stay, and ?task= finds a task that ECS forgot but whose log stream exists', async () => {
  const service = await newService('replaced')
  const [old = ''] = await service.taskIds()
  const start = Date.now()
  await service.write(old, 'web', [{ timestamp: start, message: 'old' }])
  await api.post(`${service.path}/restart?wait=STABLE`)
  const [current = ''] = await service.taskIds()
  assert.notEqual(current, old)
  await service.write(current, 'web', [{ timestamp: start + 1000, message: 'new' }])
  assert.deepEqual(messages((await api.get(`${service.path}/logs`)).body), ['old', 'new'])

  const forgotten = 'f'.repeat(32)
  const logs = logsClient(aws)
  await logs.createLogStream({ logGroupName: service.group, logStreamName: `ecs/web/${forgotten}` })
  await service.write(forgotten, 'web', [{ timestamp: start - 86_400_000, message: 'long ago' }])
  const named = await api.get(`${service.path}/logs?task=${forgotten}`)
  assert.deepEqual([named.status, messages(named.body)], [200, ['long ago']], named.text)
  const unknown = await api.get(`${service.path}/logs?task=${'e'.repeat(32)}`)
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'TaskNotFound'], unknown.text)
  // The stream does not say whose task it was.
  const fenced = await program.newToken({ name: 'one-cluster', role: 'viewer', clusters: ['replaced'] })
  const headers = { authorization: `Bearer ${fenced}` }
  assert.equal((await api.get(`${service.path}/logs?task=${forgotten}`, { headers })).status, 404)
  assert.equal((await api.get(`${service.path}/logs`, { headers })).status, 200)
})

test('a page as text and as NDJSON has the same lines, and a Link to the next page', async () => {
  const service = await newService('formats')
  const [task = ''] = await service.taskIds()
  const start = Date.now()
  await service.write(
    task,
    'web',
    [1, 2, 3].map((n) => ({ timestamp: start + n, message: `line ${n}` })),
  )
  const as = (accept: string) => api.get(`${service.path}/logs?limit=2`, { headers: { accept } })
  const json = await as('application/json')
  const text = await as('text/plain')
  assert.match(text.headers['content-type'] ?? '', /^text\/plain; charset=utf-8$/)
  assert.equal(
    text.text,
    [2, 3].map((n) => `${new Date(start + n).toISOString()} web/${task.slice(0, 8)} line ${n}\n`).join(''),
  )
  const ndjson = await as('application/x-ndjson')
  assert.match(ndjson.headers['content-type'] ?? '', /^application\/x-ndjson/)
  assert.deepEqual(
    ndjson.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    json.body.items,
  )
  for (const answer of [json, text, ndjson]) {
    assert.match(answer.headers.link ?? '', /logs\?limit=2&cursor=[\w-]+>; rel="next"$/)
    assert.match(answer.headers.vary ?? '', /Accept/)
  }
  assert.equal((await as('text/html')).status, 406)
})

test('every invalid parameter is named', async () => {
  const service = await newService('bad')
  const bad = await api.get(`${service.path}/logs?since=yesterday&until=15&limit=0&grep=&nope=1`)
  assert.deepEqual(
    [bad.status, bad.body.code, bad.body.errors.map(({ name }: { name: string }) => name).sort()],
    [400, 'InvalidQuery', ['grep', 'limit', 'nope', 'since', 'until']],
    bad.text,
  )
  assert.match(bad.text, /duration back from now, such as 15m/)
  const invalidTimes = ['since=2026-02-31T00:00:00Z', 'since=2026-04-31T10:00:00%2B02:00']
  for (const query of ['since=1h&until=2h', 'since=2999-01-01T00:00:00Z', ...invalidTimes]) {
    const answer = await api.get(`${service.path}/logs?${query}`)
    assert.deepEqual([answer.status, answer.body.errors?.[0]?.name], [400, 'since'], answer.text)
  }
  for (const time of ['2024-02-29T23:59:59.5Z', '2026-03-01T00:30:00%2B01:00'])
    assert.equal((await api.get(`${service.path}/logs?since=${time}`)).status, 200, time)
  const container = await api.get(`${service.path}/logs?container=wbe`)
  assert.deepEqual([container.status, container.body.errors?.[0]?.name], [400, 'container'])
  assert.match(container.body.detail, /there are web/)
  for (const cursor of ['x', Buffer.from('["sideways",1,"",0]').toString('base64url'), 'WyJ3d3ciXQ'])
    assert.equal((await api.get(`${service.path}/logs?cursor=${cursor}`)).body.code, 'InvalidCursor', cursor)
  assert.equal((await api.get(`${service.path}x/logs`)).body.code, 'ServiceNotFound')
  const task = await api.get(`/remote/clusters/bad/tasks/${'d'.repeat(32)}/logs`)
  assert.deepEqual([task.status, task.body.code], [404, 'TaskNotFound'])
  const foreign = encodeURIComponent(`arn:aws:ecs:us-east-1:999988887777:task/bad/${'d'.repeat(32)}`)
  assert.equal((await api.get(`${service.path}/logs?task=${foreign}`)).status, 400)
})
