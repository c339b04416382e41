/** The options of the engine. */
import type { AccountOptions } from './accounts.ts'
import type { Clock } from './clock.ts'
import type { Ids } from './ids.ts'
import type { InjectedFault } from './injected-faults.ts'
import type { RuntimeChoice } from './open-runtime.ts'
import type { SimulatedPace } from './runtimes/simulated.ts'

export interface LocalAwsOptions {
  /** The data folder, or `:memory:` to store nothing on disk. */
  data: string
  /** The accounts that have keys of their own. By default there is one: `local`, 000000000000. */
  accounts?: readonly AccountOptions[]
  /**
   * Whether signatures over TCP must be made with the keys of the accounts. Otherwise any well-formed signature is
   * accepted, and an access key of twelve digits is its account's number.
   */
  verifySignatures?: boolean
  /** How late Describe and List see changes, in milliseconds: ECS is eventually consistent too. */
  consistencyDelayMs?: number
  /**
   * The speed of simulated containers, and how soon any running task counts as healthy. By default `fast`: RUNNING
   * within a second, and healthy 3 s later.
   */
  pace?: SimulatedPace
  /** `aws` enforces ECS's request buckets, with the limits that AWS documents. */
  throttle?: 'aws'
  /** Injected faults for actions of ECS, CloudWatch, CloudWatch Logs, EC2 and the Resource Groups Tagging API. */
  faults?: readonly InjectedFault[]
  /** The runtime of containers. By default `simulated`. */
  runtime?: RuntimeChoice
  /** The number of ECS Exec sessions that a task may have at a time. By default 20. */
  sessionsPerTask?: number
  /**
   * Whether `close` stops real containers, or leaves them running. By default they are stopped within 8 s. The next
   * start of the engine removes containers that take longer.
   */
  atClose?: 'stop' | 'leave'
  clock?: Clock
  ids?: Ids
  /** Receives errors that are defects of the engine. By default they are printed. */
  onUnexpectedError?: (error: unknown) => void
  /**
   * Receives messages for people: a container runtime went away, the host rejected a limit. By default they are
   * printed.
   */
  onNotice?: (text: string) => void
}
