/** The state for reading the logs of one account: its history, and caches of task definitions and log streams. */
import type { History } from '../history/history.ts'
import type { ContainerLogsByDefinition } from './container-logs.ts'
import type { LogStreams } from './log-streams.ts'
import type { EndpointOrder } from './read-events.ts'

export interface AccountLogs {
  /** The account's runtime, such as `simulated`. */
  runtime: string
  history: History
  definitions: ContainerLogsByDefinition
  streams: LogStreams
  endpointOrder: EndpointOrder
}
