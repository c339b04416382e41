/**
 * A checkpoint: the lines that a client has received. For each log stream it has the last millisecond with lines, and
 * the number of lines of that millisecond. The lines of one container arrive in order, so the checkpoint tells sent
 * lines from unsent ones, also when the lines of another container arrive late. The id of a server-sent event is its
 * checkpoint, so any process can resume the stream.
 */
import { createHash } from 'node:crypto'
import { BadRequest } from '../../problems/problem.ts'
import type { LogSource } from '../log-source.ts'
import type { LogEvent } from '../log-streams.ts'

interface StreamCheckpoint {
  /** Milliseconds since 1970. */
  time: number
  /** The lines of that millisecond. */
  count: number
}

/** A line that arrives more than this after newer lines is not sent to a client that resumes. */
export const resumeOverlapMs = 60_000

export class Checkpoint {
  /** Each line before this moment was sent, or the client did not request it. Milliseconds since 1970. */
  #sentUntil: number
  #newestTime: number
  readonly #streams = new Map<string, StreamCheckpoint>()
  /** The values at the beginning. `wasUnsent` lowers `count` for each sent line of a stream's last millisecond. */
  readonly #initial: { sentUntil: number; streams: Map<string, StreamCheckpoint> }

  constructor(sentUntil: number, streams: ReadonlyMap<string, StreamCheckpoint> = new Map()) {
    this.#sentUntil = sentUntil
    this.#newestTime = Math.max(sentUntil, ...[...streams.values()].map(({ time }) => time))
    for (const [key, streamCheckpoint] of streams) this.#streams.set(key, { ...streamCheckpoint })
    this.#initial = {
      sentUntil,
      streams: new Map([...streams].map(([key, streamCheckpoint]) => [key, { ...streamCheckpoint }])),
    }
  }

  /** Lines before this moment were sent or not requested; later ones may be unsent. Milliseconds since 1970. */
  get sentUntil(): number {
    return this.#sentUntil
  }

  /**
   * Whether the client lacked the line when this checkpoint was created. Call it once for each line from `sentUntil`
   * on, and for the lines of a stream in order, because each call for a sent line lowers its stream's `count`.
   */
  wasUnsent({ time, source }: LogEvent): boolean {
    if (time < this.#initial.sentUntil) return false
    const streamCheckpoint = this.#initial.streams.get(keyOf(source))
    if (!streamCheckpoint || time > streamCheckpoint.time) return true
    if (time < streamCheckpoint.time) return false
    return streamCheckpoint.count-- <= 0
  }

  /** Adds a sent line. */
  add({ time, source }: Pick<LogEvent, 'time' | 'source'>): void {
    const key = keyOf(source)
    const streamCheckpoint = this.#streams.get(key)
    if (!streamCheckpoint || time > streamCheckpoint.time) this.#streams.set(key, { time, count: 1 })
    else if (time === streamCheckpoint.time) streamCheckpoint.count++
    this.#newestTime = Math.max(this.#newestTime, time)
  }

  /** Adds the lines that another follower of the same streams has sent. */
  merge(other: Checkpoint): void {
    this.#sentUntil = Math.max(this.#sentUntil, other.#sentUntil)
    this.#newestTime = Math.max(this.#newestTime, other.#newestTime)
    for (const [key, streamCheckpoint] of other.#streams) {
      const known = this.#streams.get(key)
      if (
        !known ||
        streamCheckpoint.time > known.time ||
        (streamCheckpoint.time === known.time && streamCheckpoint.count > known.count)
      )
        this.#streams.set(key, { ...streamCheckpoint })
    }
  }

  /**
   * The checkpoint as the id of a server-sent event. First forgets streams without lines in the last
   * `resumeOverlapMs`.
   */
  toString(): string {
    // A line may have a time in the future. Lines of the present must still count as unsent then.
    this.#sentUntil = Math.max(this.#sentUntil, Math.min(this.#newestTime, Date.now()) - resumeOverlapMs)
    if (this.#streams.size > maxStreams) {
      const times = [...this.#streams.values()].map(({ time }) => time).sort((a, b) => b - a)
      // The streams with the oldest lines are forgotten. A client that resumes does not receive their late lines.
      this.#sentUntil = Math.max(this.#sentUntil, times[maxStreams]! + 1)
    }
    for (const [key, { time }] of this.#streams) if (time < this.#sentUntil) this.#streams.delete(key)
    const list = [...this.#streams].map(([key, { time, count }]) => [key, time - this.#sentUntil, count])
    return Buffer.from(JSON.stringify([this.#sentUntil, list])).toString('base64url')
  }

  /** @throws BadRequest `InvalidCursor` */
  static read(cursor: string): Checkpoint {
    try {
      const [sentUntil, list] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [
        number,
        [string, number, number][],
      ]
      if (!isCount(sentUntil) || list.length > maxStreams) throw new Error('no checkpoint')
      const streams = new Map<string, StreamCheckpoint>()
      for (const [key, offset, count] of list) {
        if (!/^[\w-]{8}$/.test(key) || !isCount(offset) || !isCount(count)) throw new Error('no checkpoint of a stream')
        streams.set(key, { time: sentUntil + offset, count })
      }
      return new Checkpoint(sentUntil, streams)
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

/** A checkpoint has at most this many streams, so that an id stays short enough for a header. */
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
