/**
 * `readLastLines` returns the last lines of a stopped task's container, or the reason why there are none, with at most
 * two calls to CloudWatch Logs.
 */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { noGuardrails } from '../aws/account-guardrails.ts'
import type { FinishedCall } from '../aws/calls/pipeline.ts'
import { openAwsAccount } from '../aws/open-account.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { definitionWithLogs, newLoggedService } from '../testing/logged-service.ts'
import { startTestProgram } from '../testing/program.ts'
import { ContainerLogsByDefinition } from './container-logs.ts'
import { readLastLines, type StoppedContainer } from './last-lines.ts'
import type { EventPage, EventQuery, LogEvent } from './log-streams.ts'
import { LogStreams } from './log-streams.ts'

const aws = await startEngineOverTcp()
const program = await startTestProgram({ accounts: [aws.account('remote')] })
const { api } = program
const calls: FinishedCall[] = []
const account = openAwsAccount(aws.account('remote'), {
  guardrails: noGuardrails,
  onCall: (call) => calls.push(call),
  callContext: () => ({ priority: 'read', caller: 'test' }),
})
after(() => account.close())
const definitions = new ContainerLogsByDefinition(account)
const streams = new LogStreams(account)

/** The result, and the actions that were called for it. */
async function read(stopped: StoppedContainer) {
  const before = calls.length
  const { lines, reason } = await readLastLines(stopped, { runtime: account.runtime, definitions, streams })
  return {
    messages: lines.map(({ message }) => message),
    reason,
    actions: calls.slice(before).map(({ action }) => action),
  }
}

const service = await newLoggedService(program, aws, {
  account: 'remote',
  cluster: 'last',
  containers: ['web', 'mute'],
})
const [task = ''] = await service.taskIds()
const { arn } = (await api.get(service.path.replace(/services.*/, `tasks/${task}`))).body
const now = Date.now()
const stopped: StoppedContainer = {
  task: arn,
  taskDefinition: `arn:aws:ecs:us-east-1:${aws.number}:task-definition/last-www:1`,
  container: 'web',
  createdAt: now - 3_600_000,
  stoppedAt: now,
}
await service.write(
  task,
  'web',
  Array.from({ length: 300 }, (_, i) => ({ timestamp: now - 300_000 + i * 1000, message: `line ${i}` })),
)

test('the last 20 lines are read with one call, in order', async () => {
  const first = await read(stopped)
  assert.deepEqual(
    first.messages,
    Array.from({ length: 20 }, (_, i) => `line ${280 + i}`),
  )
  assert.deepEqual(first.actions, ['DescribeTaskDefinition', 'FilterLogEvents'])
  const again = await read({ ...stopped, task, taskDefinition: 'last-www:1' })
  assert.deepEqual([again.messages, again.actions], [first.messages, ['FilterLogEvents']])
})

test('without lines, the reason says why', async () => {
  const options = { 'splunk-url': 'https://splunk.example', 'splunk-token': 'a-token' }
  const elsewhere = { name: 'router', image: 'nginx', logConfiguration: { logDriver: 'splunk', options } }
  const made = definitionWithLogs('other', ['web'], '/none') as { containerDefinitions: object[] }
  made.containerDefinitions.push(elsewhere)
  assert.equal((await api.post('/remote/taskdefs', made)).status, 201)
  const reasons: [Partial<StoppedContainer>, RegExp][] = [
    [{ container: 'mute' }, /^The container mute printed nothing\.$/],
    [{ task: 'f'.repeat(32) }, /^The container web has no log stream, so it has not started\.$/],
    [{ container: 'none' }, /^The task definition last-www:1 has no container none\.$/],
    [{ taskDefinition: 'last-www:9' }, /^The task definition last-www:9 was deleted/],
    [{ taskDefinition: 'other:1', container: 'router' }, /log driver splunk/],
    [{ taskDefinition: 'other:1' }, /\/none/],
  ]
  for (const [change, reason] of reasons) {
    const answer = await read({ ...stopped, ...change })
    assert.match(answer.reason ?? '', reason)
    assert.ok(answer.actions.length <= 2, answer.actions.join())
  }
  const endDenial = aws.engine.inject({ action: 'FilterLogEvents', kind: 'denied' })
  assert.match((await read(stopped)).reason ?? '', /logs:FilterLogEvents/)
  endDenial()
})

test('an endpoint that returns the oldest lines first, or an empty page, takes two calls', async () => {
  const source = { task, container: 'web' } as LogEvent['source']
  const events = Array.from({ length: 300 }, (_, i): LogEvent => {
    const time = now - 300_000 + i * 1000
    return { time, id: String(i), message: `line ${i}`, ingestedAt: time, source }
  })
  const more = { token: 'more', streams: ['web'] }
  const expected = events.slice(-20).map(({ message }) => message)
  /** The order that AWS documents for FilterLogEvents without `startFromHead`. */
  const oldestFirst = ({ from, limit = 10_000 }: EventQuery): EventPage => {
    const found = events.filter(({ time }) => time >= from)
    return { events: found.slice(0, limit), next: found.length > limit ? more : undefined }
  }
  const emptyFirst = ({ page, limit }: EventQuery): EventPage =>
    page === undefined ? { events: [], next: more } : { events: events.toReversed().slice(0, limit), next: more }
  const always = (): EventPage => ({ events: events.slice(0, 2), next: more })
  for (const [answer, messages] of [
    [oldestFirst, expected],
    [emptyFirst, expected],
    [always, []],
  ] as const) {
    const queries: EventQuery[] = []
    const filterOne = async (_: unknown, query: EventQuery) => {
      queries.push(query)
      return answer(query)
    }
    const result = await readLastLines(stopped, {
      runtime: account.runtime,
      definitions,
      streams: { filterOne } as unknown as LogStreams,
    })
    assert.deepEqual(
      result.lines.map(({ message }) => message),
      messages,
    )
    assert.equal(result.reason === undefined, messages.length > 0)
    assert.equal(queries.length, 2)
  }
})
