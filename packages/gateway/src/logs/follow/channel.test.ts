/** When a channel begins and ends to follow a stream, by what the looks for tasks find. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogSource } from '../log-source.ts'
import { everyLine } from '../search.ts'
import { Channel, type ChannelFollower } from './channel.ts'
import { overlapMs } from './checkpoint.ts'
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
  onSettled: () => {},
  onLag: () => {},
  onProblem: () => {},
  onGone: () => {},
  onEnded: () => {},
}

/** Follows while one look after another finds these streams. @returns the calls of the tail */
async function followSources(first: readonly LogSource[], looks: readonly (readonly LogSource[])[]) {
  const calls: { call: 'follow' | 'unfollow'; task: string; readFrom?: number | undefined }[] = []
  const tail = {
    follow: ({ task }: LogSource, _: unknown, readFrom: number | undefined) =>
      calls.push({ call: 'follow', task, readFrom }),
    unfollow: ({ task }: LogSource) => calls.push({ call: 'unfollow', task }),
    recentOf: () => [],
  } as unknown as Tail
  const { promise: isOver, resolve } = Promise.withResolvers<void>()
  const left = [...looks]
  const channel = new Channel({
    search: everyLine,
    findSources: async () => {
      const sources = left.shift()
      // The look before was taken in when the next one begins.
      if (sources === undefined) resolve()
      return { sources: [...(sources ?? looks.at(-1) ?? first)] }
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

test('an old stream that comes into the range is followed from the last look on, not from its beginning', async () => {
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
  assert.ok(calls[1]!.readFrom! >= began - overlapMs, String(calls[1]!.readFrom))
})

test('a task that one look lacks is followed on', async () => {
  const task = source('present', Date.now() - dayMs)
  const calls = await followSources([task], [[], [task], [], [task]])
  assert.deepEqual(
    calls.map(({ call }) => call),
    ['follow'],
  )
})

test('a task that two looks lack, and one that stopped long ago, are not followed any more', async () => {
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
