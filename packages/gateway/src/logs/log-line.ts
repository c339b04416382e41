/** A log line in the API's shape. */
import type { LogEvent } from './log-streams.ts'

export interface LogLine {
  time: string
  task: string
  container: string
  message: string
  /** CloudWatch Logs' id of the event. */
  id: string
}

export function toLogLine({ time, id, message, source: { task, container } }: LogEvent): LogLine {
  return { time: new Date(time).toISOString(), task, container, message, id }
}
