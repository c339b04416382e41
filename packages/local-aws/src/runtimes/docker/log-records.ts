/**
 * Turns records of a `k8s-file` log into lines. A record is `2026-11-23T18:02:59.260772465+00:00 stdout F text`, with P
 * (partial) instead of F (full) for a line that continues in the next record.
 */
import { StringDecoder } from 'node:string_decoder'
import type { LogLine } from '../runtime.ts'

/**
 * Longer lines are split, as Docker's awslogs driver does: 256 KiB minus the overhead of 26 bytes of each log event.
 */
export const MAX_LINE_BYTES = 262_118

/**
 * A position in the file, as offsets in bytes. Reading continues at `readFrom`. Lines that end at or before
 * `storedUntil` are stored already.
 */
export interface LogFilePosition {
  readFrom: number
  storedUntil: number
}

export interface LineReader {
  /** Reads the file's next bytes and returns the lines that they complete. */
  add(bytes: Buffer): LogLine[]
  /** Call it at the end of the file. Returns the unfinished lines. */
  end(): LogLine[]
}

/** An unfinished line. */
interface OpenLine {
  /** The time of its first record, in milliseconds since 1970. */
  time: number
  /** The offset of its first record in the file. */
  startsAt: number
  text: string
  bytes: number
  decoder: StringDecoder
}

const NEWLINE = 0x0a
const SPACE = 0x20
const FULL = 'F'.charCodeAt(0)
const streams = ['stdout', 'stderr'] as const

export function createLineReader({ readFrom, storedUntil: storedEnd }: LogFilePosition): LineReader {
  const openLines = new Map<LogLine['stream'], OpenLine>()
  let incompleteRecord: Buffer = Buffer.alloc(0)
  /** The position of `incompleteRecord` in the file. */
  let position = readFrom
  /** The last parsed timestamp: records that are written together often have the same one. */
  let lastTimestamp = { text: '', time: 0 }

  function timeIn(text: string): number {
    if (text !== lastTimestamp.text) lastTimestamp = { text, time: Date.parse(text) || 0 }
    return lastTimestamp.time
  }

  /**
   * Ends a line and returns it, or nothing when it is stored already. To continue after the line, reading must begin at
   * the earliest unfinished line, so the line's position begins there.
   */
  function endLine(stream: LogLine['stream'], { time, text, decoder }: OpenLine, endsAt: number): LogLine[] {
    openLines.delete(stream)
    const from = Math.min(endsAt, ...[...openLines.values()].map((line) => line.startsAt))
    const line = { time, stream, text: (text + decoder.end()).replace(/\r$/, ''), position: `${from}-${endsAt}` }
    return endsAt <= storedEnd ? [] : [line]
  }

  /**
   * Reads a record without its newline. Returns the lines that it ends.
   * @param offset where the record begins in the file
   */
  function linesEndedBy(record: Buffer, offset: number): LogLine[] {
    const timestampEnd = record.indexOf(SPACE)
    const streamEnd = record.indexOf(SPACE, timestampEnd + 1)
    const textStart = streamEnd + 3
    if (timestampEnd < 0 || streamEnd < 0 || record.length < textStart - 1) return []
    const stream = record.toString('latin1', timestampEnd + 1, streamEnd) === 'stderr' ? 'stderr' : 'stdout'
    const text = record.subarray(textStart)
    const endsAt = offset + record.length + 1
    const openLine = openLines.get(stream)
    const lines = openLine && openLine.bytes + text.length > MAX_LINE_BYTES ? endLine(stream, openLine, offset) : []
    const line = openLines.get(stream) ?? {
      time: timeIn(record.toString('latin1', 0, timestampEnd)),
      startsAt: offset,
      text: '',
      bytes: 0,
      decoder: new StringDecoder('utf8'),
    }
    line.text += line.decoder.write(text)
    line.bytes += text.length
    openLines.set(stream, line)
    return record[streamEnd + 1] === FULL ? [...lines, ...endLine(stream, line, endsAt)] : lines
  }

  return {
    add(bytes) {
      const all = incompleteRecord.length === 0 ? bytes : Buffer.concat([incompleteRecord, bytes])
      const lines: LogLine[] = []
      let start = 0
      for (let newline = all.indexOf(NEWLINE); newline >= 0; newline = all.indexOf(NEWLINE, start)) {
        lines.push(...linesEndedBy(all.subarray(start, newline), position + start))
        start = newline + 1
      }
      position += start
      incompleteRecord = all.subarray(start)
      return lines
    },
    end: () =>
      streams.flatMap((stream) => {
        const line = openLines.get(stream)
        return line ? endLine(stream, line, position) : []
      }),
  }
}
