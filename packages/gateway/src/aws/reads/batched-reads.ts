/**
 * Describes single resources in batches: reads that arrive at about the same time share one call to AWS.
 *
 * The first read starts a call at once, together with all reads of the same turn of the event loop. Reads that arrive
 * while that call is in flight share the next call, up to the most resources that one call describes. The next call
 * waits for the call in flight only while the request budget is short, or when all its reads are background reads.
 * Otherwise it starts when it is full, or after 2 ms.
 *
 * A read joins a call only until the call gets its token of the request budget, that is, before the call is sent. So a
 * result is never older than the read that gets it.
 */
import { AsyncResource } from 'node:async_hooks'
import { BadRequest } from '../../problems/problem.ts'
import type { Permit } from '../calls/permit.ts'
import { type CallContext, type Priority, priorities } from '../calls/priority.ts'

/** How to make a call to AWS for a batch of reads. */
export interface BatchSource<Resource> {
  /** The most resources that one call describes. */
  maxPerCall: number
  /**
   * Makes one call for several resources. A resource that is not in `found` does not exist. `requestedAt`: when the
   * call was sent, on the clock of `performance.now()`.
   */
  describe: (
    refs: string[],
    permit: Permit | undefined,
  ) => Promise<{ found: Map<string, Resource>; requestedAt: number }>
  /** Waits for a token of the request budget. @throws TooManyRequests when there is none in time */
  acquirePermit: () => Promise<Permit>
  /** Puts back a token that was not used. */
  releaseToken: () => void
  /** Whether the request budget has a token to spare for one more call now. */
  hasSpareToken: () => boolean
}

/** AWS's description of a resource. */
export interface Described<Resource> {
  /** Undefined when the resource does not exist. */
  value: Resource | undefined
  /** When the call was sent, on the clock of `performance.now()`. */
  requestedAt: number
}

interface PendingRead<Resource> {
  ref: string
  /** The caller that the call is made for: the one that requested the resource first, or one with a higher priority. */
  caller: string
  /** The position in the order of arrival. */
  sequence: number
  result: PromiseWithResolvers<Described<Resource>>
  /**
   * The asynchronous context of that caller's request: its log line counts the call to AWS. Not
   * `AsyncLocalStorage.snapshot`, which takes some 2 µs of each read.
   */
  context: AsyncResource
}

/** The pending reads of one priority, and the state of their calls. */
class PriorityQueue<Resource> {
  readonly priority: Priority
  /** By reference. */
  readonly pending = new Map<string, PendingRead<Resource>>()
  /** Calls that wait for a token of the request budget. */
  callsAwaitingToken = 0
  callsInFlight = 0
  /** Starts calls at the end of this turn of the event loop. */
  immediate: NodeJS.Immediate | undefined
  /** Starts calls at the end of the join window. */
  timer: NodeJS.Timeout | undefined

  constructor(priority: Priority) {
    this.priority = priority
  }

  get isIdle(): boolean {
    return this.pending.size === 0 && this.callsAwaitingToken === 0 && this.callsInFlight === 0
  }
}

/**
 * How long a read waits for other reads to share its call, while a call is in flight and the request budget allows
 * another call.
 */
const joinWindowMs = 2

export class BatchedReads<Resource> {
  readonly #source: BatchSource<Resource>
  /**
   * One queue for each priority, highest first, so that a read never waits for a token with a lower priority than its
   * own.
   */
  readonly #queues = priorities.map((priority) => new PriorityQueue<Resource>(priority))
  #lastSequence = 0

  constructor(source: BatchSource<Resource>) {
    this.#source = source
  }

