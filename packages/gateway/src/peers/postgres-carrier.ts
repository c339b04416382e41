/**
 * Messages through PostgreSQL: NOTIFY and LISTEN on a connection of its own, which is made anew when it is lost. A notification has at most
 * 8000 bytes, so a message is cut into parts; those of one statement arrive together and in order (PostgreSQL, "NOTIFY"). What a message says is
 * sealed: everybody who may connect to the database can listen.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { deserialize, serialize } from 'node:v8'
import type { Client } from 'pg'
import type { Seal } from '../store/seal.ts'

/** A structured value, as `structuredClone` takes it. */
export type Message = object

export interface Receiver {
  onMessages: (from: string, message: Message) => void
  /** Something may have been said that was not heard, and what was said here may not have been heard by others. */
  onMissed: () => void
}

const channel = 'ecs_api'
const partLength = 7_500
/** Messages that may wait to be sent. */
const maxWaiting = 1_000
const connectMs = 5_000
const sendMs = 10_000
const checkEveryMs = 2_000
const longestPauseMs = 1_000

interface PeerCarrierDeps {
  /** The store's URL. */
  url: string
  seal: Seal
  /** This process. */
  process: string
  onNotice: (text: string) => void
}

export class PostgresCarrier {
  readonly #deps: PeerCarrierDeps
  readonly #ended = new AbortController()
  /** Of messages that have not come whole: sender and number → what has come. */
  readonly #begun = new Map<string, string[]>()
  #receiver: Receiver | undefined
  #client: Client | undefined
  #waiting: string[][] = []
  /** Sends until nothing waits or the connection is lost. */
  #sending: Promise<void> | undefined
  #isTrying = false
  #count = 0
  #check: NodeJS.Timeout | undefined

  constructor(deps: PeerCarrierDeps) {
    this.#deps = deps
  }

  /** Hears from now on, and is ready to send. */
  async open(receiver: Receiver): Promise<void> {
    this.#receiver = receiver
    await this.#connect()
    this.#check = setInterval(() => void this.#tryConnection(), checkEveryMs).unref()
  }

  /** To all others, or to one. Messages of one process to another keep their order. What can't be carried makes a `missed` here. */
  send(message: Message, to = ''): void {
    const { seal, process } = this.#deps
    const text = seal.close(serialize(message))
    const number = ++this.#count
    const of = Math.ceil(text.length / partLength)
    if (this.#waiting.length >= maxWaiting) {
      this.#waiting = []
      // With the next connection all are told that they may have missed something.
      if (this.#client) this.#lost(this.#client, 'it takes messages too slowly')
    }
    const deps = Array.from(
      { length: of },
      (_, i) => `${process} ${to} ${number} ${i} ${of} ${text.slice(i * partLength, (i + 1) * partLength)}`,
    )
    this.#waiting.push(deps)
    this.#sendWaiting()
  }

  async close(): Promise<void> {
    // pg breaks a connection off whose query is not answered yet, and the last messages are lost.
    if (this.#client) await this.#sending
    this.#ended.abort()
    clearInterval(this.#check)
    await this.#client?.end().catch(() => {})
  }

  async #connect(): Promise<void> {
    const { default: pg } = await import('pg')
    const client = new pg.Client({
      connectionString: this.#deps.url,
      connectionTimeoutMillis: connectMs,
      statement_timeout: sendMs,
      query_timeout: sendMs,
      application_name: 'ecs-api peers',
    })
    const lost = (reason: string) => this.#lost(client, reason)
    client.on('error', ({ message }) => lost(message))
    client.on('end', () => lost('the connection has ended'))
    client.on('notification', ({ payload = '' }) => this.#take(payload))
    try {
      await client.connect()
      // A message outlives no crash of the server anyway.
      await client.query(`set synchronous_commit = off; listen ${channel}`)
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
    if (this.#ended.signal.aborted) return client.end()
    this.#client = client
    this.#sendWaiting()
  }

  #lost(client: Client, reason: string): void {
    if (this.#client !== client || this.#ended.signal.aborted) return
    this.#client = undefined
    this.#begun.clear()
    client.end().catch(() => {})
    this.#deps.onNotice(`other processes are not heard for now, the connection to the store was lost: ${reason}`)
    void this.#reconnect()
  }

  async #reconnect(): Promise<void> {
    for (let pauseMs = 50; !this.#ended.signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        await this.#connect()
        this.#receiver?.onMissed()
        return
      } catch {
        await pause(pauseMs, undefined, { ref: false })
      }
    }
  }

  async #tryConnection(): Promise<void> {
    const client = this.#client
    if (!client || this.#sending || this.#isTrying) return
    this.#isTrying = true
    await client.query('select 1').catch((error: Error) => this.#lost(client, error.message))
    this.#isTrying = false
  }

  #sendWaiting(): void {
    if (this.#client && this.#waiting.length > 0) this.#sending ??= this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    while (this.#client && this.#waiting.length > 0) {
      const client = this.#client
      const messages = this.#waiting
      this.#waiting = []
      try {
        await client.query(
          'select pg_notify($1, part) from unnest($2::text[]) with ordinality as parts(part, place) order by place',
          [channel, messages.flat()],
        )
      } catch (error) {
        this.#lost(client, error instanceof Error ? error.message : String(error))
      }
    }
    this.#sending = undefined
  }

  #take(payload: string): void {
    const [from = '', to, number, place, of, text = ''] = payload.split(' ')
    const { process, seal } = this.#deps
    if (from === process || (to !== '' && to !== process)) return
    const whole = this.#whole(`${from} ${number}`, Number(place), Number(of), text)
    const bytes = whole === undefined ? undefined : seal.open(whole)
    if (!bytes) return
    try {
      this.#receiver?.onMessages(from, deserialize(bytes) as Message)
    } catch (error) {
      // Thrown here it would end the process: the connection calls this.
      this.#deps.onNotice(
        `a message of another process was not understood: ${error instanceof Error ? error.message : error}`,
      )
      this.#receiver?.onMissed()
    }
  }

  #whole(name: string, place: number, of: number, text: string): string | undefined {
    if (of === 1) return text
    const deps = this.#begun.get(name) ?? []
    deps.push(text)
    if (place + 1 < of) this.#begun.set(name, deps)
    else this.#begun.delete(name)
    return deps.length === of ? deps.join('') : undefined
  }
}
