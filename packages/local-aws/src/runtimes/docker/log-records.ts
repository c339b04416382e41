/** Records of a `k8s-file` log as lines: `2026-11-23T18:02:59.260772465+00:00 stdout F text`, with P for a line that goes on in the next record. */
import { StringDecoder } from 'node:string_decoder'
import type { LogLine } from '../runtime.ts'

/** A longer line is several, as Docker's awslogs driver cuts it: 256 KiB without the 26 bytes that each event has beside its text. */
export const MAX_LINE_BYTES = 262_118

/** In bytes from the file's beginning. Reading goes on at `from`; the lines that end up to `end` have been taken. */
export interface Place {
  from: number
  end: number
}

export interface RecordsToLines {
  /** The lines that end in these bytes, which follow those before. */
  add(bytes: Buffer): LogLine[]
  /** Nothing more comes: what is left are lines without an end of their own. */
  end(): LogLine[]
}

/** A line that has begun. */
interface Open {
  at: number
  from: number
  text: string
  bytes: number
  decoder: StringDecoder
}

const NEWLINE = 0x0a
const SPACE = 0x20
const FULL = 'F'.charCodeAt(0)
const streams = ['stdout', 'stderr'] as const

export function recordsToLines({ from, end: taken }: Place): RecordsToLines {
  const open = new Map<LogLine['stream'], Open>()
  let rest: Buffer = Buffer.alloc(0)
  /** Where `rest` begins. */
  let position = from
  /** Records that were read at once have the same time. */
  let lastStamp = { text: '', at: 0 }

  function timeIn(text: string): number {
    if (text !== lastStamp.text) lastStamp = { text, at: Date.parse(text) || 0 }
    return lastStamp.at
  }

  /** The line of that stream; where that of the other has begun before, reading has to go on there. */
  function closed(stream: LogLine['stream'], { at, text, decoder }: Open, endsAt: number): LogLine[] {
    open.delete(stream)
    const begun = Math.min(endsAt, ...[...open.values()].map((other) => other.from))
    const line = { at, stream, text: (text + decoder.end()).replace(/\r$/, ''), position: `${begun}-${endsAt}` }
    return endsAt <= taken ? [] : [line]
  }

  /** @param record without its newline @param at where it begins */
  function lineIn(record: Buffer, at: number): LogLine[] {
    const stampEnd = record.indexOf(SPACE)
    const streamEnd = record.indexOf(SPACE, stampEnd + 1)
    const textStart = streamEnd + 3
    if (stampEnd < 0 || streamEnd < 0 || record.length < textStart - 1) return []
    const stream = record.toString('latin1', stampEnd + 1, streamEnd) === 'stderr' ? 'stderr' : 'stdout'
    const text = record.subarray(textStart)
    const endsAt = at + record.length + 1
    const begun = open.get(stream)
    const lines = begun && begun.bytes + text.length > MAX_LINE_BYTES ? closed(stream, begun, at) : []
    const line = open.get(stream) ?? {
      at: timeIn(record.toString('latin1', 0, stampEnd)),
      from: at,
      text: '',
      bytes: 0,
      decoder: new StringDecoder('utf8'),
    }
    line.text += line.decoder.write(text)
    line.bytes += text.length
    open.set(stream, line)
    return record[streamEnd + 1] === FULL ? [...lines, ...closed(stream, line, endsAt)] : lines
  }

  return {
    add(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      const lines: LogLine[] = []
      let start = 0
      for (let newline = all.indexOf(NEWLINE); newline >= 0; newline = all.indexOf(NEWLINE, start)) {
        lines.push(...lineIn(all.subarray(start, newline), position + start))
        start = newline + 1
      }
      position += start
      rest = all.subarray(start)
      return lines
    },
    end: () =>
      streams.flatMap((stream) => {
        const line = open.get(stream)
        return line ? closed(stream, line, position) : []
      }),
  }
}
