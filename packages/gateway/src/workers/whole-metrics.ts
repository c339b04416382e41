/**
 * /metrics of all workers and their parent as one. What counts does not go down while the parent lives: of a worker that has ended, or doesn't
 * answer in time, its last figures count. What it counted after it was last asked is lost with it.
 */
import { type Figures, lastingIn, openWorkerMetrics, textTogether, together, type WorkerMetrics } from '../telemetry/together.ts'

/** A worker, as far as it tells what it counts. */
export interface Counting {
  number: number
  /** Its process's name. */
  process: string
  /** Undefined where it does not answer in time. */
  figures: () => Promise<Figures | undefined>
}

export class WholeMetrics {
  readonly #count: number
  readonly #own: WorkerMetrics
  readonly #workers: () => readonly Counting[]
  /** By process. */
  readonly #last = new Map<string, Figures>()
  #ended: Promise<Figures> = Promise.resolve([])

  /** @param workers those that serve */
  constructor(count: number, workers: () => readonly Counting[]) {
    this.#count = count
    this.#own = openWorkerMetrics(count)
    this.#workers = workers
  }

  /** It tells nothing any more. */
  ended({ number, process }: Pick<Counting, 'number' | 'process'>): void {
    this.#own.ended(number)
    const last = this.#last.get(process)
    this.#last.delete(process)
    if (last) this.#ended = this.#ended.then((before) => together([before, lastingIn(last)]))
  }

  /** The text that Prometheus scrapes. */
  async text(): Promise<string> {
    const answered = new Map(Array.from({ length: this.#count }, (_, i) => [i + 1, false]))
    const ask = async (worker: Counting) => {
      const figures = await worker.figures()
      if (!figures) return
      this.#last.set(worker.process, figures)
      answered.set(worker.number, true)
    }
    await Promise.all(this.#workers().map(ask))
    // Taken at once: a worker that ends from now on is among the living here, and not among the dead too.
    const [living, ended] = [[...this.#last.values()], this.#ended]
    this.#own.answered(answered)
    return textTogether([await this.#own.figures(), ...living, await ended])
  }
}
