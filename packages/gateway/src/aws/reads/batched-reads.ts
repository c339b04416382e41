/**
 * Describes that share their calls. The first read goes to AWS at once, with all that came in the same turn of the event loop; those that
 * arrive while it is under way share the next call, as many of them as one call takes. That one waits for the one under way only where
 * calls are scarce: else it goes when it is full, or after a moment. Until a call has its turn in the request budget, whatever is asked for
 * joins it; from then on nothing does: no answer is older than its question.
 */
import { AsyncResource } from 'node:async_hooks'
import { BadRequest } from '../../problems/problem.ts'
import type { Permit } from '../calls/permit.ts'
import { type CallContext, type Priority, priorities } from '../calls/priority.ts'

/** How AWS is asked. */
export interface Source<Answer> {
  /** How many things one call describes. */
  maxPerCall: number
  /**
   * Makes one call for several resources; a resource that is not in the response does not exist. `at`: when the call was sent, on the clock
   * of `performance.now()`.
   */
  ask: (refs: string[], permit: Permit | undefined) => Promise<{ found: Map<string, Answer>; at: number }>
  /** Waits for a token of the request budget. @throws TooManyRequests when there is none in time */
  acquire: () => Promise<Permit>
  /** The call has become needless. */
  release: () => void
  /** Whether a call more costs nobody anything now. */
  hasRoom: () => boolean
}

/** What AWS said of a thing (undefined: it is not there), and when it was asked. */
export interface Described<Answer> {
  value: Answer | undefined
  at: number
}

interface Waiting<Answer> {
  ref: string
  /** Who asked first. */
  caller: string
  /** In the order in which they came. */
  number: number
  answer: PromiseWithResolvers<Described<Answer>>
  /** The context of the request that asked first: the call is counted to it. `AsyncLocalStorage.snapshot` would take some 2 µs of each read. */
  context: AsyncResource
}

/** What is equally urgent. */
class PriorityQueue<Answer> {
  readonly priority: Priority
  readonly waiting = new Map<string, Waiting<Answer>>()
  /** Calls that wait for their turn. */
  queued = 0
  underWay = 0
  soon: NodeJS.Immediate | undefined
  moment: NodeJS.Timeout | undefined

  constructor(priority: Priority) {
    this.priority = priority
  }

  get isIdle(): boolean {
    return this.waiting.size === 0 && this.queued === 0 && this.underWay === 0
  }
}

/** How long others can join a read, in milliseconds, while there are calls enough. */
const joinableMs = 2

export class BatchedReads<Answer> {
  readonly #source: Source<Answer>
  /** Most urgent first: what is less urgent must not be what something more urgent waits for. */
  readonly #lines = priorities.map((priority) => new PriorityQueue<Answer>(priority))
  #came = 0

  constructor(source: Source<Answer>) {
    this.#source = source
  }

