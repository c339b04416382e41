/** Counts of open and ended streams. Plain numbers: an event for a thousand readers costs a thousand additions. */
import { Problem } from '../../problems/problem.ts'

/** `client_gone`: the client disconnected. `account_removed`: the account is not configured any more. */
export type StreamEnd =
  | 'client_gone'
  | 'deleted'
  | 'slow_reader'
  | 'token_not_good'
  | 'draining'
  | 'account_removed'
  | 'other'

type Refusal = 'too_old' | 'too_many' | 'draining' | 'other'

/** By the code of the last event. */
const ends: Readonly<Record<string, StreamEnd>> = {
  SlowReader: 'slow_reader',
  Unauthorized: 'token_not_good',
  ShuttingDown: 'draining',
  AccountNotFound: 'account_removed',
}

/** By the problem code of the response; `other`: every reason that a plain GET can have, too. */
const refusals: Readonly<Record<string, Refusal>> = {
  CursorTooOld: 'too_old',
  TooManyStreams: 'too_many',
  TokenLimitExceeded: 'too_many',
  ShuttingDown: 'draining',
}

export class StreamFigures {
  /** By the route's pattern. */
  readonly open = new Map<string, number>()
  /** By the event's name. */
  readonly sent = new Map<string, number>()
  /**
   * Every reason exists from the beginning: Prometheus does not count the first event of a new series as an increase.
   */
  readonly ended = new Map<StreamEnd, number>(
    [...new Set(['client_gone', 'deleted', 'other', ...Object.values(ends)] as const)].map(zero),
  )
  readonly refused = new Map<Refusal, number>([...new Set(['other', ...Object.values(refusals)] as const)].map(zero))
}

export function count<Name>(counts: Map<Name, number>, name: Name, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
}

export function endReason(code: string): StreamEnd {
  return ends[code] ?? 'other'
}

export function refusalReason(error: unknown): Refusal {
  return (error instanceof Problem && refusals[error.code]) || 'other'
}

function zero<Name>(name: Name): [Name, number] {
  return [name, 0]
}
