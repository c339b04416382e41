/**
 * The lines that a follower has got: for each stream the last millisecond with lines, and how many lines it has of that
 * millisecond. The lines of one container arrive in order, so that tells each line that was sent from each that was
 * not, also when the lines of another container arrive late. The id of an event on a stream of lines holds the marks,
 * so that any process can go on from there.
 */
import { createHash } from 'node:crypto'
import { BadRequest } from '../../problems/problem.ts'
import type { LogSource } from '../log-source.ts'
import type { LogEvent } from '../log-streams.ts'

interface Mark {
  /** Milliseconds since 1970. */
  time: number
  /** The lines of that millisecond. */
  count: number
}

/** Lines that arrive later than this after newer ones are not shown to a follower that resumes. */
export const overlapMs = 60_000

export class Marks {
  /** Lines before this moment are settled: they were sent, or are not wanted. */
  #base: number
  #last: number
  readonly #streams = new Map<string, Mark>()
  /** As they were read; `isNew` counts the lines of each marked millisecond down. */
  readonly #read: { base: number; streams: Map<string, Mark> }

  constructor(base: number, streams: ReadonlyMap<string, Mark> = new Map()) {
    this.#base = base
    this.#last = Math.max(base, ...[...streams.values()].map(({ time }) => time))
    for (const [key, mark] of streams) this.#streams.set(key, { ...mark })
    this.#read = { base, streams: new Map([...streams].map(([key, mark]) => [key, { ...mark }])) }
  }

  /** Lines from this moment on may be new. */
  get base(): number {
    return this.#base
  }

  /**
   * Whether the line had not been sent when the marks were read. Pass all lines from `base` on, each once and those of
   * a stream in order.
   */
  isNew({ time, source }: LogEvent): boolean {
    if (time < this.#read.base) return false
    const mark = this.#read.streams.get(keyOf(source))
    if (!mark || time > mark.time) return true
    if (time < mark.time) return false
    return mark.count-- <= 0
  }

  /** Notes a line that is sent. */
  add({ time, source }: Pick<LogEvent, 'time' | 'source'>): void {
    const key = keyOf(source)
    const mark = this.#streams.get(key)
    if (!mark || time > mark.time) this.#streams.set(key, { time, count: 1 })
    else if (time === mark.time) mark.count++
    this.#last = Math.max(this.#last, time)
  }

  /** Adds what another follower of the same lines has got. */
  merge(other: Marks): void {
    this.#base = Math.max(this.#base, other.#base)
    this.#last = Math.max(this.#last, other.#last)
    for (const [key, mark] of other.#streams) {
      const own = this.#streams.get(key)
      if (!own || mark.time > own.time || (mark.time === own.time && mark.count > own.count))
        this.#streams.set(key, { ...mark })
    }
  }

  /** The id of an event on the stream. */
  toString(): string {
    // A line may have a time in the future, which must not settle the lines of the present.
    this.#base = Math.max(this.#base, Math.min(this.#last, Date.now()) - overlapMs)
    for (const [key, { time }] of this.#streams) if (time < this.#base) this.#streams.delete(key)
    const marks = [...this.#streams].map(([key, { time, count }]) => [key, time - this.#base, count])
    return Buffer.from(JSON.stringify([this.#base, marks])).toString('base64url')
  }

  /** @throws BadRequest `InvalidCursor` */
  static read(cursor: string): Marks {
    try {
      const [base, list] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [
        number,
        [string, number, number][],
      ]
      if (!isCount(base) || list.length > maxStreams) throw new Error('no marks')
      const streams = new Map<string, Mark>()
      for (const [key, offset, count] of list) {
        if (!/^[\w-]{8}$/.test(key) || !isCount(offset) || !isCount(count)) throw new Error('no mark')
        streams.set(key, { time: base + offset, count })
      }
      return new Marks(base, streams)
    } catch {
      throw badCursor()
    }
  }
}

export function badCursor(): BadRequest {
  return new BadRequest('InvalidCursor', 'Last-Event-ID or ?cursor is not the id of an event of this stream.', {
    next: 'Send the last id unchanged, or open the stream without it.',
    errors: [{ in: 'query', name: 'cursor', message: 'not the id of an event of this stream' }],
  })
}

/** The most streams that lines of one minute can come from. */
const maxStreams = 1000

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

const keys = new WeakMap<LogSource, string>()

function keyOf(source: LogSource): string {
  const known = keys.get(source)
  if (known) return known
  const { region, group, stream } = source
  const key = createHash('sha256').update(`${region} ${group} ${stream}`).digest('base64url').slice(0, 8)
  keys.set(source, key)
  return key
}