  /** The thing as AWS describes it from now on. */
  get(ref: string, { priority, caller }: CallContext): Promise<Described<Answer>> {
    const rank = priorities.indexOf(priority)
    const line = this.#lines[rank]!
    const inIts = this.#lines.find(({ waiting }) => waiting.has(ref))
    const known = inIts?.waiting.get(ref)
    // Who is as urgent or more brings it for this one too; who is less so is helped on.
    if (known && this.#lines.indexOf(inIts!) <= rank) return known.answer.promise
    inIts?.waiting.delete(ref)
    const { answer } = known ?? { answer: Promise.withResolvers<Described<Answer>>() }
    line.waiting.set(ref, { ref, caller, number: ++this.#came, answer, context: new AsyncResource('SharedRead') })
    this.#hasCome(line)
    return answer.promise
  }

  get isIdle(): boolean {
    return this.#lines.every((line) => line.isIdle)
  }

  #hasCome(line: PriorityQueue<Answer>): void {
    if (line.underWay === 0) line.soon ??= setImmediate(() => this.#go(line))
    // Who only watches can always wait.
    else if (line.priority !== 'watching' && this.#source.hasRoom()) {
      if (line.waiting.size >= this.#source.maxPerCall) line.soon ??= setImmediate(() => this.#goFull(line))
      line.moment ??= setTimeout(() => this.#go(line), joinableMs)
    }
  }

  #goFull(line: PriorityQueue<Answer>): void {
    line.soon = undefined
    this.#queue(line, Math.floor(line.waiting.size / this.#source.maxPerCall))
  }

  #go(line: PriorityQueue<Answer>): void {
    clearImmediate(line.soon)
    clearTimeout(line.moment)
    line.soon = undefined
    line.moment = undefined
    this.#queue(line, Math.ceil(line.waiting.size / this.#source.maxPerCall))
  }

  #queue(line: PriorityQueue<Answer>, calls: number): void {
    const all = [...line.waiting.values()]
    for (; line.queued < calls; line.queued++) void this.#callInTurn(line, all[line.queued * this.#source.maxPerCall]!)
  }

  /** @param lead the one that the turn is asked for, in its caller's name */
  async #callInTurn(line: PriorityQueue<Answer>, lead: Waiting<Answer>): Promise<void> {
    const last = this.#came
    let permit: Permit | undefined
    try {
      permit = await lead.context.runInAsyncScope(() => this.#source.acquire())
    } catch (error) {
      line.queued--
      for (const { answer } of this.#refused(line, lead, last)) answer.reject(error)
    }
    if (permit) {
      line.queued--
      const batch = this.#batchOf(line)
      if (batch.length > 0) {
        line.underWay++
        await this.#call(batch, permit)
        line.underWay--
      }
      // The call may have come to nothing before anything was sent.
      if (!permit.isUsed) this.#source.release()
    }
    if (line.underWay === 0 && line.waiting.size > 0) this.#go(line)
  }

  /** Takes out those whose turn it is, the callers by turns; where the line hasn't enough of them, those that are less urgent come along. */
  #batchOf(line: PriorityQueue<Answer>): Waiting<Answer>[] {
    const batch: Waiting<Answer>[] = []
    if (line.waiting.size === 0) return batch
    for (const { waiting } of this.#lines.slice(this.#lines.indexOf(line))) {
      for (const one of byTurns([...waiting.values()])) {
        if (batch.length === this.#source.maxPerCall) return batch
        waiting.delete(one.ref)
        batch.push(one)
      }
    }
    return batch
  }

  /** Takes out those that there is no turn for: of the caller that it was asked for, and none that came later. Others may have theirs. */
  #refused({ waiting }: PriorityQueue<Answer>, lead: Waiting<Answer>, last: number): Waiting<Answer>[] {
    if (waiting.get(lead.ref) !== lead) return []
    const own = [...waiting.values()].filter(
      ({ caller, number }) => caller === lead.caller && number >= lead.number && number <= last,
    )
    const batch = own.slice(0, this.#source.maxPerCall)
    for (const { ref } of batch) waiting.delete(ref)
    return batch
  }

  async #call(batch: readonly Waiting<Answer>[], permit?: Permit): Promise<void> {
    const refs = batch.map(({ ref }) => ref)
    try {
      const { found, at } = await batch[0]!.context.runInAsyncScope(() => this.#source.ask(refs, permit))
      for (const { ref, answer } of batch) answer.resolve({ value: found.get(ref), at })
    } catch (error) {
      // One name that AWS refuses must not fail those that were asked for beside it.
      if (error instanceof BadRequest && batch.length > 1) await Promise.all(batch.map((one) => this.#call([one])))
      else for (const { answer } of batch) answer.reject(error)
    }
  }
}

/** The first of each caller, then the second of each, and so on. */
function* byTurns<Answer>(all: readonly Waiting<Answer>[]): Generator<Waiting<Answer>> {
  const ofCallers = [...Map.groupBy(all, ({ caller }) => caller).values()]
  for (let i = 0; ofCallers.some((own) => i < own.length); i++)
    for (const own of ofCallers) if (i < own.length) yield own[i]!
}
