/** Reads a container's output from the runtime's API, line by line. */
import { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { LogLine } from '../runtime.ts'
import type { Docker } from './docker-api.ts'
import { MAX_LINE_BYTES } from './log-records.ts'

export interface LogsOptions {
  afterPosition?: string | undefined
  follow: boolean
  /** Whether the container has a terminal. A terminal's output is one stream without frames. */
  isTerminal: boolean
  signal: AbortSignal
}

/**
 * Returns lines in batches as they arrive. A line's position is its time in nanoseconds and its number among lines of
 * the same time.
 */
export async function* readContainerLogs(
  docker: Docker,
  id: string,
  { afterPosition, follow, isTerminal, signal }: LogsOptions,
): AsyncGenerator<LogLine[]> {
  const start = parsePosition(afterPosition)
  const stream = await openLogStream(docker, id, start ? Number(start.nanos / 1_000_000_000n) : 0, follow, signal)
  const parts = isTerminal ? readPlainParts(stream) : readFramedParts(stream)
  const splitter = createLineSplitter({ isFramed: !isTerminal })
  let lastPosition = { nanos: -1n, number: 0 }
  function linesAfterStart(streamName: LogLine['stream'], all: readonly string[]): LogLine[] {
    return all.flatMap((line) => {
      const { nanos, text } = parseLine(line)
      lastPosition = { nanos, number: nanos === lastPosition.nanos ? lastPosition.number + 1 : 0 }
      if (start && (nanos < start.nanos || (nanos === start.nanos && lastPosition.number <= start.number))) return []
      return [
        { time: Number(nanos / 1_000_000n), stream: streamName, text, position: `${nanos}/${lastPosition.number}` },
      ]
    })
  }
  for await (const batch of parts) {
    const lines = batch.flatMap(({ streamName, bytes }) => linesAfterStart(streamName, splitter.add(streamName, bytes)))
    if (lines.length > 0) yield lines
  }
  // A followed stream may have been cut off in the middle of a line. That line is dropped here and read again later.
  // Without `follow`, the container has ended, so its last line is complete even without a newline.
  const lastLines = follow ? [] : splitter.end().flatMap(({ streamName, line }) => linesAfterStart(streamName, [line]))
  if (lastLines.length > 0) yield lastLines
}

async function openLogStream(
  docker: Docker,
  id: string,
  sinceSeconds: number,
  follow: boolean,
  signal: AbortSignal,
): Promise<Readable> {
  const options = { stdout: true, stderr: true, timestamps: true, since: sinceSeconds, abortSignal: signal }
  const container = docker.getContainer(id)
  if (follow) return (await container.logs({ ...options, follow: true })) as Readable
  return Readable.from([await container.logs({ ...options, follow: false })])
}

/** The maximum number of parts in a batch, so that reading a long log does not block the event loop. */
const MAX_BATCH = 1_000

interface Part {
  streamName: LogLine['stream']
  bytes: Buffer
}

async function* readPlainParts(stream: Readable): AsyncGenerator<Part[]> {
  for await (const bytes of stream) yield [{ streamName: 'stdout', bytes }]
}

/**
 * Reads the stream format of "Attach to a container" (Docker Engine API): one byte for the stream, three zero bytes,
 * four bytes for the length, and the content. Frames that arrive together are one batch, because the caller stores each
 * batch in one write to the disk. A frame is a line or a part of one.
 */
async function* readFramedParts(stream: Readable): AsyncGenerator<Part[]> {
  let unparsedBytes = Buffer.alloc(0)
  for await (const bytes of stream) {
    unparsedBytes = unparsedBytes.length === 0 ? bytes : Buffer.concat([unparsedBytes, bytes])
    let batch: Part[] = []
    while (unparsedBytes.length >= 8) {
      const length = unparsedBytes.readUInt32BE(4)
      if (unparsedBytes.length < 8 + length) break
      batch.push({
        streamName: unparsedBytes[0] === 2 ? 'stderr' : 'stdout',
        bytes: unparsedBytes.subarray(8, 8 + length),
      })
      unparsedBytes = unparsedBytes.subarray(8 + length)
      if (batch.length < MAX_BATCH) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }
}

/**
 * Splits stdout and stderr into whole lines. An unfinished line is kept until its end arrives. A runtime may
 * split a line into several frames, each with its own time. The line keeps the time of its first frame, and the others
 * are removed. A line of more than MAX_LINE_BYTES becomes several lines.
 */
function createLineSplitter({ isFramed }: { isFramed: boolean }) {
  const buffers = {
    stdout: { decoder: new StringDecoder('utf8'), unfinishedLine: '' },
    stderr: { decoder: new StringDecoder('utf8'), unfinishedLine: '' },
  }
  const streams = ['stdout', 'stderr'] as const
  return {
    add(streamName: LogLine['stream'], bytes: Buffer): string[] {
      const buffer = buffers[streamName]
      const isLineFull =
        isFramed && buffer.unfinishedLine !== '' && buffer.unfinishedLine.length + bytes.length > MAX_LINE_BYTES
      const fullLines = isLineFull ? [buffer.unfinishedLine + buffer.decoder.end()] : []
      if (isLineFull) buffer.unfinishedLine = ''
      const text = buffer.decoder.write(isFramed && buffer.unfinishedLine !== '' ? withoutTimestamp(bytes) : bytes)
      const lines = (buffer.unfinishedLine + text).split('\n')
      buffer.unfinishedLine = lines.pop() ?? ''
      return [...fullLines, ...lines]
    },
    end: () =>
      streams.flatMap((streamName) =>
        buffers[streamName].unfinishedLine === '' ? [] : [{ streamName, line: buffers[streamName].unfinishedLine }],
      ),
  }
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) /

/** Removes the time at the beginning of a frame. A frame before it may end within a character of several bytes. */
function withoutTimestamp(frame: Buffer): Buffer {
  const [timestamp = ''] = TIMESTAMP.exec(frame.toString('latin1', 0, 40)) ?? []
  return frame.subarray(timestamp.length)
}

/** Parses a line of the form `2026-11-23T16:15:28.436142521Z text`. */
function parseLine(line: string): { nanos: bigint; text: string } {
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

/** Undefined for a position of another format: all lines are then read again, which is better than losing a line. */
function parsePosition(position = ''): { nanos: bigint; number: number } | undefined {
  const [, nanos, number] = /^(\d+)\/(\d+)$/.exec(position) ?? []
  return nanos === undefined ? undefined : { nanos: BigInt(nanos), number: Number(number) }
}
