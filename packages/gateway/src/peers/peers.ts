/**
 * Messages between the processes on one PostgreSQL. A process broadcasts a message and can wait until all peers have
 * acknowledged it. A peer that does not acknowledge in time is not waited for again until its next message arrives.
 * When a process joins, or may have missed messages, each peer sends it a snapshot of the state that still matters.
 */
import type { Message, PostgresCarrier } from './postgres-carrier.ts'

/** The program's reactions to messages. */
export interface PeerHandlers<Body> {
  onMessages: (messages: readonly Body[]) => void
  /** Returns the messages that bring a process up to date which has just joined or has missed messages. */
  snapshot: () => Body[]
  /** Messages may have been lost: invalidate all state that a lost message could have changed. */
  onMissed: () => void
  /** A process has joined. It waits until this resolves. */
  onJoined: () => Promise<void>
  /** A process has announced its end. */
  onEnded: () => void
}

/** The form on the wire: processes of two versions may run side by side. */
type PeerMessage<Body> =
  | { do: 'broadcast'; number: number; messages: readonly Body[] }
  | { do: 'acknowledge'; number: number }
  /** Sent at the start, and with `missed` after a lost connection: the sender's last messages may have been lost. */
  | { do: 'hello'; missed: boolean; messages: readonly Body[] }
  /** The reply to `hello`, with a snapshot. */
  | { do: 'welcome'; messages: readonly Body[] }
  | { do: 'bye' }

interface Peer {
  /** The number of the last broadcast that it has acknowledged. */
  acknowledged: number
  /** It did not acknowledge in time, so it is not waited for. */
  isSilent: boolean
  hasWelcomed: boolean
}

/** How long broadcasts wait for acknowledgements. */
const acknowledgeMs = 250
/** How long a new process waits for snapshots. */
const welcomeMs = 1_000

export class Peers<Body> {
  readonly #carrier: PostgresCarrier
  /** By the id of the process. */
  readonly #peers = new Map<string, Peer>()
  readonly #waits = new Set<{ number: number; done: () => void }>()
  readonly #onWelcome = new Set<() => void>()
  #handlers: PeerHandlers<Body> | undefined
  #queue: Body[] = []
  #flush: NodeJS.Immediate | undefined
  /** The number of the last broadcast. */
  #number = 0

  constructor(carrier: PostgresCarrier) {
    this.#carrier = carrier
  }

  /**
   * Joins the other processes.
   * @param expected the processes that should be running: `open` waits for their snapshots, at most one second
   */
  async open(handlers: PeerHandlers<Body>, expected: readonly string[]): Promise<void> {
    this.#handlers = handlers
    await this.#carrier.open({
      onMessages: (from, message) => this.#receive(from, message as PeerMessage<Body>),
      onMissed: () => this.#recover(handlers),
    })
    this.#send({ do: 'hello', missed: false, messages: [] })
    if (expected.length > 0) await this.#waitForWelcomes(expected)
  }

  /** Sends a message to all peers. Messages of one turn of the event loop are sent together. */
  broadcast(message: Body): void {
    this.#queue.push(message)
    this.#flush ??= setImmediate(() => this.#sendQueue())
  }

  /** Resolves when all peers have acknowledged all broadcasts so far, or after 250 ms. */
  async acknowledged(): Promise<void> {
    this.#sendQueue()
    const number = this.#number
    if (this.#isAcknowledged(number)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waits.add({ number, done: resolve })
    const timer = setTimeout(() => {
      for (const peer of this.#peers.values()) if (peer.acknowledged < number) peer.isSilent = true
      this.#settleWaits()
    }, acknowledgeMs)
    await promise
    clearTimeout(timer)
  }

  /** Removes silent peers that are not among the living processes. */
  keep(alive: readonly string[]): void {
    for (const [process, { isSilent }] of this.#peers)
      if (isSilent && !alive.includes(process)) this.#peers.delete(process)
  }

  async close(): Promise<void> {
    this.#sendQueue()
    this.#send({ do: 'bye' })
    await this.#carrier.close()
  }

  #receive(from: string, message: PeerMessage<Body>): void {
    const handlers = this.#handlers!
    const peer = this.#peerOf(from)
    peer.isSilent = false
    switch (message.do) {
      case 'broadcast':
        handlers.onMessages(message.messages)
        this.#send({ do: 'acknowledge', number: message.number }, from)
        break
      case 'acknowledge':
        peer.acknowledged = Math.max(peer.acknowledged, message.number)
        this.#settleWaits()
        break
      case 'hello':
        handlers.onMessages(message.messages)
        if (message.missed) handlers.onMissed()
        void handlers.onJoined().finally(() => this.#send({ do: 'welcome', messages: handlers.snapshot() }, from))
        break
      case 'welcome':
        handlers.onMessages(message.messages)
        peer.hasWelcomed = true
        for (const check of this.#onWelcome) check()
        break
      case 'bye':
        this.#remove(from)
    }
  }

  /** The connection was lost and is back: messages in both directions may have been lost. */
  #recover(handlers: PeerHandlers<Body>): void {
    handlers.onMissed()
    this.#send({ do: 'hello', missed: true, messages: handlers.snapshot() })
  }

  #peerOf(process: string): Peer {
    const existing = this.#peers.get(process)
    if (existing) return existing
    // A new peer gets a snapshot, so it need not acknowledge earlier broadcasts.
    const peer = { acknowledged: this.#number, isSilent: false, hasWelcomed: false }
    this.#peers.set(process, peer)
    return peer
  }

  #remove(process: string): void {
    this.#peers.delete(process)
    this.#settleWaits()
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
    return [...this.#peers.values()].every(({ acknowledged, isSilent }) => isSilent || acknowledged >= number)
  }

  #settleWaits(): void {
    for (const wait of this.#waits) {
      if (!this.#isAcknowledged(wait.number)) continue
      this.#waits.delete(wait)
      wait.done()
    }
  }

  async #waitForWelcomes(expected: readonly string[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = () => expected.every((process) => this.#peers.get(process)?.hasWelcomed) && resolve()
    this.#onWelcome.add(check)
    const timer = setTimeout(resolve, welcomeMs)
    check()
    await promise
    clearTimeout(timer)
    this.#onWelcome.delete(check)
  }
}
