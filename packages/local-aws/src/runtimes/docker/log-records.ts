/**
 * Turns records of a `k8s-file` log into lines. A record is `2026-11-23T18:02:59.260772465+00:00 stdout F text`, with P
 * for a line that continues in the next record.
 */
import { StringDecoder } from 'node:string_decoder'
import type { LogLine } from '../runtime.ts'

/** A longer line is split, as by Docker's awslogs driver: 256 KiB minus the 26 bytes of overhead of each event. */
export const MAX_LINE_BYTES = 262_118

/**
 * A position in bytes from the beginning of the file. Reading continues at `from`; lines that end at or before `end`
 * are stored already.
 */
export interface LogFilePosition {
  from: number
  end: number
}

export interface RecordsToLines {
  /** Takes the file's next bytes and returns the lines that they complete. */
  add(bytes: Buffer): LogLine[]
  /** Call it at the end of the file. Returns the unfinished lines. */
  end(): LogLine[]
}

/** An unfinished line. */
interface OpenLine {
  /** The time of its first record, in milliseconds since 1970. */
  time: number
  /** The offset of its first record in the file. */
  from: number
  text: string
  bytes: number
  decoder: StringDecoder
}

const NEWLINE = 0x0a
const SPACE = 0x20
const FULL = 'F'.charCodeAt(0)
const streams = ['stdout', 'stderr'] as const

export function recordsToLines({ from, end: storedEnd }: LogFilePosition): RecordsToLines {
  const open = new Map<LogLine['stream'], OpenLine>()
  let rest: Buffer = Buffer.alloc(0)
  /** The position of `rest` in the file. */
  let position = from
  /** Records that are written together often have the same time. */
  let lastStamp = { text: '', time: 0 }

  function timeIn(text: string): number {
    if (text !== lastStamp.text) lastStamp = { text, time: Date.parse(text) || 0 }
    return lastStamp.time
  }

  /** Ends a line. Its position is the beginning of the earliest unfinished line, since reading must continue there. */
  function endLine(stream: LogLine['stream'], { time, text, decoder }: OpenLine, endsAt: number): LogLine[] {
    open.delete(stream)
    const from = Math.min(endsAt, ...[...open.values()].map((line) => line.from))
    const line = { at: time, stream, text: (text + decoder.end()).replace(/\r$/, ''), position: `${from}-${endsAt}` }
    return endsAt <= storedEnd ? [] : [line]
  }

  /**
   * Reads a record without its newline. Returns the lines that it ends.
   * @param offset of the record in the file
   */
  function linesEndedBy(record: Buffer, offset: number): LogLine[] {
    const stampEnd = record.indexOf(SPACE)
    const streamEnd = record.indexOf(SPACE, stampEnd + 1)
    const textStart = streamEnd + 3
    if (stampEnd < 0 || streamEnd < 0 || record.length < textStart - 1) return []
    const stream = record.toString('latin1', stampEnd + 1, streamEnd) === 'stderr' ? 'stderr' : 'stdout'
    const text = record.subarray(textStart)
    const endsAt = offset + record.length + 1
    const openLine = open.get(stream)
    const lines = openLine && openLine.bytes + text.length > MAX_LINE_BYTES ? endLine(stream, openLine, offset) : []
    const line = open.get(stream) ?? {
      time: timeIn(record.toString('latin1', 0, stampEnd)),
      from: offset,
      text: '',
      bytes: 0,
      decoder: new StringDecoder('utf8'),
    }
    line.text += line.decoder.write(text)
    line.bytes += text.length
    open.set(stream, line)
    return record[streamEnd + 1] === FULL ? [...lines, ...endLine(stream, line, endsAt)] : lines
  }

  return {
    add(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      const lines: LogLine[] = []
      let start = 0
      for (let newline = all.indexOf(NEWLINE); newline >= 0; newline = all.indexOf(NEWLINE, start)) {
        lines.push(...linesEndedBy(all.subarray(start, newline), position + start))
        start = newline + 1
      }
      position += start
      rest = all.subarray(start)
      return lines
    },
    end: () =>
      streams.flatMap((stream) => {
        const line = open.get(stream)
        return line ? endLine(stream, line, position) : []
      }),
  }
}
