/**
 * A thing's changes, numbered, for whoever watches it. The last of them are kept, so that who lost the connection can go on where it broke
 * off. A feed doesn't care who feeds it: a poller of this process, or another process that saw the change first.
 */
import { randomBytes } from 'node:crypto'
import { BadRequest, Gone, type Problem } from '../../problems/problem.ts'
import type { BudgetedEntry, ByteBudget } from '../byte-budget.ts'
import type { CachedAnswer } from '../cached-answer.ts'

/** `state`: as it was when somebody began to watch; `change`: as it is now; `deleted`: as it was last, and nothing comes after it. */
export type FeedEventName = 'state' | 'change' | 'deleted'

export interface FeedEvent {
  /** What `Last-Event-ID` or `?cursor=` goes on from. */
  id: string
  name: FeedEventName
  data: Buffer
}

export interface Watcher {
  event: (event: FeedEvent) => void
  /** The thing can't be looked at now; what is told may be old. Changes come again when it can. */
  trouble: (problem: Problem) => void
  /** Nothing more comes, though the thing may live on. */
  cut: (problem: Problem) => void
}

/** An event as the processes that share a feed number it. */
export interface NumberedEvent {
  number: number
  name: FeedEventName
  etag: string
  data: Buffer
}

/** What is kept of a feed, whatever its watchers have read. */
const maxEvents = 64
const maxBytes = 512 * 1024

export class Feed implements BudgetedEntry {
  readonly #byteBudget: ByteBudget
  readonly #onForget: () => void
  /** Who was given a number by another feed of the same thing must not take it for one of this. */
  #epoch = randomBytes(6).toString('hex')
  readonly #watchers = new Set<Watcher>()
  #events: FeedEvent[] = []
  #bytes = 0
  #count = 0
  #last: Pick<NumberedEvent, 'etag' | 'data'> | undefined
  #isOver = false
  /** How many are about to watch it. */
  #awaited = 0

  constructor(byteBudget: ByteBudget, onForget: () => void) {
    this.#byteBudget = byteBudget
    this.#onForget = onForget
  }

  /** The thing is so now. Told to watchers if it is not what was told last. */
  publish(answer: CachedAnswer): void {
    const next = this.next(answer)
    if (next) this.#add(next)
  }

  /** The thing is gone: the last event there is. */
  end(): void {
    const next = this.next('deleted')
    if (next) this.#add(next)
  }

  /** The event that tells that the thing is so, or is gone, if that is to be told. */
  next(now: CachedAnswer | 'deleted'): NumberedEvent | undefined {
    const last = this.#last
    const number = this.#count + 1
    if (now === 'deleted') return last && !this.#isOver ? { number, name: 'deleted', ...last } : undefined
    if (now.etag === last?.etag) return undefined
    return { number, name: last ? 'change' : 'state', etag: now.etag, data: now.payload }
  }

  /** An event that was numbered for all processes; of another epoch than those before, it makes them mean nothing. */
  take(epoch: string, event: NumberedEvent): void {
    if (epoch !== this.#epoch) this.restart(epoch)
    if (event.number <= this.#count) return
    if (event.number > this.#count + 1) this.#drop()
    this.#count = event.number - 1
    this.#add(event)
  }

  /** What was told before means nothing any more. */
  restart(epoch: string): void {
    this.#epoch = epoch
    this.#drop()
    this.#count = 0
    this.#last = undefined
    this.#isOver = false
  }

  /** Where it is. */
  get state(): { epoch: string; number: number } {
    return { epoch: this.#epoch, number: this.#count }
  }

  /** The first number that is kept. */
  get keptFrom(): number {
    return this.#count - this.#events.length + 1
  }

  trouble(problem: Problem): void {
    for (const watcher of this.#watchers) watcher.trouble(problem)
  }

  cut(problem: Problem): void {
    for (const watcher of this.#watchers) watcher.cut(problem)
    this.#watchers.clear()
  }

  /**
   * What a watcher is told first: what came after the cursor, or without one the state now.
   * @throws Gone `CursorTooOld`, BadRequest `InvalidCursor`
   */
  since(cursor: string | undefined): readonly FeedEvent[] {
    if (cursor === undefined)
      return this.#last ? [{ id: this.#idOf(this.#count), name: 'state', data: this.#last.data }] : []
    const [, epoch, digits] = /^([0-9a-f]{12})-(\d{1,15})$/.exec(cursor) ?? []
    if (epoch === undefined) throw brokenCursor()
    const after = Number(digits)
    if (epoch !== this.#epoch || after > this.#count || after < this.#count - this.#events.length) throw tooOld()
    return this.#events.slice(this.#events.length - (this.#count - after))
  }

  watch(watcher: Watcher): void {
    this.#watchers.add(watcher)
  }

  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }

  /** Somebody is about to watch it: until `settled` it stays. */
  expect(): void {
    this.#awaited++
  }

  settled(): void {
    this.#awaited--
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get isPinned(): boolean {
    return this.isWatched || this.#awaited > 0
  }

  forget(): void {
    this.#onForget()
  }

  #add({ number, name, etag, data }: NumberedEvent): void {
    this.#count = number
    this.#last = { etag, data }
    this.#isOver = name === 'deleted'
    const event: FeedEvent = { id: this.#idOf(number), name, data }
    this.#events.push(event)
    this.#bytes += data.length
    while (this.#events.length > maxEvents || (this.#bytes > maxBytes && this.#events.length > 1))
      this.#bytes -= this.#events.shift()!.data.length
    this.#byteBudget.use(this, this.#bytes)
    for (const watcher of this.#watchers) watcher.event(event)
  }

  #drop(): void {
    this.#events = []
    this.#bytes = 0
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`
  }
}

function tooOld(): Gone {
  return new Gone('CursorTooOld', 'What came after this cursor is not kept any more.', {
    next: 'Read afresh: without Last-Event-ID and ?cursor the stream begins with the state now.',
  })
}

function brokenCursor(): BadRequest {
  return new BadRequest('InvalidCursor', 'The cursor is not the id of an event of this stream.', {
    next: 'Use an event’s id as it came, or begin again without one.',
    errors: [{ in: 'query', name: 'cursor', message: 'not the id of an event' }],
  })
}
