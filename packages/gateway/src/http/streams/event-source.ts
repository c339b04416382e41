/** What a route streams, and who reads it: their words to one another. */
import type { Problem } from '../../problems/problem.ts'

export interface StreamEvent {
  id: string
  name: string
  data: Buffer
}

/** What a route streams. */
export interface EventSource {
  /**
   * @param cursor the id of the last event that the client knows
   * @returns what the client is told first; the rest comes to `reader`, until `close`
   * @throws a Problem, which is then the answer
   */
  open: (
    cursor: string | undefined,
    reader: StreamReader,
  ) => Promise<{ first: readonly StreamEvent[]; close: () => void }>
}

export interface StreamReader {
  event: (event: StreamEvent) => void
  /** The thing can't be looked at now. */
  trouble: (problem: Problem) => void
  /** The stream ends with this. */
  cut: (problem: Problem) => void
}
