/** The workers: as many as there are to be, each replaced when it ends unasked. */
import cluster from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Message } from '../peers/carrier.ts'
import { type Ending, Member } from './member.ts'
import { type Order, parentVariable, type Question } from './messages.ts'

export interface CrewParts {
  count: number
  /** @param member `isFirst`: none has served before */
  serve: (member: { number: number; process: string; isFirst: boolean }) => Order
  answer: (question: Question, gone: AbortSignal) => Promise<unknown>
  onLines: (lines: string) => void
  /** Told once one serves. */
  onBegan: (member: Member) => void
  /** Told of each that has ended, whether it was told to or not; `reason` where it had not come to serve. */
  onEnded: (member: Member, ending: Ending, reason: string | undefined) => void
}

/** Of one worker that never comes to serve, in a row. */
const mostFailures = 5
/** After the first failure; doubled by each. */
const backOffMs = 100

export class Crew {
  readonly #parts: CrewParts
  readonly #members = new Map<number, Member>()
  readonly #broken = Promise.withResolvers<never>()
  #keepers: Promise<void>[] = []
  #isStopping = false
  #hasBegun = false

  constructor(parts: CrewParts) {
    this.#parts = parts
    this.#broken.promise.catch(() => {})
  }

  /** Rejects when a worker can't be started again. */
  get broken(): Promise<never> {
    return this.#broken.promise
  }

  /**
   * Resolves with their URL once all of them serve.
   * @throws Error with a worker's reason when one can't
   */
  async start(): Promise<string> {
    cluster.setupPrimary({ args: ['worker'], silent: true, serialization: 'advanced' })
    const firsts = Array.from({ length: this.#parts.count }, (_, i) => {
      const first = Promise.withResolvers<string>()
      this.#keepers.push(this.#keep(i + 1, first.resolve))
      return first.promise
    })
    const [url = ''] = await Promise.race([Promise.all(firsts), this.broken])
    this.#hasBegun = true
    return url
  }

  /** Those that serve now. */
  get serving(): Member[] {
    return [...this.#members.values()].filter(({ isServing }) => isServing)
  }

  /** @returns the reasons of those that refused */
  async reconfigure(order: Order): Promise<string[]> {
    const refusals = await Promise.all([...this.#members.values()].map((member) => member.reconfigure(order)))
    return refusals.filter((reason) => reason !== undefined)
  }

  /** Lets all of them finish what they are answering. */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const member of this.#members.values()) member.tell({ do: 'stop' })
    await Promise.all(this.#keepers)
  }

  kill(): void {
    this.#isStopping = true
    for (const member of this.#members.values()) member.kill()
  }

  async #keep(number: number, onBegan: (url: string) => void): Promise<void> {
    for (let failures = 0; !this.#isStopping; ) {
      const member = this.#fork(number)
      const began = await member.began
      if ('url' in began) {
        failures = 0
        onBegan(began.url)
        this.#parts.onBegan(member)
      }
      const ending = await member.ended
      this.#members.delete(number)
      for (const other of this.#members.values()) other.tell({ do: 'miss', process: member.process })
      this.#parts.onEnded(member, ending, 'reason' in began ? began.reason : undefined)
      if (!('reason' in began) || this.#isStopping) continue
      failures++
      const { reason } = began
      // Before the first of them serve, what a worker says of its start is true of all.
      const isHopeless = began.toldItself && !this.#hasBegun
      if (isHopeless) return this.#broken.reject(new Error(reason))
      if (failures === mostFailures) {
        return this.#broken.reject(new Error(`worker ${number} could not be started ${failures} times in a row; the last time: ${reason}`))
      }
      await pause(backOffMs * 2 ** (failures - 1))
    }
  }

  #fork(number: number): Member {
    const { answer, onLines } = this.#parts
    const serve = (member: { number: number; process: string }) => this.#parts.serve({ ...member, isFirst: !this.#hasBegun })
    const member = new Member(cluster.fork({ [parentVariable]: String(process.pid) }), {
      number,
      process: randomUUID(),
      serve,
      answer,
      onLines,
      onPass: (message, to) => this.#pass(member, message, to),
    })
    this.#members.set(number, member)
    return member
  }

  #pass(from: Member, message: Message, to: string | undefined): void {
    for (const member of this.#members.values()) {
      if (member !== from && (to === undefined || member.process === to)) member.tell({ do: 'receive', from: from.process, message })
    }
  }
}
