/** Following the lines of services and tasks, on the engine, by HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineOverTcp } from '../../testing/engine-over-tcp.ts'
import { followLines } from '../../testing/log-follower.ts'
import { type LoggedService, logsClient, newLoggedService } from '../../testing/logged-service.ts'
import { startTestProgram } from '../../testing/program.ts'

const aws = await startEngineOverTcp()
const slowQuota = aws.account('slow', { budget: { logEventsRead: { burst: 10, refill: 0.5 } } })
const program = await startTestProgram({ accounts: [aws.account('remote', { budget: 'off' }), slowQuota] })
const other = await startTestProgram({ accounts: [aws.account('remote', { budget: 'off' })] })
const { api, token } = program
const { url } = await program.listen()
const { url: otherUrl } = await other.listen()

const newService = (cluster: string, more: object = {}) =>
  newLoggedService(program, aws, { account: 'remote', cluster, ...more })
const follow = (path: string, { lastId, query = '' }: { lastId?: string; query?: string } = {}) =>
  followLines(`${url}/v1/ecs${path}/logs${query}`, token, lastId)
const followAtOther = (path: string, lastId: string) =>
  followLines(`${otherUrl}/v1/ecs${path}/logs`, other.token, lastId)

/** Writes lines that all have the time `at`. */
const write = (service: LoggedService, task: string, container: string, messages: readonly string[], at = Date.now()) =>
  service.write(
    task,
    container,
    messages.map((message) => ({ timestamp: at, message })),
  )

test('a follower gets the newest lines, then each line as it arrives, of all containers and tasks', async () => {
  const service = await newService('follow', { count: 2, containers: ['web', 'sidecar'] })
  const [first = '', second = ''] = await service.taskIds()
  await write(service, first, 'web', ['before'])
  const all = await follow(service.path)
  const ofContainer = await follow(service.path, { query: '?container=sidecar' })
  const ofTask = await follow(service.path.replace(/services.*/, `tasks/${second}`))
  const withText = await follow(service.path, { query: '?grep=needle' })
  assert.match(all.headers.get('content-type') ?? '', /^text\/event-stream/)
  await write(service, first, 'web', ['one', 'two'])
  await write(service, second, 'web', ['a needle', 'three'])
  await write(service, second, 'sidecar', ['four', 'needle 2'])
  await Promise.all([
    all.untilMessages('before', 'one', 'two', 'a needle', 'three', 'four', 'needle 2'),
    ofContainer.untilMessages('four', 'needle 2'),
    ofTask.untilMessages('a needle', 'three', 'four', 'needle 2'),
    withText.untilMessages('a needle', 'needle 2'),
  ])
  assert.equal(all.lines().length, 7)
  const page = await api.get(`${service.path}/logs`)
  const line = ({ message }: { message: string }) => message === 'four'
  assert.deepEqual(all.lines().find(line), page.body.items.find(line), 'a line looks as on a page')
  assert.deepEqual(ofContainer.messages(), ['four', 'needle 2'])
  assert.deepEqual(withText.messages(), ['a needle', 'needle 2'])
  const shown = all.events.find(({ event }) => event === 'lines')
  assert.ok(shown?.data.lagSeconds >= 1)
  for (const each of [all, ofContainer, ofTask, withText]) each.close()
})

test('200 followers of one service with two filters make as many AWS calls as two', { timeout: 120_000 }, async () => {
  const service = await newService('crowd', { containers: ['web'] })
  const [task = ''] = await service.taskIds()
  await write(service, task, 'web', ['before'])
  const before = program.awsCalls.length
  const start = performance.now()
  const followers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => follow(service.path, { query: i % 2 ? '?grep=line' : '' })),
  )
  for (const message of ['line 1', 'line 2', 'line 3']) {
    await write(service, task, 'web', [message])
    await Promise.all(followers.map((each) => each.untilMessages(message)))
  }
  const seconds = (performance.now() - start) / 1000
  const made = program.awsCalls.slice(before).map(({ action }) => action)
  const count = (action: string) => made.filter((each) => each === action).length
  // One poll a second for both; the first lines and, every three seconds, a search for new tasks for each filter.
  assert.ok(
    count('FilterLogEvents') <= 1 + seconds + 2 * (1 + seconds / 2),
    `${count('FilterLogEvents')} in ${seconds} s`,
  )
  assert.ok(made.length - count('FilterLogEvents') <= 10 + 8 * seconds, `${made.length} calls in ${seconds} s`)
  for (const each of followers) {
    assert.deepEqual(each.messages().slice(-3), ['line 1', 'line 2', 'line 3'])
    each.close()
  }
})

