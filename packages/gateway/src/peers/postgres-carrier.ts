/**
 * Carries messages between processes with PostgreSQL's NOTIFY and LISTEN, on a separate connection, which reconnects
 * after a loss. A notification has at most 8000 bytes, so a message is split into parts. The parts of one statement
 * arrive together and in order (PostgreSQL, "NOTIFY"). Messages are encrypted, because every user of the database can
 * listen.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { deserialize, serialize } from 'node:v8'
import type { Client } from 'pg'
import { errorText } from '../problems/problem.ts'
import type { Cipher } from '../store/cipher.ts'

/** A value that `structuredClone` accepts. */
export type Message = object

export interface Receiver {
  /** @param from the id of the sending process */
  onMessages: (from: string, message: Message) => void
  /** Called when messages to this process, or messages from it, may have been lost. */
  onMessagesMissed: () => void
}

const channel = 'ecs_api'
/** The number of characters of a message in one part. */
const partLength = 7_500
/** When more messages wait to be sent, the connection counts as lost. */
const maxQueued = 1_000
const connectTimeoutMs = 5_000
const sendTimeoutMs = 10_000
const checkIntervalMs = 2_000
const maxReconnectPauseMs = 1_000

interface PeerCarrierDeps {
  /** The store's URL. */
  url: string
  cipher: Cipher
  /** The id of this process. */
  processId: string
  onNotice: (text: string) => void
}

export class PostgresCarrier {
  readonly #deps: PeerCarrierDeps
  readonly #closed = new AbortController()
  /** The received parts of incomplete messages, by sender and message number. */
  readonly #incomplete = new Map<string, string[]>()
  #receiver: Receiver | undefined
  /** Undefined while the connection is lost. */
  #client: Client | undefined
  /** The parts of each message that waits to be sent. */
  #queue: string[][] = []
  /** Sends until the queue is empty or the connection is lost. */
  #sending: Promise<void> | undefined
  #isChecking = false
  #lastNumber = 0
  #checkTimer: NodeJS.Timeout | undefined

  constructor(deps: PeerCarrierDeps) {
    this.#deps = deps
  }

  /** Connects, and begins to receive messages. */
  async open(receiver: Receiver): Promise<void> {
    this.#receiver = receiver
    await this.#connect()
    this.#checkTimer = setInterval(() => void this.#checkConnection(), checkIntervalMs).unref()
  }

  /**
   * Sends a message. Messages from one process to another keep their order. When messages cannot be sent, they are
   * dropped, and after the reconnection `onMessagesMissed` of this process is called.
   * @param to the id of one process; all processes by default
   */
  send(message: Message, to = ''): void {
    const { cipher, processId } = this.#deps
    const text = cipher.encrypt(serialize(message))
    const number = ++this.#lastNumber
    const partCount = Math.ceil(text.length / partLength)
    if (this.#queue.length >= maxQueued) {
      this.#queue = []
      // After the reconnection, `onMessagesMissed` makes the peers invalidate what the dropped messages would have
      // changed.
      if (this.#client) this.#onConnectionLost(this.#client, 'PostgreSQL takes messages too slowly')
    }
    const parts = Array.from({ length: partCount }, (_, i) => {
      const part = text.slice(i * partLength, (i + 1) * partLength)
      return `${processId} ${to} ${number} ${i} ${partCount} ${part}`
    })
    this.#queue.push(parts)
    this.#startSending()
  }

  async close(): Promise<void> {
    // `end` closes the connection without waiting for a running query, and then its messages would be lost.
    if (this.#client) await this.#sending
    this.#closed.abort()
    clearInterval(this.#checkTimer)
    await this.#client?.end().catch(() => {})
  }

  async #connect(): Promise<void> {
    const { default: pg } = await import('pg')
    const client = new pg.Client({
      connectionString: this.#deps.url,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: sendTimeoutMs,
      query_timeout: sendTimeoutMs,
      application_name: 'ecs-api peers',
    })
    const onLost = (reason: string) => this.#onConnectionLost(client, reason)
    client.on('error', ({ message }) => onLost(message))
    client.on('end', () => onLost('the connection has ended'))
    client.on('notification', ({ payload = '' }) => this.#receivePart(payload))
    try {
      await client.connect()
      // The commit of a notification need not reach the disk, because a crash of the server loses notifications anyway.
      await client.query(`set synchronous_commit = off; listen ${channel}`)
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
    if (this.#closed.signal.aborted) return client.end()
    this.#client = client
    this.#startSending()
  }

  #onConnectionLost(client: Client, reason: string): void {
    if (this.#client !== client || this.#closed.signal.aborted) return
    this.#client = undefined
    this.#incomplete.clear()
    client.end().catch(() => {})
    this.#deps.onNotice(`the connection for messages to other processes was lost, reconnecting to the store: ${reason}`)
    void this.#reconnect()
  }

  async #reconnect(): Promise<void> {
    for (let pauseMs = 50; !this.#closed.signal.aborted; pauseMs = Math.min(pauseMs * 2, maxReconnectPauseMs)) {
      try {
        await this.#connect()
        this.#receiver?.onMessagesMissed()
        return
      } catch {
        await pause(pauseMs, undefined, { ref: false })
      }
    }
  }

  /** Detects a connection that was lost without an error. */
  async #checkConnection(): Promise<void> {
    const client = this.#client
    if (!client || this.#sending || this.#isChecking) return
    this.#isChecking = true
    await client.query('select 1').catch((error) => this.#onConnectionLost(client, errorText(error)))
    this.#isChecking = false
  }

  #startSending(): void {
    if (this.#client && this.#queue.length > 0) this.#sending ??= this.#sendQueue()
  }

  async #sendQueue(): Promise<void> {
    while (this.#client && this.#queue.length > 0) {
      const client = this.#client
      const messages = this.#queue
      this.#queue = []
      try {
        await client.query(
          'select pg_notify($1, part) from unnest($2::text[]) with ordinality as parts(part, place) order by place',
          [channel, messages.flat()],
        )
      } catch (error) {
        this.#onConnectionLost(client, errorText(error))
      }
    }
    this.#sending = undefined
  }

  #receivePart(payload: string): void {
    const [from = '', to, number, index, partCount, part = ''] = payload.split(' ')
    const { processId, cipher } = this.#deps
    if (from === processId || (to !== '' && to !== processId)) return
    const text = this.#assemble(`${from} ${number}`, { index: Number(index), partCount: Number(partCount), part })
    const bytes = text === undefined ? undefined : cipher.decrypt(text)
    if (!bytes) return
    try {
      this.#receiver?.onMessages(from, deserialize(bytes) as Message)
    } catch (error) {
      // pg calls this method, so an uncaught error would end the process.
      this.#deps.onNotice(`a message of another process could not be applied: ${errorText(error)}`)
      this.#receiver?.onMessagesMissed()
    }
  }

  /** Returns the text of a message when its last part arrives; undefined before, or when a part was lost. */
  #assemble(
    id: string,
    { index, partCount, part }: { index: number; partCount: number; part: string },
  ): string | undefined {
    if (partCount === 1) return part
    const parts = this.#incomplete.get(id) ?? []
    parts.push(part)
    if (index + 1 < partCount) this.#incomplete.set(id, parts)
    else this.#incomplete.delete(id)
    return parts.length === partCount ? parts.join('') : undefined
  }
}
