/**
 * Describes that share their calls. The first read goes to AWS at once, with all that came in the same turn of the event loop; those that
 * arrive while it is under way share the next call, as many of them as one call takes. No answer is older than its question: a read never
 * joins a call that has begun.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { BadRequest } from '../problems/problem.ts'

/** One call for several things; what is not in the answer is not there. `at`: when it was sent, on the clock of `performance.now()`. */
export type Ask<Answer> = (refs: string[]) => Promise<{ found: Map<string, Answer>; at: number }>

/** What AWS said of a thing (undefined: it is not there), and when it was asked. */
export interface Described<Answer> {
  value: Answer | undefined
  at: number
}

interface Waiting<Answer> {
  answer: PromiseWithResolvers<Described<Answer>>
  /** Runs in the context of the request that asked first, so that the call is counted to it. */
  inItsContext: ReturnType<typeof AsyncLocalStorage.snapshot>
}

export class SharedReads<Answer> {
  readonly #ask: Ask<Answer>
  readonly #mostPerCall: number
  #waiting = new Map<string, Waiting<Answer>>()
  #underWay = 0
  #turn: NodeJS.Immediate | undefined

  constructor(ask: Ask<Answer>, mostPerCall: number) {
    this.#ask = ask
    this.#mostPerCall = mostPerCall
  }

  /** The thing as AWS describes it from now on. */
  get(ref: string): Promise<Described<Answer>> {
    const known = this.#waiting.get(ref)
    if (known) return known.answer.promise
    const waiting = { answer: Promise.withResolvers<Described<Answer>>(), inItsContext: AsyncLocalStorage.snapshot() }
    this.#waiting.set(ref, waiting)
    if (this.#underWay === 0) this.#turn ??= setImmediate(() => this.#go())
    return waiting.answer.promise
  }

  get isIdle(): boolean {
    return this.#underWay === 0 && this.#waiting.size === 0
  }

  #go(): void {
    this.#turn = undefined
    const all = [...this.#waiting]
    this.#waiting = new Map()
    for (let from = 0; from < all.length; from += this.#mostPerCall) {
      this.#underWay++
      void this.#call(all.slice(from, from + this.#mostPerCall)).finally(() => {
        this.#underWay--
        if (this.#underWay === 0 && this.#waiting.size > 0) this.#go()
      })
    }
  }

  async #call(batch: readonly [string, Waiting<Answer>][]): Promise<void> {
    const [first] = batch
    try {
      const { found, at } = await first![1].inItsContext(() => this.#ask(batch.map(([ref]) => ref)))
      for (const [ref, { answer }] of batch) answer.resolve({ value: found.get(ref), at })
    } catch (error) {
      // One name that AWS refuses must not fail those that were asked for beside it.
      if (error instanceof BadRequest && batch.length > 1) await Promise.all(batch.map((one) => this.#call([one])))
      else for (const [, { answer }] of batch) answer.reject(error)
    }
  }
}