  /** Describes a resource with a call that is sent after this read. */
  get(ref: string, { priority, caller }: CallContext): Promise<Described<Resource>> {
    const rank = priorities.indexOf(priority)
    const queue = this.#queues[rank]!
    const currentQueue = this.#queues.find(({ pending }) => pending.has(ref))
    const pendingRead = currentQueue?.pending.get(ref)
    // This read shares a pending read of the same or a higher priority, and promotes one of a lower priority.
    if (pendingRead && this.#queues.indexOf(currentQueue!) <= rank) return pendingRead.result.promise
    currentQueue?.pending.delete(ref)
    const { result } = pendingRead ?? { result: Promise.withResolvers<Described<Resource>>() }
    const context = new AsyncResource('SharedRead')
    queue.pending.set(ref, { ref, caller, sequence: ++this.#lastSequence, result, context })
    this.#schedule(queue)
    return result.promise
  }

  get isIdle(): boolean {
    return this.#queues.every((queue) => queue.isIdle)
  }

  #schedule(queue: PriorityQueue<Resource>): void {
    if (queue.callsInFlight === 0) queue.immediate ??= setImmediate(() => this.#startAll(queue))
    // Background reads always wait for the call in flight.
    else if (queue.priority !== 'background' && this.#source.hasSpareToken()) {
      if (queue.pending.size >= this.#source.maxPerCall)
        queue.immediate ??= setImmediate(() => this.#startFullBatches(queue))
      queue.timer ??= setTimeout(() => this.#startAll(queue), joinWindowMs)
    }
  }

  #startFullBatches(queue: PriorityQueue<Resource>): void {
    queue.immediate = undefined
    this.#startCalls(queue, Math.floor(queue.pending.size / this.#source.maxPerCall))
  }

  #startAll(queue: PriorityQueue<Resource>): void {
    clearImmediate(queue.immediate)
    clearTimeout(queue.timer)
    queue.immediate = undefined
    queue.timer = undefined
    this.#startCalls(queue, Math.ceil(queue.pending.size / this.#source.maxPerCall))
  }

  /**
   * Starts calls until as many wait for a token as the pending reads need.
   * @param neededCalls the number of calls that the reads need, including calls that already wait for a token
   */
  #startCalls(queue: PriorityQueue<Resource>, neededCalls: number): void {
    const reads = [...queue.pending.values()]
    for (; queue.callsAwaitingToken < neededCalls; queue.callsAwaitingToken++)
      void this.#startCall(queue, reads[queue.callsAwaitingToken * this.#source.maxPerCall]!)
  }

  /**
   * Acquires a token and makes a call for the reads that are pending then.
   * @param lead the read in whose context the token is acquired
   */
  async #startCall(queue: PriorityQueue<Resource>, lead: PendingRead<Resource>): Promise<void> {
    const lastSequence = this.#lastSequence
    let permit: Permit | undefined
    try {
      permit = await lead.context.runInAsyncScope(() => this.#source.acquirePermit())
    } catch (error) {
      queue.callsAwaitingToken--
      for (const { result } of this.#takeRejected(queue, lead, lastSequence)) result.reject(error)
    }
    if (permit) {
      queue.callsAwaitingToken--
      const batch = this.#takeBatch(queue)
      if (batch.length > 0) {
        queue.callsInFlight++
        await this.#describe(batch, permit)
        queue.callsInFlight--
      }
      // The permit is unused when other calls took all reads, or when the call failed before it was sent.
      if (!permit.isUsed) this.#source.releaseToken()
    }
    if (queue.callsInFlight === 0 && queue.pending.size > 0) this.#startAll(queue)
  }

  /**
   * Removes and returns the reads of the next call, round robin by caller. Reads of lower priorities fill free places.
   */
  #takeBatch(queue: PriorityQueue<Resource>): PendingRead<Resource>[] {
    const batch: PendingRead<Resource>[] = []
    if (queue.pending.size === 0) return batch
    for (const { pending } of this.#queues.slice(this.#queues.indexOf(queue))) {
      for (const read of roundRobin([...pending.values()])) {
        if (batch.length === this.#source.maxPerCall) return batch
        pending.delete(read.ref)
        batch.push(read)
      }
    }
    return batch
  }

  /**
   * Removes and returns the reads to reject when `lead` got no token: reads of the same caller, up to the size of a
   * call. Reads that arrived after the token was requested stay pending. Reads of other callers stay, too, because
   * their callers may still get tokens.
   */
  #takeRejected(
    { pending }: PriorityQueue<Resource>,
    lead: PendingRead<Resource>,
    lastSequence: number,
  ): PendingRead<Resource>[] {
    if (pending.get(lead.ref) !== lead) return []
    const readsOfCaller = [...pending.values()].filter(
      ({ caller, sequence }) => caller === lead.caller && sequence >= lead.sequence && sequence <= lastSequence,
    )
    const rejected = readsOfCaller.slice(0, this.#source.maxPerCall)
    for (const { ref } of rejected) pending.delete(ref)
    return rejected
  }

  async #describe(batch: readonly PendingRead<Resource>[], permit?: Permit): Promise<void> {
    const refs = batch.map(({ ref }) => ref)
    try {
      const { found, requestedAt } = await batch[0]!.context.runInAsyncScope(() => this.#source.describe(refs, permit))
      for (const { ref, result } of batch) result.resolve({ value: found.get(ref), requestedAt })
    } catch (error) {
      // AWS rejects the whole call for one invalid reference, so each resource is described with a separate call.
      if (error instanceof BadRequest && batch.length > 1)
        await Promise.all(batch.map((read) => this.#describe([read])))
      else for (const { result } of batch) result.reject(error)
    }
  }
}

/** Yields the first read of each caller, then the second of each, and so on. */
function* roundRobin<Resource>(reads: readonly PendingRead<Resource>[]): Generator<PendingRead<Resource>> {
  const byCaller = [...Map.groupBy(reads, ({ caller }) => caller).values()]
  for (let i = 0; byCaller.some((readsOfCaller) => i < readsOfCaller.length); i++)
    for (const readsOfCaller of byCaller) if (i < readsOfCaller.length) yield readsOfCaller[i]!
}