test('a follower resumes at another process: each line once and in order, also lines of one millisecond', async () => {
  const service = await newService('resume', { count: 2, containers: ['web', 'sidecar'] })
  const tasks = await service.taskIds()
  const streams = tasks.flatMap((task) => [
    { task, container: 'web' },
    { task, container: 'sidecar' },
  ])
  const start = Date.now()
  const expected: string[] = []
  let got: string[] = []
  let lastId: string | undefined
  for (let turn = 0; turn < 6; turn++) {
    const messages = streams.map((_, stream) => [1, 2, 3].map((n) => `${stream}: ${turn}.${n}`))
    const writing = async (some: (turn: number) => boolean) => {
      // Two turns in one millisecond; the lines of some streams are late.
      for (const [i, { task, container }] of streams.entries())
        if (some(i)) await write(service, task, container, messages[i]!, start + Math.floor(turn / 2) - (i % 2) * 3000)
    }
    const reader =
      turn % 2 ? await followAtOther(service.path, lastId!) : await follow(service.path, lastId ? { lastId } : {})
    await writing((i) => i < 2)
    await reader.untilMessages(...messages.slice(0, 2).flat())
    reader.close()
    lastId = reader.lastId()
    got = [...got, ...reader.messages()]
    await writing((i) => i >= 2)
    expected.push(...messages.flat())
  }
  const last = await followAtOther(service.path, lastId!)
  await last.untilMessages(...[1, 2, 3].flatMap((n) => [`2: 5.${n}`, `3: 5.${n}`]))
  last.close()
  got = [...got, ...last.messages()]
  assert.deepEqual(got.toSorted(), expected.toSorted())
  for (const i of streams.keys()) {
    const ofStream = (messages: readonly string[]) => messages.filter((message) => message.startsWith(`${i}: `))
    assert.deepEqual(ofStream(got), ofStream(expected))
  }
})

test('polls take at most half of the quota, and the stream says the lag', async () => {
  const service = await newService('quota')
  const path = service.path.replace('remote', 'slow')
  const before = program.awsCalls.length
  const start = performance.now()
  const reader = await follow(path)
  const [task = ''] = await service.taskIds()
  for (const message of ['1', '2']) {
    await write(service, task, 'web', [message])
    await reader.untilMessages(message)
  }
  const seconds = (performance.now() - start) / 1000
  const polls = program.awsCalls.slice(before).filter(({ action }) => action === 'FilterLogEvents').length
  assert.ok(polls <= 2 + seconds / 4, `${polls} calls in ${seconds} s`)
  const shown = reader.events.find(({ event }) => event === 'lines')
  assert.ok(shown?.data.lagSeconds >= 4, JSON.stringify(shown))
  reader.close()
})

test('all lines arrive, also more than may wait for a client that reads slowly', async () => {
  const service = await newService('much')
  const [task = ''] = await service.taskIds()
  const start = Date.now() - 5000
  const messages = Array.from({ length: 4000 }, (_, i) => `${i} ${'x'.repeat(1000)}`)
  for (let i = 0; i < messages.length; i += 500)
    await write(service, task, 'web', messages.slice(i, i + 500), start + i)
  const newest = await follow(service.path, { query: '?limit=10000' })
  const since = await follow(service.path, { query: '?since=1h' })
  for (const reader of [newest, since]) {
    await reader.untilMessages(messages.at(-1)!)
    await write(service, task, 'web', ['and then'])
    await reader.untilMessages('and then')
    assert.deepEqual(reader.messages().slice(0, 4000), messages)
    reader.close()
  }
})

