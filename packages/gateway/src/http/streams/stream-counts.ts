/**
 * Counts of open and ended streams, and of sent events. They are plain numbers, because they change often: an event for
 * a thousand clients adds a thousand.
 */
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

/** The reason why a stream ended, by the code of its last event. */
const endsByCode: Readonly<Record<string, StreamEnd>> = {
  SlowReader: 'slow_reader',
  Unauthorized: 'token_not_good',
  ShuttingDown: 'draining',
  AccountNotFound: 'account_removed',
}

/** The reason why a stream was refused, by the problem code. `other` is for problems that a plain GET can have, too. */
const refusalsByCode: Readonly<Record<string, Refusal>> = {
  CursorTooOld: 'too_old',
  TooManyStreams: 'too_many',
  TokenLimitExceeded: 'too_many',
  ShuttingDown: 'draining',
}

export class StreamCounts {
  /** By the route's pattern. */
  readonly open = new Map<string, number>()
  /** By the event's name. */
  readonly sent = new Map<string, number>()
  /**
   * Every reason has a count from the start, because Prometheus does not count the first value of a new series as an
   * increase.
   */
  readonly ended = new Map<StreamEnd, number>(
    [...new Set(['client_gone', 'deleted', 'other', ...Object.values(endsByCode)] as const)].map(zero),
  )
  readonly refused = new Map<Refusal, number>(
    [...new Set(['other', ...Object.values(refusalsByCode)] as const)].map(zero),
  )
}

export function addToCount<Name>(counts: Map<Name, number>, name: Name, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
}

export function endReason(code: string): StreamEnd {
  return endsByCode[code] ?? 'other'
}

export function refusalReason(error: unknown): Refusal {
  return (error instanceof Problem && refusalsByCode[error.code]) || 'other'
}

function zero<Name>(name: Name): [Name, number] {
  return [name, 0]
}
