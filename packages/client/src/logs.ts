/**
 * Log lines of a service or a task as they arrive. When the connection breaks, the stream resumes without repeated
 * lines.
 */
import { asNotOnThisGateway, type Call, type Destination, type PathValues, pathOf } from './call.ts'
import type { LogLine, LogPage } from './resources.ts'
import { resumingStream } from './streams/resume.ts'
import type { ProblemEvent, StreamOptions } from './streams/watch-event.ts'

/** `lag`: from now on a line can take `lagSeconds` to arrive. After `deleted` (the service is gone) the stream ends. */
export type LogEvent =
  | ({ type: 'lines'; items: LogLine[]; lagSeconds: number; id: string | undefined } & Partial<
      Pick<LogPage, 'elsewhere' | 'incomplete' | 'unavailable'>
    >)
  | { type: 'lag'; lagSeconds: number }
  | { type: 'deleted' }
  | ProblemEvent

export async function* followLogs(
  destination: Destination,
  apiCall: Call,
  pathValues: () => PathValues,
  { signal, onBreak, ...query }: StreamOptions & object,
): AsyncGenerator<LogEvent, void, undefined> {
  const url = destination.connection.urlOf(pathOf(destination, apiCall, pathValues()), query)
  try {
    for await (const { id, type, data } of resumingStream(destination.connection, url, { signal, onBreak }))
      yield { ...(data as object), type, ...(type === 'lines' && { id }) } as LogEvent
  } catch (error) {
    throw await asNotOnThisGateway(destination.connection, apiCall, error, signal)
  }
}
