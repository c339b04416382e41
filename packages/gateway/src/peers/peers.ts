/**
 * What the processes on one store tell one another. Whoever told something can wait until the others have heard it: each acknowledges what it
 * has taken in. Who does not answer in time is not waited for again until it is heard of again. A process that joins, or that may have missed
 * something, is told by each of the others what still counts.
 */
import type { Message, PostgresCarrier } from './postgres-carrier.ts'

/** What those that use it say and hear. */
export interface Talk<Said> {
  heard: (said: readonly Said[]) => void
  /** What a process must be told that was not there before. */
  standing: () => Said[]
  /** Something may have been said that was not heard: nothing is believed that another's word could have changed. */
  missed: () => void
  /** Another process has come; it waits until this is done. */
  joined: () => Promise<void>
  /** A process has ended, and said so. */
  ended: () => void
}

type Spoken<Said> =
  | { do: 'tell'; number: number; said: readonly Said[] }
  | { do: 'acknowledge'; number: number }
  /** `missed`: what the sender said lately may not have been heard. */
  | { do: 'hello'; missed: boolean; said: readonly Said[] }
  | { do: 'welcome'; said: readonly Said[] }
  | { do: 'bye' }

interface Other {
  /** The last number that it has acknowledged. */
  acknowledged: number
  /** It is there, but did not answer when it should have. */
  isSilent: boolean
  hasWelcomed: boolean
}

/** How long others are waited for. */
const patienceMs = 250
const welcomeMs = 1_000

export class Peers<Said> {
  readonly #carrier: PostgresCarrier
  readonly #others = new Map<string, Other>()
  readonly #waiting = new Set<{ number: number; done: () => void }>()
  readonly #onWelcome = new Set<() => void>()
  #talk: Talk<Said> | undefined
  #queue: Said[] = []
  #flush: NodeJS.Immediate | undefined
  #number = 0

  constructor(carrier: PostgresCarrier) {
    this.#carrier = carrier
  }

  /** @param expected those that are believed to be there: they are waited for a moment, so that what they know counts from the beginning */
  async open(talk: Talk<Said>, expected: readonly string[]): Promise<void> {
    this.#talk = talk
    await this.#carrier.open({
      heard: (from, message) => this.#heard(from, message as Spoken<Said>),
      missed: () => this.#missed(talk),
    })
    this.#send({ do: 'hello', missed: false, said: [] })
    if (expected.length > 0) await this.#welcomed(expected)
  }

  /** What is told in one turn of the event loop goes together. */
  tell(said: Said): void {
    this.#queue.push(said)
    this.#flush ??= setImmediate(() => this.#sendQueue())
  }

  /** Resolves once the others have heard all that was told so far, or after 250 ms. */
  async told(): Promise<void> {
    this.#sendQueue()
    const number = this.#number
    if (this.#isHeard(number)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiting = { number, done: resolve }
    this.#waiting.add(waiting)
    const patience = setTimeout(() => {
      for (const other of this.#others.values()) if (other.acknowledged < number) other.isSilent = true
      this.#settle()
    }, patienceMs)
    await promise
    clearTimeout(patience)
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

  #heard(from: string, spoken: Spoken<Said>): void {
    const talk = this.#talk!
    const other = this.#otherOf(from)
    other.isSilent = false
    switch (spoken.do) {
      case 'tell':
        talk.heard(spoken.said)
        this.#send({ do: 'acknowledge', number: spoken.number }, from)
        break
      case 'acknowledge':
        other.acknowledged = Math.max(other.acknowledged, spoken.number)
        this.#settle()
        break
      case 'hello':
        talk.heard(spoken.said)
        if (spoken.missed) talk.missed()
        void talk.joined().finally(() => this.#send({ do: 'welcome', said: talk.standing() }, from))
        break
      case 'welcome':
        talk.heard(spoken.said)
        other.hasWelcomed = true
        for (const look of this.#onWelcome) look()
        break
      case 'bye':
        this.#ended(from)
    }
  }

  #missed(talk: Talk<Said>): void {
    talk.missed()
    this.#send({ do: 'hello', missed: true, said: talk.standing() })
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
    this.#talk?.ended()
  }

  #sendQueue(): void {
    clearImmediate(this.#flush)
    this.#flush = undefined
    if (this.#queue.length === 0) return
    const said = this.#queue
    this.#queue = []
    this.#send({ do: 'tell', number: ++this.#number, said })
  }

  #send(spoken: Spoken<Said>, to?: string): void {
    this.#carrier.send(spoken satisfies Message, to)
  }

  #isHeard(number: number): boolean {
    return [...this.#others.values()].every(({ acknowledged, isSilent }) => isSilent || acknowledged >= number)
  }

  #settle(): void {
    for (const waiting of this.#waiting) {
      if (!this.#isHeard(waiting.number)) continue
      this.#waiting.delete(waiting)
      waiting.done()
    }
  }

  async #welcomed(expected: readonly string[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => expected.every((process) => this.#others.get(process)?.hasWelcomed) && resolve()
    this.#onWelcome.add(look)
    const patience = setTimeout(resolve, welcomeMs)
    look()
    await promise
    clearTimeout(patience)
    this.#onWelcome.delete(look)
  }
}
