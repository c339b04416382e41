/**
 * What the processes on one store tell one another. Whoever told something can wait until the others have heard it: each acknowledges what it
 * has taken in. Who does not answer in time is not waited for again until it is heard of again. A process that joins, or that may have missed
 * something, is told by each of the others what still counts.
 */
import type { Message, PostgresCarrier } from './postgres-carrier.ts'

/** What those that use it say and hear. */
export interface PeerHandlers<Body> {
  onMessages: (messages: readonly Body[]) => void
  /** What a process must be told that was not there before. */
  snapshot: () => Body[]
  /** Something may have been said that was not heard: nothing is believed that another's word could have changed. */
  onMissed: () => void
  /** Another process has come; it waits until this is done. */
  onJoined: () => Promise<void>
  /** A process has ended, and said so. */
  onEnded: () => void
}

type PeerMessage<Body> =
  | { do: 'broadcast'; number: number; messages: readonly Body[] }
  | { do: 'acknowledge'; number: number }
  /** `missed`: what the sender said lately may not have been heard. */
  | { do: 'hello'; missed: boolean; messages: readonly Body[] }
  | { do: 'welcome'; messages: readonly Body[] }
  | { do: 'bye' }

interface Other {
  /** The last number that it has acknowledged. */
  acknowledged: number
  /** It is there, but did not answer when it should have. */
  isSilent: boolean
  hasWelcomed: boolean
}

/** How long others are waited for. */
const acknowledgeMs = 250
const welcomeMs = 1_000

export class Peers<Body> {
  readonly #carrier: PostgresCarrier
  readonly #others = new Map<string, Other>()
  readonly #waiting = new Set<{ number: number; done: () => void }>()
  readonly #onWelcome = new Set<() => void>()
  #handlers: PeerHandlers<Body> | undefined
  #queue: Body[] = []
  #flush: NodeJS.Immediate | undefined
  #number = 0

  constructor(carrier: PostgresCarrier) {
    this.#carrier = carrier
  }

  /** @param expected those that are believed to be there: they are waited for a moment, so that what they know counts from the beginning */
  async open(handlers: PeerHandlers<Body>, expected: readonly string[]): Promise<void> {
    this.#handlers = handlers
    await this.#carrier.open({
      onMessages: (from, message) => this.#received(from, message as PeerMessage<Body>),
      onMissed: () => this.#missed(handlers),
    })
    this.#send({ do: 'hello', missed: false, messages: [] })
    if (expected.length > 0) await this.#welcomed(expected)
  }

  /** What is told in one turn of the event loop goes together. */
  broadcast(messages: Body): void {
    this.#queue.push(messages)
    this.#flush ??= setImmediate(() => this.#sendQueue())
  }

  /** Resolves once the others have heard all that was told so far, or after 250 ms. */
  async acknowledged(): Promise<void> {
    this.#sendQueue()
    const number = this.#number
    if (this.#isAcknowledged(number)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiting = { number, done: resolve }
    this.#waiting.add(waiting)
    const timer = setTimeout(() => {
      for (const other of this.#others.values()) if (other.acknowledged < number) other.isSilent = true
      this.#settle()
    }, acknowledgeMs)
    await promise
    clearTimeout(timer)
  }

  /** Of those that do not answer, only these are still there. */
  keep(alive: readonly string[]): void {
    for (const [process, { isSilent }] of this.#others)
      if (isSilent && !alive.includes(process)) this.#others.delete(process)
  }

  async close(): Promise<void> {
    this.#sendQueue()
    this.#send({ do: 'bye' })
    await this.#carrier.close()
  }

  #received(from: string, message: PeerMessage<Body>): void {
    const handlers = this.#handlers!
    const other = this.#otherOf(from)
    other.isSilent = false
    switch (message.do) {
      case 'broadcast':
        handlers.onMessages(message.messages)
        this.#send({ do: 'acknowledge', number: message.number }, from)
        break
      case 'acknowledge':
        other.acknowledged = Math.max(other.acknowledged, message.number)
        this.#settle()
        break
      case 'hello':
        handlers.onMessages(message.messages)
        if (message.missed) handlers.onMissed()
        void handlers.onJoined().finally(() => this.#send({ do: 'welcome', messages: handlers.snapshot() }, from))
        break
      case 'welcome':
        handlers.onMessages(message.messages)
        other.hasWelcomed = true
        for (const look of this.#onWelcome) look()
        break
      case 'bye':
        this.#ended(from)
    }
  }

  #missed(handlers: PeerHandlers<Body>): void {
    handlers.onMissed()
    this.#send({ do: 'hello', missed: true, messages: handlers.snapshot() })
  }

  #otherOf(process: string): Other {
    const known = this.#others.get(process)
    if (known) return known
    // What was told before is in what a newcomer is told at its coming.
    const made = { acknowledged: this.#number, isSilent: false, hasWelcomed: false }
    this.#others.set(process, made)
    return made
  }

  #ended(process: string): void {
    this.#others.delete(process)
    this.#settle()
    this.#handlers?.onEnded()
  }

  #sendQueue(): void {
    clearImmediate(this.#flush)
    this.#flush = undefined
    if (this.#queue.length === 0) return
    const messages = this.#queue
    this.#queue = []
    this.#send({ do: 'broadcast', number: ++this.#number, messages })
  }

  #send(message: PeerMessage<Body>, to?: string): void {
    this.#carrier.send(message satisfies Message, to)
  }

  #isAcknowledged(number: number): boolean {
    return [...this.#others.values()].every(({ acknowledged, isSilent }) => isSilent || acknowledged >= number)
  }

  #settle(): void {
    for (const waiting of this.#waiting) {
      if (!this.#isAcknowledged(waiting.number)) continue
      this.#waiting.delete(waiting)
      waiting.done()
    }
  }

  async #welcomed(expected: readonly string[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => expected.every((process) => this.#others.get(process)?.hasWelcomed) && resolve()
    this.#onWelcome.add(look)
    const timer = setTimeout(resolve, welcomeMs)
    look()
    await promise
    clearTimeout(timer)
    this.#onWelcome.delete(look)
  }
}
