/** The changes of one resource. */
import { asNotOnThisGateway, type Call, type Destination, type PathValues, pathOf } from '../call.ts'
import { resumingStream } from './resume.ts'
import type { DirectStreamOpener, StreamOptions, WatchEvent } from './watch-event.ts'

/**
 * Yields `state` first, then each change, and ends after `deleted`.
 * @throws ProblemError, NoResponse, the signal's reason
 */
export async function* watch<T>(
  destination: Destination,
  apiCall: Call,
  pathValues: () => PathValues,
  options: StreamOptions = {},
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  const { connection } = destination
  const url = connection.urlOf(pathOf(destination, apiCall, pathValues()))
  const openDirectly: DirectStreamOpener = (address, streamOptions) =>
    resumingStream(connection, address, streamOptions)
  try {
    for await (const { id, type, data } of connection.streams(url, options, openDirectly)) {
      if (type === 'problem') yield { type, ...(data as { code: string; detail: string }) }
      else yield { type: type as 'state' | 'change' | 'deleted', resource: data as T, id }
    }
  } catch (error) {
    throw await asNotOnThisGateway(connection, apiCall, error, options.signal)
  }
}
