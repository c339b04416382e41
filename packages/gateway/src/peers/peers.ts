/**
 * Messages between the processes that share a PostgreSQL store. A process broadcasts a message and can wait until all
 * peers have acknowledged it. A peer that has not acknowledged in time is not waited for any more, until its next
 * message arrives. When a process joins, or may have missed messages, each peer sends it a snapshot of its recent
 * state.
 */
import type { Message, PostgresCarrier } from './postgres-carrier.ts'

/** The reactions of this process to messages. `Body` is one message of the program, such as a recent write. */
export interface PeerHandlers<Body> {
  onMessages: (messages: readonly Body[]) => void
  /** Returns the messages that a process needs after it has joined or missed messages. */
  snapshot: () => Body[]
  /** Called when messages may have been lost. It must invalidate all state that a lost message could have changed. */
  onMessagesMissed: () => void
  /**
   * Called when a process has joined or may have missed messages. That process waits until the promise resolves. It
   * must not reject.
   */
  onPeerJoined: () => Promise<void>
  /** Called when a process has announced its end. */
  onPeerEnded: () => void
}

/** The messages on the wire. They must stay compatible, because processes of two versions may run at the same time. */
type PeerMessage<Body> =
  | { do: 'broadcast'; number: number; messages: readonly Body[] }
  | { do: 'acknowledge'; number: number }
  /** Sent at the start, and with `missed` after a lost connection: the sender's last messages may have been lost. */
  | { do: 'hello'; missed: boolean; messages: readonly Body[] }
  /** The reply to `hello`, with a snapshot. */
  | { do: 'welcome'; messages: readonly Body[] }
  | { do: 'bye' }

/** Another process on the store. */
interface Peer {
  /** The number of the last broadcast that the peer has acknowledged. */
  acknowledged: number
  /** The peer did not acknowledge in time, so broadcasts do not wait for it. */
  isSilent: boolean
  /** The peer has sent its snapshot, in its `welcome`. */
  hasWelcomed: boolean
}

/** `whenAcknowledged` waits this long for acknowledgements. */
const acknowledgeTimeoutMs = 250
/** A new process waits this long for snapshots. */
const welcomeTimeoutMs = 1_000

export class Peers<Body> {
  readonly #carrier: PostgresCarrier
  /** By the id of the process. */
  readonly #peers = new Map<string, Peer>()
  /** The calls of `whenAcknowledged` that wait, each for the broadcast with this number. */
  readonly #waits = new Set<{ number: number; done: () => void }>()
  readonly #onWelcome = new Set<() => void>()
  #handlers: PeerHandlers<Body> | undefined
  #queue: Body[] = []
  #flush: NodeJS.Immediate | undefined
  /** The number of the last broadcast. */
  #lastBroadcastNumber = 0

  constructor(carrier: PostgresCarrier) {
    this.#carrier = carrier
  }

  /**
   * Joins the other processes.
   * @param expected the ids of the processes that should be running. `open` waits at most one second for their
   *   snapshots
   */
  async open(handlers: PeerHandlers<Body>, expected: readonly string[]): Promise<void> {
    this.#handlers = handlers
    await this.#carrier.open({
      onMessages: (from, message) => this.#receive(from, message as PeerMessage<Body>),
      onMessagesMissed: () => this.#recover(handlers),
    })
    this.#send({ do: 'hello', missed: false, messages: [] })
    if (expected.length > 0) await this.#waitForWelcomes(expected)
  }

  /** Sends a message to all peers. Messages of one turn of the event loop are sent together. */
  broadcast(message: Body): void {
    this.#queue.push(message)
    this.#flush ??= setImmediate(() => this.#sendQueue())
  }

  /** Resolves when all peers have acknowledged all earlier broadcasts, or after 250 ms. */
  async whenAcknowledged(): Promise<void> {
    this.#sendQueue()
    const number = this.#lastBroadcastNumber
    if (this.#isAcknowledged(number)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waits.add({ number, done: resolve })
    const timer = setTimeout(() => {
      for (const peer of this.#peers.values()) if (peer.acknowledged < number) peer.isSilent = true
      this.#settleWaits()
    }, acknowledgeTimeoutMs)
    await promise
    clearTimeout(timer)
  }

  /** Removes silent peers that have died. @param alive the ids of the living processes */
  removeDeadPeers(alive: readonly string[]): void {
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
        if (message.missed) handlers.onMessagesMissed()
        void handlers.onPeerJoined().finally(() => this.#send({ do: 'welcome', messages: handlers.snapshot() }, from))
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
    handlers.onMessagesMissed()
    this.#send({ do: 'hello', missed: true, messages: handlers.snapshot() })
  }

  #peerOf(process: string): Peer {
    const existing = this.#peers.get(process)
    if (existing) return existing
    // A new peer gets a snapshot, so earlier broadcasts count as acknowledged.
    const peer = { acknowledged: this.#lastBroadcastNumber, isSilent: false, hasWelcomed: false }
    this.#peers.set(process, peer)
    return peer
  }

  #remove(process: string): void {
    this.#peers.delete(process)
    this.#settleWaits()
    this.#handlers?.onPeerEnded()
  }

  #sendQueue(): void {
    clearImmediate(this.#flush)
    this.#flush = undefined
    if (this.#queue.length === 0) return
    const messages = this.#queue
    this.#queue = []
    this.#send({ do: 'broadcast', number: ++this.#lastBroadcastNumber, messages })
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
    const timer = setTimeout(resolve, welcomeTimeoutMs)
    check()
    await promise
    clearTimeout(timer)
    this.#onWelcome.delete(check)
  }
}
