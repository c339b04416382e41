import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../clock.ts'
import { createDataFolder } from '../testing/data-folder.ts'
import { type Logs, openLogs } from './service.ts'

const caller = { account: '111122223333', region: 'us-east-1', arn: '', userId: '' }
const web = { group: '/ecs/web', stream: 'web/app/1' }
const ownerAndRegion = ['111122223333', 'us-east-1'] as const
const openTaskLogs = (data = ':memory:') =>
  openLogs({ data, clock: systemClock, onUnexpectedError: (error) => assert.fail(String(error)) })

test('a container’s stream is created, with its group if configured; otherwise the task fails with ECS’s message', async (t) => {
  const logs = openTaskLogs()
  t.after(() => logs.close())
  await assert.rejects(logs.openTaskStream(...ownerAndRegion, web), {
    name: 'ResourceInitializationError',
    message:
      /^failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: [0-9a-f-]{36}, ResourceNotFoundException: The specified log group does not exist\. : exit status 1$/,
  })
  await logs.openTaskStream(...ownerAndRegion, { ...web, createGroup: true })
  assert.equal(await logs.openTaskStream(...ownerAndRegion, web), undefined)
  await logs.putTaskEvents(
    ...ownerAndRegion,
    web,
    [
      { timestamp: 1, message: 'very old' },
      { timestamp: 2, message: '' },
    ],
    'as far as 2',
  )
  assert.equal(await logs.openTaskStream(...ownerAndRegion, web), 'as far as 2')
  assert.deepEqual(await messagesOf(logs), ['very old'])
  await assert.rejects(logs.putTaskEvents(...ownerAndRegion, { ...web, stream: 'other' }, []), {
    name: 'ResourceNotFoundException',
  })
})

test('lines are durable once their call has resolved, at 10,000 lines a second or more', async (t) => {
  const data = createDataFolder(t)
  const logs = openTaskLogs(data)
  await logs.openTaskStream(...ownerAndRegion, { ...web, createGroup: true })
  const started = performance.now()
  for (let i = 0; i < 100; i++)
    await logs.putTaskEvents(
      ...ownerAndRegion,
      web,
      Array.from({ length: 200 }, (_, j) => ({
        timestamp: i * 200 + j,
        message: `line ${i * 200 + j} ${'x'.repeat(100)}`,
      })),
    )
  assert.ok(performance.now() - started < 2000, '20,000 lines in two seconds')
  logs.close()
  const again = openTaskLogs(data)
  t.after(() => again.close())
  const { events } = (await again.handleAction(
    'GetLogEvents',
    { logGroupName: web.group, logStreamName: web.stream, startFromHead: true },
    caller,
  )) as {
    events: { message: string }[]
  }
  // A response holds one MiB.
  assert.ok(events.length > 7_000)
  assert.deepEqual(
    events.map(({ message }) => message.split(' ')[1]),
    events.map((_, i) => String(i)),
  )
})

async function messagesOf(logs: Logs): Promise<string[]> {
  const { events } = (await logs.handleAction(
    'GetLogEvents',
    { logGroupName: web.group, logStreamName: web.stream },
    caller,
  )) as {
    events: { message: string }[]
  }
  return events.map(({ message }) => message)
}
