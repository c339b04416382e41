import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CloudWatchLogs as Client,
  type CloudWatchLogs,
  CloudWatchLogsClient,
  StartLiveTailCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import fc from 'fast-check'
import { testInProcessAndOverTcp } from '../testing/in-process-and-tcp.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const noon = Date.UTC(2026, 0, 1, 12)
const inS = { logGroupName: 'g', logStreamName: 's' }

async function withStream(logs: CloudWatchLogs): Promise<void> {
  await logs.createLogGroup({ logGroupName: 'g' })
  await logs.createLogStream(inS)
}

const put = (logs: CloudWatchLogs, at: number, messages: string[], logStreamName = 's') =>
  logs.putLogEvents({
    logGroupName: 'g',
    logStreamName,
    logEvents: messages.map((message, i) => ({ timestamp: at + i, message })),
  })

testInProcessAndOverTcp(
  'groups and streams are created, described in pages, and deleted with their content',
  async (open) => {
    const { clientOf } = await open()
    const logs = clientOf(Client)
    for (const name of ['/ecs/b', '/ecs/a', '/other']) await logs.createLogGroup({ logGroupName: name })
    await assert.rejects(logs.createLogGroup({ logGroupName: '/ecs/a' }), {
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    })
    const groups = async (input: object) =>
      (await logs.describeLogGroups(input)).logGroups?.map(({ logGroupName }) => logGroupName)
    assert.deepEqual(await groups({ logGroupNamePrefix: '/ecs/' }), ['/ecs/a', '/ecs/b'])
    assert.deepEqual(await groups({ logGroupNamePattern: 'THE' }), ['/other'])
    const { logGroups: [first] = [], nextToken } = await logs.describeLogGroups({ limit: 1 })
    assert.equal(first?.arn, 'arn:aws:logs:us-east-1:111122223333:log-group:/ecs/a:*')
    assert.deepEqual(await groups({ nextToken }), ['/ecs/b', '/other'])

    for (const name of ['x/1', 'x/2', 'y/1'])
      await logs.createLogStream({ logGroupName: '/ecs/a', logStreamName: name })
    await logs.putLogEvents({
      logGroupName: '/ecs/a',
      logStreamName: 'x/2',
      logEvents: [{ timestamp: Date.now(), message: 'm' }],
    })
    const streams = async (input: object) => {
      const answer = await logs.describeLogStreams({ logGroupName: '/ecs/a', ...input })
      return [answer.logStreams?.map(({ logStreamName }) => logStreamName), answer.nextToken] as const
    }
    assert.deepEqual(await streams({ logStreamNamePrefix: 'x/' }), [['x/1', 'x/2'], undefined])
    for (const [query, all] of [
      [{}, ['x/1', 'x/2', 'y/1']],
      [{ descending: true }, ['y/1', 'x/2', 'x/1']],
      [{ orderBy: 'LastEventTime' }, ['x/1', 'y/1', 'x/2']],
      [{ orderBy: 'LastEventTime', descending: true }, ['x/2', 'y/1', 'x/1']],
    ] as const) {
      const [page, token] = await streams({ ...query, limit: 2 })
      const [rest, none] = await streams({ ...query, limit: 2, nextToken: token })
      assert.deepEqual([[...(page ?? []), ...(rest ?? [])], none], [all, undefined])
    }
    await assert.rejects(
      logs.describeLogStreams({ logGroupName: '/ecs/a', orderBy: 'LastEventTime', logStreamNamePrefix: 'x' }),
      {
        name: 'InvalidParameterException',
      },
    )
    await logs.deleteLogStream({ logGroupName: '/ecs/a', logStreamName: 'x/2' })
    assert.deepEqual((await logs.filterLogEvents({ logGroupName: '/ecs/a' })).events, [])
    await logs.deleteLogGroup({ logGroupName: '/ecs/a' })
    await assert.rejects(logs.describeLogStreams({ logGroupName: '/ecs/a' }), {
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
  },
)

testInProcessAndOverTcp(
  'events are read in both directions, and the last token later finds new events',
  async (open) => {
    const clock = createManualClock(noon)
    const { clientOf } = await open({ clock })
    const logs = clientOf(Client)
    await withStream(logs)
    const get = async (input: object = {}) => {
      const {
        events = [],
        nextForwardToken: forward,
        nextBackwardToken: backward,
      } = await logs.getLogEvents({ ...inS, ...input })
      return { messages: events.map(({ message }) => message).join(''), forward, backward }
    }
    const empty = await get()
    await put(logs, noon, ['a', 'b', 'c', 'd', 'e'])
    assert.equal(
      (await get({ nextToken: empty.forward })).messages,
      'abcde',
      'the token of an empty stream misses nothing',
    )
    assert.equal((await get()).messages, 'abcde')
    const newest = await get({ limit: 2 })
    assert.equal(newest.messages, 'de')
    const older = await get({ limit: 2, nextToken: newest.backward })
    assert.equal(older.messages, 'bc')
    const oldest = await get({ limit: 2, nextToken: older.backward })
    assert.equal(oldest.messages, 'a')
    const before = await get({ limit: 2, nextToken: oldest.backward })
    assert.deepEqual([before.messages, before.backward], ['', oldest.backward])
    assert.equal((await get({ nextToken: before.forward })).messages, 'abcde')

    const head = await get({ startFromHead: true, limit: 3 })
    assert.equal(head.messages, 'abc')
    const tail = await get({ startFromHead: true, nextToken: head.forward })
    assert.equal(tail.messages, 'de')
    const after = await get({ startFromHead: true, nextToken: tail.forward })
    assert.deepEqual([after.messages, after.forward], ['', tail.forward])
    assert.equal((await get({ limit: 2, nextToken: after.backward })).messages, 'de')
    await put(logs, noon + 10, ['f'])
    assert.equal((await get({ startFromHead: true, nextToken: after.forward })).messages, 'f')
    assert.equal((await get({ startTime: noon + 1, endTime: noon + 3 })).messages, 'bc', 'the end is outside the range')
    await assert.rejects(get({ nextToken: 'f/1' }), {
      name: 'InvalidParameterException',
      message: 'The specified nextToken is invalid.',
    })
  },
)

testInProcessAndOverTcp(
  'PutLogEvents accepts, rejects or partly accepts events as CloudWatch Logs does',
  async (open) => {
    const clock = createManualClock(noon)
    const { clientOf } = await open({ clock })
    const logs = clientOf(Client)
    await withStream(logs)
    const putAt = (...times: number[]) =>
      logs.putLogEvents({ ...inS, logEvents: times.map((timestamp) => ({ timestamp, message: 'm' })) })
    const rejection = (message: string) => ({ name: 'InvalidParameterException', message })
    await assert.rejects(
      putAt(noon, noon - 1),
      rejection('Log events in a single PutLogEvents request must be in chronological order.'),
    )
    await assert.rejects(
      putAt(noon - DAY_MS - 1, noon),
      rejection('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.'),
    )
    await assert.rejects(
      put(logs, noon, ['x'.repeat(600_000), 'x'.repeat(600_000)]),
      rejection('Upload too large: 1200052 bytes exceeds limit of 1048576'),
    )
    await assert.rejects(put(logs, noon, Array(10_001).fill('m')), { name: 'InvalidParameterException' })
    await assert.rejects(put(logs, noon, []), { name: 'InvalidParameterException' })
    await put(logs, noon, ['\u0001'.repeat(1_048_576 - 26)])
    await put(logs, noon, Array(10_000).fill('x'.repeat(78)))

    assert.deepEqual((await putAt(noon + 2 * HOUR_MS, noon + 2 * HOUR_MS + 1)).rejectedLogEventsInfo, {
      tooNewLogEventStartIndex: 1,
    })
    assert.deepEqual(
      (await putAt(noon - 14 * DAY_MS - 2, noon - 14 * DAY_MS - 1, noon - 14 * DAY_MS)).rejectedLogEventsInfo,
      {
        tooOldLogEventEndIndex: 2,
      },
    )
    await logs.putRetentionPolicy({ logGroupName: 'g', retentionInDays: 1 })
    assert.deepEqual((await putAt(noon - DAY_MS - 1, noon - 1)).rejectedLogEventsInfo, { expiredLogEventEndIndex: 1 })
    await assert.rejects(
      logs.putLogEvents({ ...inS, logStreamName: 'none', logEvents: [{ timestamp: noon, message: 'm' }] }),
      {
        name: 'ResourceNotFoundException',
        message: 'The specified log stream does not exist.',
      },
    )
  },
)

testInProcessAndOverTcp(
  'all events of a group are filtered in order of time, across streams and pages',
  async (open) => {
    const clock = createManualClock(noon)
    const { clientOf } = await open({ clock })
    const logs = clientOf(Client)
    await withStream(logs)
    await logs.createLogStream({ ...inS, logStreamName: 't' })
    await put(logs, noon, ['GET /a 200', 'GET /b 500 error'])
    await put(logs, noon + 1, ['{"level":"error","n":5}', '{"level":"info","n":7}'], 't')
    const found = async (input: object) =>
      (await logs.filterLogEvents({ logGroupName: 'g', ...input })).events?.map(({ message }) => message?.slice(0, 9))
    assert.deepEqual(await found({}), ['GET /a 20', 'GET /b 50', '{"level":', '{"level":'])
    assert.deepEqual(await found({ filterPattern: 'error' }), ['GET /b 50', '{"level":'])
    assert.deepEqual(await found({ filterPattern: 'error -GET' }), ['{"level":'])
    assert.deepEqual(await found({ filterPattern: '{ $.n > 5 }' }), ['{"level":'])
    assert.deepEqual(await found({ logStreamNames: ['s'] }), ['GET /a 20', 'GET /b 50'])
    assert.deepEqual(
      await found({ logStreamNamePrefix: 't', endTime: noon + 1 }),
      ['{"level":'],
      'the end is inside the range',
    )
    assert.deepEqual(await found({ startTime: noon + 2 }), ['{"level":'])
    const first = await logs.filterLogEvents({ logGroupName: 'g', limit: 3 })
    const rest = await logs.filterLogEvents({ logGroupName: 'g', limit: 3, nextToken: first.nextToken })
    assert.deepEqual([first.events?.length, rest.events?.length, rest.nextToken], [3, 1, undefined])
    assert.equal(new Set([...(first.events ?? []), ...(rest.events ?? [])].map(({ eventId }) => eventId)).size, 4)
    await assert.rejects(found({ filterPattern: 'a:b' }), {
      name: 'InvalidParameterException',
      message: "Invalid character(s) in term 'a:b'",
    })
    await assert.rejects(found({ logStreamNames: ['s'], logStreamNamePrefix: 's' }), {
      name: 'InvalidParameterException',
    })
    // The ARN instead of the name.
    assert.equal(
      (await found({ logGroupName: undefined, logGroupIdentifier: 'arn:aws:logs:us-east-1:111122223333:log-group:g' }))
        ?.length,
      4,
    )

    // More events than one response searches.
    for (let i = 0; i < 3; i++) await put(logs, noon + 10, Array(10_000).fill('filler'))
    await put(logs, noon + 20_000, ['needle'])
    let [pages, nextToken, needles] = [0, undefined as string | undefined, 0]
    do {
      const page = await logs.filterLogEvents({ logGroupName: 'g', filterPattern: 'needle', nextToken })
      needles += page.events?.length ?? 0
      nextToken = page.nextToken
      pages++
    } while (nextToken)
    assert.deepEqual([needles, pages], [1, 4])
  },
)

testInProcessAndOverTcp('retention removes events when they expire, and their stored bytes', async (open) => {
  const clock = createManualClock(noon)
  const { clientOf } = await open({ clock })
  const logs = clientOf(Client)
  await withStream(logs)
  await assert.rejects(logs.putRetentionPolicy({ logGroupName: 'g', retentionInDays: 2 }), {
    name: 'InvalidParameterException',
  })
  await logs.putRetentionPolicy({ logGroupName: 'g', retentionInDays: 1 })
  await put(logs, noon, Array(5_000).fill('old'))
  await put(logs, noon + HOUR_MS, ['new'])
  clock.advance(DAY_MS + HOUR_MS / 2)
  assert.deepEqual(
    (await logs.getLogEvents(inS)).events?.map(({ message }) => message),
    ['new'],
  )
  const described = async () => (await logs.describeLogGroups({})).logGroups?.[0]
  while ((await described())?.storedBytes !== 29);
  await logs.deleteRetentionPolicy({ logGroupName: 'g' })
  clock.advance(DAY_MS)
  assert.deepEqual(
    [(await described())?.retentionInDays, (await logs.getLogEvents(inS)).events?.length],
    [undefined, 1],
  )
})

testInProcessAndOverTcp('an event that expires long before those of another group is removed in time', async (open) => {
  const clock = createManualClock(noon)
  const { clientOf } = await open({ clock })
  const logs = clientOf(Client)
  await withStream(logs)
  await logs.putRetentionPolicy({ logGroupName: 'g', retentionInDays: 365 })
  await put(logs, noon, ['stays'])
  await logs.createLogGroup({ logGroupName: 'short' })
  await logs.createLogStream({ logGroupName: 'short', logStreamName: 's' })
  await logs.putRetentionPolicy({ logGroupName: 'short', retentionInDays: 1 })
  const logEvents = [{ timestamp: noon, message: 'expires' }]
  await logs.putLogEvents({ logGroupName: 'short', logStreamName: 's', logEvents })
  const storedBytes = async () =>
    (await logs.describeLogGroups({ logGroupNamePrefix: 'short' })).logGroups?.[0]?.storedBytes
  assert.notEqual(await storedBytes(), 0)
  // A day after the last check the next one is made, and an event of a day has then expired.
  for (let day = 0; day < 2; day++) {
    clock.advance(DAY_MS + 1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  while ((await storedBytes()) !== 0);
})

testInProcessAndOverTcp(
  'tags are set by ARN and by name, and unsupported actions are rejected by name',
  async (open) => {
    const { clientOf } = await open()
    const logs = clientOf(Client)
    await logs.createLogGroup({ logGroupName: 'g', tags: { a: '1' } })
    const resourceArn = 'arn:aws:logs:us-east-1:111122223333:log-group:g'
    await logs.tagResource({ resourceArn, tags: { b: '2' } })
    await logs.tagLogGroup({ logGroupName: 'g', tags: { c: '3' } })
    await logs.untagResource({ resourceArn, tagKeys: ['a'] })
    assert.deepEqual((await logs.listTagsForResource({ resourceArn })).tags, { b: '2', c: '3' })
    await logs.untagLogGroup({ logGroupName: 'g', tags: ['b'] })
    assert.deepEqual((await logs.listTagsLogGroup({ logGroupName: 'g' })).tags, { c: '3' })
    await assert.rejects(logs.createLogGroup({ logGroupName: 'a b' }), {
      name: 'InvalidParameterException',
      message:
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
    })
    await assert.rejects(logs.startQuery({ logGroupName: 'g', startTime: 0, endTime: 1, queryString: 'x' }), {
      name: 'UnsupportedFeatureException',
      message: 'This engine does not have the action StartQuery of Amazon CloudWatch Logs.',
    })
    // The SDK would call another host, stream-….
    const client = clientOf(CloudWatchLogsClient)
    Object.assign(client.config, { disableHostPrefix: true })
    await assert.rejects(client.send(new StartLiveTailCommand({ logGroupIdentifiers: [resourceArn] })), {
      name: 'UnsupportedFeatureException',
      message: 'This engine does not have the action StartLiveTail of Amazon CloudWatch Logs.',
    })
  },
)

test('pages from either end have every event of a stream, in order of time and then of arrival', async (t) => {
  const clock = createManualClock(noon)
  const { clientOf } = await openTestEngine(t, { clock })
  const logs = clientOf(Client)
  await logs.createLogGroup({ logGroupName: 'g' })
  let streams = 0
  const batch = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 }).map((times) => times.sort())
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 5 }), fc.integer({ min: 1, max: 7 }), async (batches, limit) => {
      const stream = { logGroupName: 'g', logStreamName: `s${streams++}` }
      await logs.createLogStream(stream)
      const all: { timestamp: number; message: string }[] = []
      for (const times of batches) {
        const logEvents = times.map((ms) => ({ timestamp: noon + ms, message: `${all.length} ${ms} ${Math.random()}` }))
        all.push(...logEvents)
        await logs.putLogEvents({ ...stream, logEvents })
      }
      const expected = all.sort((a, b) => a.timestamp - b.timestamp).map(({ message }) => message)
      for (const startFromHead of [true, false]) {
        const read: string[] = []
        let nextToken: string | undefined
        for (;;) {
          const page = await logs.getLogEvents({ ...stream, limit, startFromHead, nextToken })
          const messages = (page.events ?? []).map(({ message = '' }) => message)
          read.splice(startFromHead ? read.length : 0, 0, ...messages)
          const next = startFromHead ? page.nextForwardToken : page.nextBackwardToken
          if (next === nextToken) break
          nextToken = next
        }
        assert.deepEqual(read, expected)
      }
      const filtered = await logs.filterLogEvents({ logGroupName: 'g', logStreamNames: [stream.logStreamName] })
      assert.deepEqual(
        filtered.events?.map(({ message }) => message),
        expected,
      )
    }),
    { numRuns: 40 },
  )
})
