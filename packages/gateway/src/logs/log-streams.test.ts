import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Account } from '../aws/account.ts'
import { NotFound } from '../problems/problem.ts'
import { batchesOf, type LogSource } from './log-source.ts'
import { LogStreams } from './log-streams.ts'

const sourceOf = (stream: string): LogSource => ({
  region: 'us-east-1',
  group: '/shop',
  stream,
  task: stream,
  container: 'web',
  createdAt: 0,
  stoppedAt: undefined,
  mayBeMissing: true,
})

interface FilterInput {
  logStreamNames: string[]
  nextToken?: string
}

/** CloudWatch Logs with the streams `existing`; `describeMs` passes during each DescribeLogStreams. */
function logsWith(t: TestContext, existing: Set<string>, { describeMs = 0 } = {}) {
  let now = 1_000
  t.mock.method(performance, 'now', () => now)
  // The cache of missing streams reads the clock again after a timer of 1 ms.
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const pass = (ms: number) => {
    now += ms
    t.mock.timers.tick(ms)
  }
  const filters: FilterInput[] = []
  const logs = {
    filterLogEvents: async ({ logStreamNames, nextToken }: FilterInput) => {
      filters.push({ logStreamNames, ...(nextToken !== undefined && { nextToken }) })
      assert.ok(filters.length < 20, 'the calls come to an end')
      if (!logStreamNames.every((name) => existing.has(name)))
        throw new NotFound('LogStreamNotFound', 'The specified log stream does not exist.')
      return { events: [], ...(nextToken === undefined && { nextToken: 'second page' }) }
    },
    describeLogStreams: async ({ logStreamNamePrefix: name }: { logStreamNamePrefix: string }) => {
      pass(describeMs)
      return { logStreams: existing.has(name) ? [{ logStreamName: name, creationTime: 0 }] : [] }
    },
  }
  const streams = new LogStreams({ logs: async () => logs } as unknown as Account)
  return { streams, filters, pass }
}

test('a next page is read with the streams of the first page, also when another stream exists by then', async (t) => {
  const existing = new Set(['a'])
  const { streams, filters, pass } = logsWith(t, existing)
  const [batch] = batchesOf([sourceOf('a'), sourceOf('b')])
  const first = await streams.filter(batch!, { from: 0 })
  existing.add('b')
  pass(60_000)
  await streams.filter(batch!, { from: 0, page: first.next })
  assert.deepEqual(filters, [
    { logStreamNames: ['a', 'b'] },
    { logStreamNames: ['a'] },
    { logStreamNames: ['a'], nextToken: 'second page' },
  ])
})

test('a call ends also when its search for missing streams takes longer than the cache keeps them', async (t) => {
  const { streams, filters } = logsWith(t, new Set(['a']), { describeMs: 60_000 })
  const [batch] = batchesOf([sourceOf('a'), sourceOf('b'), { ...sourceOf('c'), mayBeMissing: false }])
  await streams.filter(batch!, { from: 0 })
  assert.deepEqual(filters.at(-1), { logStreamNames: ['a'] })
})