test('lines are followed as text for a person and as NDJSON, too', async () => {
  const service = await newService('text', { count: 1 })
  const [task = ''] = await service.taskIds()
  const read = async (accept: string) => {
    const aborting = new AbortController()
    const headers = { authorization: `Bearer ${token}`, accept }
    const signal = aborting.signal
    const answer = await fetch(`${url}/v1/ecs${service.path}/logs?follow=true`, { headers, signal })
    let text = ''
    const body = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    return {
      type: answer.headers.get('content-type'),
      until: async (wanted: string) => {
        while (!text.includes(wanted)) text += (await body.read()).value
        return text
      },
      close: () => aborting.abort(),
    }
  }
  const [text, ndjson] = [await read('text/plain'), await read('application/x-ndjson')]
  const start = Date.now()
  await write(service, task, 'web', ['one'], start)
  await write(service, task, 'web', ['two'], start + 1)
  const lineOf = (message: string, at: number) => `${new Date(at).toISOString()} web/${task.slice(0, 8)} ${message}\n`
  assert.equal(await text.until('two\n'), lineOf('one', start) + lineOf('two', start + 1))
  assert.match(text.type ?? '', /^text\/plain/)
  const page = await api.get(`${service.path}/logs`, { headers: { accept: 'application/x-ndjson' } })
  assert.equal(await ndjson.until('"two"'), page.text)
  assert.match(ndjson.type ?? '', /^application\/x-ndjson/)
  await logsClient(aws).deleteLogGroup({ logGroupName: service.group })
  assert.match(await text.until('ecs-api: '), /ecs-api: .*\/ecs\/text/)
  assert.match(await ndjson.until('"event"'), /\{"event":"problem","code":"LogGroupNotFound"/)
  text.close()
  ndjson.close()
})

test('the id of an event without lines contains its time, so that it can become too old', async () => {
  const service = await newService('silent')
  const began = Date.now()
  const reader = await follow(`${service.path}`)
  await reader.waitForEvent(({ id }) => id !== undefined)
  const [base] = JSON.parse(Buffer.from(reader.lastId(), 'base64url').toString())
  assert.ok(base >= began - 60_000, String(base))
  reader.close()
})

test('a request to follow with an invalid parameter is rejected, and the parameter is named', async () => {
  const service = await newService('bad')
  const get = (query: string, headers: Record<string, string> = {}) =>
    api.get(`${service.path}/logs?follow=true${query}`, { headers })
  const until = await get('&until=1h')
  assert.deepEqual([until.status, until.body.errors?.[0]?.name], [400, 'until'], until.text)
  for (const id of ['x', 'WzE3', Buffer.from('[1,[["short",0,1]]]').toString('base64url')]) {
    const answer = await get('', { 'last-event-id': id })
    assert.deepEqual([answer.status, answer.body.code], [400, 'InvalidCursor'], answer.text)
  }
  const twoDays = Buffer.from(JSON.stringify([Date.now() - 2 * 86_400_000, []])).toString('base64url')
  const tooOld = await get('', { 'last-event-id': twoDays })
  assert.deepEqual([tooOld.status, tooOld.body.code], [410, 'CursorTooOld'], tooOld.text)
  const future = Buffer.from(JSON.stringify([Date.now() + 86_400_000, []])).toString('base64url')
  assert.equal((await get('', { 'last-event-id': future })).body.code, 'InvalidCursor')
  const since = await get('&since=2999-01-01T00:00:00Z')
  assert.deepEqual([since.status, since.body.errors?.[0]?.name], [400, 'since'], since.text)
  const container = await get('&container=wbe')
  assert.deepEqual([container.status, container.body.errors?.[0]?.name], [400, 'container'])
  assert.equal((await api.get(`${service.path}x/logs?follow=true`)).body.code, 'ServiceNotFound')
})
