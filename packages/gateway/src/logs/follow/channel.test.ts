/** A channel searches for tasks again and again: it follows the streams that a search finds, and drops missing ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogSource } from '../log-source.ts'
import { everyLineSearch } from '../search.ts'
import { Channel, type ChannelFollower } from './channel.ts'
import { resumeOverlapMs } from './checkpoint.ts'
import type { Tail } from './tail.ts'

const dayMs = 86_400_000

function source(task: string, createdAt: number): LogSource {
  return {
    ...{ region: 'us-east-1', group: '/web', stream: `web/web/${task}`, task, container: 'web' },
    ...{ createdAt, stoppedAt: undefined, mayBeMissing: false },
  }
}

const follower: ChannelFollower = {
  onLines: () => {},
  onProgress: () => {},
  onLag: () => {},
  onProblem: () => {},
  onGone: () => {},
  onEnded: () => {},
}

/**
 * Follows the streams `first` in a channel whose next searches find the streams of `searches`.
 * @returns the calls that the channel made to its tail
 */
async function followSources(first: readonly LogSource[], searches: readonly (readonly LogSource[])[]) {
  const calls: { call: 'follow' | 'unfollow'; task: string; readFrom?: number | undefined }[] = []
  const tail = {
    follow: ({ task }: LogSource, _: unknown, readFrom: number | undefined) =>
      calls.push({ call: 'follow', task, readFrom }),
    unfollow: ({ task }: LogSource) => calls.push({ call: 'unfollow', task }),
    recentOf: () => [],
  } as unknown as Tail
  const { promise: isOver, resolve } = Promise.withResolvers<void>()
  const nextSearches = [...searches]
  const channel = new Channel({
    search: everyLineSearch,
    findSources: async () => {
      const sources = nextSearches.shift()
      // The channel has applied the last search when it begins another one.
      if (sources === undefined) resolve()
      return { sources: [...(sources ?? searches.at(-1) ?? first)] }
    },
    tailOf: () => tail,
    intervalMs: () => 1,
    refreshIntervalMs: () => 1,
    onIdle: () => {},
    onUnexpectedError: (error) => assert.fail(String(error)),
  })
  channel.join(follower, first)
  // A timer of the channel does not keep the process alive.
  const alive = setInterval(() => {}, 1_000)
  await isOver
  clearInterval(alive)
  const made = [...calls]
  channel.close()
  return made
}

test('an old stream that a later search finds is followed from the search before it, not from its beginning', async () => {
  const began = Date.now()
  const [present, old] = [source('present', began - dayMs), source('old', began - 2 * dayMs)]
  const calls = await followSources([present], [[present, old]])
  assert.deepEqual(
    calls.map(({ call, task }) => [call, task]),
    [
      ['follow', 'present'],
      ['follow', 'old'],
    ],
  )
  assert.ok(calls[1]!.readFrom! >= began - resumeOverlapMs, String(calls[1]!.readFrom))
})

test('a task that one search lacks is still followed', async () => {
  const task = source('present', Date.now() - dayMs)
  const calls = await followSources([task], [[], [task], [], [task]])
  assert.deepEqual(
    calls.map(({ call }) => call),
    ['follow'],
  )
})

test('a task that two searches lack, and one that stopped long ago, are not followed any more', async () => {
  const [gone, stopped] = [source('gone', Date.now() - dayMs), source('stopped', Date.now() - dayMs)]
  const ended = { ...stopped, stoppedAt: Date.now() - dayMs }
  const calls = await followSources([gone, stopped], [[ended], [ended]])
  assert.deepEqual(
    calls
      .filter(({ call }) => call === 'unfollow')
      .map(({ task }) => task)
      .toSorted(),
    ['gone', 'stopped'],
  )
})
