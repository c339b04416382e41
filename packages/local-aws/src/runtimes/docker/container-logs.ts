/** What a container wrote, line by line, as the runtime's API tells it. */
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { LogLine } from '../runtime.ts'
import type { Docker } from './docker-api.ts'
import { MAX_LINE_BYTES } from './log-records.ts'

export interface LogsWanted {
  after?: string | undefined
  follow: boolean
  /** A terminal's output is one stream, without frames around its parts. */
  terminal: boolean
  signal: AbortSignal
}

/** In portions as they come. A line's position is its time to the nanosecond, and its number among those of the same time. */
export async function* containerLogs(
  docker: Docker,
  id: string,
  { after, follow, terminal, signal }: LogsWanted,
): AsyncGenerator<LogLine[]> {
  const begin = positionOf(after)
  const stream = await open(docker, id, begin ? Number(begin.nanos / 1_000_000_000n) : 0, follow, signal)
  const parts = terminal ? plainParts(stream) : framedParts(stream)
  const split = lineSplitter(!terminal)
  let last = { nanos: -1n, number: 0 }
  function newLines(from: LogLine['stream'], all: readonly string[]): LogLine[] {
    return all.flatMap((line) => {
      const { nanos, text } = stamped(line)
      last = { nanos, number: nanos === last.nanos ? last.number + 1 : 0 }
      if (begin && (nanos < begin.nanos || (nanos === begin.nanos && last.number <= begin.number))) return []
      return [{ at: Number(nanos / 1_000_000n), stream: from, text, position: `${nanos}/${last.number}` }]
    })
  }
  for await (const portion of parts) {
    const lines = portion.flatMap(({ from, bytes }) => newLines(from, split.add(from, bytes)))
    if (lines.length > 0) yield lines
  }
  // One that was followed may have been cut off; read to its end, it ends with a line that need not end with a newline.
  const rest = follow ? [] : split.end().flatMap(({ from, line }) => newLines(from, [line]))
  if (rest.length > 0) yield rest
}

async function open(
  docker: Docker,
  id: string,
  since: number,
  follow: boolean,
  signal: AbortSignal,
): Promise<Readable> {
  const options = { stdout: true, stderr: true, timestamps: true, since, abortSignal: signal }
  const container = docker.getContainer(id)
  if (follow) return (await container.logs({ ...options, follow: true })) as Readable
  const { Readable: Streams } = await import('node:stream')
  return Streams.from([await container.logs({ ...options, follow: false })])
}

/** So that a long log, read at once, leaves others their turn. */
const MAX_AT_ONCE = 1_000

interface Part {
  from: LogLine['stream']
  bytes: Buffer
}

async function* plainParts(stream: Readable): AsyncGenerator<Part[]> {
  for await (const bytes of stream) yield [{ from: 'stdout', bytes }]
}

/**
 * Docker Engine API, "Attach to a container", stream format: a byte for the stream, three of nothing, four for the length, then so many bytes.
 * All that came at once is one portion: a frame is one line, and whoever keeps them one by one waits for the disk at each.
 */
async function* framedParts(stream: Readable): AsyncGenerator<Part[]> {
  let rest = Buffer.alloc(0)
  for await (const bytes of stream) {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    let portion: Part[] = []
    while (rest.length >= 8) {
      const length = rest.readUInt32BE(4)
      if (rest.length < 8 + length) break
      portion.push({ from: rest[0] === 2 ? 'stderr' : 'stdout', bytes: rest.subarray(8, 8 + length) })
      rest = rest.subarray(8 + length)
      if (portion.length < MAX_AT_ONCE) continue
      yield portion
      portion = []
    }
    if (portion.length > 0) yield portion
  }
}

/**
 * Whole lines of each stream; the beginning of one that has not ended waits. A runtime may keep a line in several pieces: each is a frame with a
 * time of its own, and that of the first is the line's.
 */
function lineSplitter(framed: boolean) {
  const open = {
    stdout: { decoder: new StringDecoder('utf8'), rest: '' },
    stderr: { decoder: new StringDecoder('utf8'), rest: '' },
  }
  const streams = ['stdout', 'stderr'] as const
  return {
    add(from: LogLine['stream'], bytes: Buffer): string[] {
      const one = open[from]
      const tooLong = framed && one.rest.length + bytes.length > MAX_LINE_BYTES ? [one.rest] : []
      if (tooLong.length > 0) one.rest = ''
      const text = one.decoder.write(bytes)
      const lines = (one.rest + (framed && one.rest !== '' ? text.replace(STAMP, '') : text)).split('\n')
      one.rest = lines.pop() ?? ''
      return [...tooLong, ...lines]
    },
    end: () => streams.flatMap((from) => (open[from].rest === '' ? [] : [{ from, line: open[from].rest }])),
  }
}

const STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) /

/** `2026-11-23T16:15:28.436142521Z text` */
function stamped(line: string): { nanos: bigint; text: string } {
  const space = line.indexOf(' ')
  const stamp = space < 0 ? line : line.slice(0, space)
  const text = space < 0 ? '' : line.slice(space + 1)
  const fraction = /\.(\d+)/.exec(stamp)?.[1] ?? ''
  const seconds = BigInt(Math.floor(Date.parse(stamp.replace(/\.\d+/, '')) / 1000) || 0)
  return {
    nanos: seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9)),
    text: text.replace(/\r$/, ''),
  }
}

/** One that was not told by this way of reading is none: rather a line twice than one lost. */
function positionOf(position = ''): { nanos: bigint; number: number } | undefined {
  const [, nanos, number] = /^(\d+)\/(\d+)$/.exec(position) ?? []
  return nanos === undefined ? undefined : { nanos: BigInt(nanos), number: Number(number) }
}
