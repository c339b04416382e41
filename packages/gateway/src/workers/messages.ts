/** What the parent and a worker say to one another, over the channel that only the two have. */
import type { Answer, Call, LocalAws } from '@ecs-api/local-aws'
import type { Settings } from '../config/settings.ts'
import type { Message } from '../peers/carrier.ts'
import type { Figures } from '../telemetry/together.ts'

/** To a worker. */
export type Order = Serve | { do: 'reconfigure'; settings: Settings } | { do: 'stop' } | { do: 'count'; id: number } | Reply | Passed

export interface Serve {
  do: 'serve'
  /** From 1: which of the workers it is, whichever process that is. */
  worker: number
  /** What this process is called in the store. */
  process: string
  settings: Settings
  adminToken: string
  /** It comes to others that are at work. */
  isNew: boolean
}

/** From another worker, or about one that has ended. */
export type Passed = { do: 'receive'; from: string; message: Message } | { do: 'miss'; process: string }

/** What came of `ask`. */
export type Reply = { do: 'hear'; id: number; result: unknown } | { do: 'hear'; id: number; failure: string }

/** To the parent. */
export type Report =
  | { say: 'here' }
  | { say: 'ready'; url: string }
  | { say: 'failed'; reason: string }
  | { say: 'reconfigured'; refused: string | undefined }
  /** What it counts, to `count`; undefined when it can't say. */
  | { say: 'counted'; id: number; figures: Figures | undefined }
  | { say: 'ask'; id: number; question: Question }
  /** To all other workers, or to the process of that name. */
  | { say: 'pass'; to: string | undefined; message: Message }

/** Of the engine, which lives in the parent, or the /metrics of all workers, as text. */
export type Question = { about: 'metrics' } | { about: 'account'; account: string } | { about: 'call'; account: string; call: Call }

/** To the question about an account: what the engine has for it. */
export interface AccountAnswer {
  subnets: readonly string[]
  runtime: LocalAws['runtime']
}

export type CallAnswer = Answer

/** Where a worker finds its parent’s process id: the parent may be gone before the worker looks. */
export const parentVariable = 'WORKERS_PARENT_PID'
