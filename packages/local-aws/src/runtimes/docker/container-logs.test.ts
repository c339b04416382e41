import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { LogLine } from '../runtime.ts'
import { readContainerLogs } from './container-logs.ts'
import type { Docker } from './docker-api.ts'

/** A frame in the Docker API's format. */
function frame(stream: 'stdout' | 'stderr', content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  const head = Buffer.from([stream === 'stderr' ? 2 : 1, 0, 0, 0, 0, 0, 0, 0])
  head.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([head, bytes])
}

async function linesOf(...chunks: Buffer[]): Promise<LogLine[]> {
  const docker = { getContainer: () => ({ logs: async () => Readable.from(chunks) }) } as unknown as Docker
  const lines: LogLine[] = []
  for await (const batch of readContainerLogs(docker, 'id', {
    follow: true,
    isTerminal: false,
    signal: new AbortController().signal,
  }))
    lines.push(...batch)
  return lines
}

test('a line that the runtime splits is one line, without the timestamps of its later parts', async () => {
  const lines = await linesOf(
    frame('stdout', '2026-11-23T17:20:43Z 17'),
    frame('stderr', '2026-11-23T17:20:43.5+01:00 between\n'),
    frame('stdout', '2026-11-23T17:20:43.123456789Z 1 ...\n'),
    frame('stdout', '2026-11-23T17:20:44Z 2026-11-23T17:20:44Z its own\n'),
  )
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['between', '171 ...', '2026-11-23T17:20:44Z its own'],
  )
})

test('a character of several bytes that the runtime splits stays whole', async () => {
  const time = '2026-11-23T17:20:43Z '
  const [euro, timeBytes] = [Buffer.from('€'), Buffer.from(time)]
  const lines = await linesOf(
    frame('stdout', Buffer.concat([timeBytes, Buffer.from('5 '), euro.subarray(0, 2)])),
    frame('stdout', Buffer.concat([timeBytes, euro.subarray(2), Buffer.from(' each\n')])),
    frame('stdout', `${time}${'x'.repeat(300_000)}\n`),
    frame('stdout', `${time}after it\n`),
  )
  assert.deepEqual(
    lines.map(({ text, time: at }) => [text.slice(0, 8), at]),
    ['5 € each', 'xxxxxxxx', 'after it'].map((text) => [text, Date.parse('2026-11-23T17:20:43Z')]),
  )
})

test('frames are found wherever the connection splits them', async () => {
  const all = Buffer.concat(Array.from({ length: 2_500 }, (_, i) => frame('stdout', `2026-11-23T17:20:43Z ${i}\n`)))
  const cut = [all.subarray(0, 3), all.subarray(3, 20), all.subarray(20, 21), all.subarray(21)]
  assert.deepEqual(
    (await linesOf(...cut)).map(({ text }) => Number(text)),
    Array.from({ length: 2_500 }, (_, i) => i),
  )
})
