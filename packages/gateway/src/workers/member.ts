/** One worker process, as its parent sees it. */
import type { Worker } from 'node:cluster'
import type { Message } from '../peers/carrier.ts'
import type { Figures } from '../telemetry/together.ts'
import type { Order, Question, Report } from './messages.ts'

export interface Ending {
  code: number | null
  signal: string | null
}

interface MemberParts {
  /** Which of the workers it is. */
  number: number
  /** What it is called in the store. */
  process: string
  serve: (member: { number: number; process: string }) => Order
  /** What the engine says to a question; a wait for something ends when the worker has gone. */
  answer: (question: Question, gone: AbortSignal) => Promise<unknown>
  /** Whole lines of its log. */
  onLines: (lines: string) => void
  /** It has something to say to all other workers, or to the process of that name. */
  onPass: (message: Message, to: string | undefined) => void
}

/** How long a worker may take to tell what it counts. */
const countMs = 2_000

export class Member {
  readonly number: number
  readonly process: string
  readonly pid: number | undefined
  /** How it began: with its URL, or with the reason why it didn't. `toldItself`: it was able to say so. */
  readonly began: Promise<{ url: string } | { reason: string; toldItself: boolean }>
  /** Nothing comes from it any more, and nothing is done for it any more. */
  readonly ended: Promise<Ending>
  readonly #worker: Worker
  readonly #answers = new Set<Promise<void>>()
  readonly #counting = new Map<number, (figures: Figures | undefined) => void>()
  #asked = 0
  #isServing = false
  #reconfigured: ((refused: string | undefined) => void) | undefined

  constructor(worker: Worker, { number, process, serve, answer, onLines, onPass }: MemberParts) {
    this.#worker = worker
    this.number = number
    this.process = process
    this.pid = worker.process.pid
    const begun = Promise.withResolvers<{ url: string } | { reason: string; toldItself: boolean }>()
    this.began = begun.promise
    const closed = Promise.withResolvers<Ending>()
    const gone = new AbortController()
    this.ended = closed.promise.then(async (ending) => {
      await Promise.all(this.#answers)
      return ending
    })
    worker.on('message', (report: Report) => {
      switch (report.say) {
        case 'here':
          return this.tell(serve(this))
        case 'ready':
          this.#isServing = true
          return begun.resolve({ url: report.url })
        case 'failed':
          return begun.resolve({ reason: report.reason, toldItself: true })
        case 'reconfigured':
          return this.#reconfigured?.(report.refused)
        case 'counted':
          return this.#counting.get(report.id)?.(report.figures)
        case 'ask':
          return this.#reply(report.id, answer(report.question, gone.signal))
        case 'pass':
          return onPass(report.message, report.to)
      }
    })
    // Told by `close` too; without a listener it would end the parent.
    worker.on('error', () => {})
    worker.process.once('close', (code, signal) => {
      gone.abort()
      begun.resolve({ reason: `it ended with ${signal ?? `exit code ${code}`}`, toldItself: false })
      this.#reconfigured?.(undefined)
      for (const tellNothing of this.#counting.values()) tellNothing(undefined)
      closed.resolve({ code, signal })
    })
    if (worker.process.stdout) passLines(worker.process.stdout, onLines)
  }

  tell(order: Order): void {
    // To a process that is ending nothing can be said.
    if (this.#worker.isConnected()) this.#worker.process.send(order, () => {})
  }

  /** @returns why it refused the settings, if it did */
  async reconfigure(order: Order): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    this.#reconfigured = resolve
    if (this.#worker.isDead() || !this.#worker.isConnected()) return undefined
    this.tell(order)
    return promise
  }

  get isServing(): boolean {
    return this.#isServing
  }

  /** What it counts; undefined when it ends meanwhile, or does not say in time. */
  async figures(): Promise<Figures | undefined> {
    if (this.#worker.isDead() || !this.#worker.isConnected()) return undefined
    const id = ++this.#asked
    const { promise, resolve } = Promise.withResolvers<Figures | undefined>()
    this.#counting.set(id, resolve)
    const timer = setTimeout(resolve, countMs, undefined)
    this.tell({ do: 'count', id })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#counting.delete(id)
    }
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }

  #reply(id: number, answer: Promise<unknown>): void {
    const replied = answer.then(
      (result) => this.tell({ do: 'hear', id, result }),
      (error: unknown) => this.tell({ do: 'hear', id, failure: error instanceof Error ? error.message : String(error) }),
    )
    this.#answers.add(replied)
    void replied.finally(() => this.#answers.delete(replied))
  }
}

/** What a process that was killed left of a line is no line. */
function passLines(stream: NodeJS.ReadableStream, onLines: (lines: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    const end = text.lastIndexOf('\n') + 1
    if (end > 0) onLines(rest + text.slice(0, end))
    rest = end > 0 ? text.slice(end) : rest + text
  })
}
