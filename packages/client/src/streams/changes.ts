/** The changes of many resources of an account. */
import { asNotOnThisGateway, type Call, type Destination, type OptionsOf, pathOf } from '../call.ts'
import type { ChangedResource } from '../resources.ts'
import { resumingStream } from './resume.ts'
import type { ProblemEvent, StreamOptions } from './watch-event.ts'

/**
 * `state`: a page of the resources as they are now; `isFirst` marks the first page of a new state, which replaces all
 * earlier events. `deleted` has the last state of the resource.
 */
export type AccountEvent =
  | { type: 'state'; items: ChangedResource[]; remaining: number; isFirst: boolean; id: string | undefined }
  | { type: 'change' | 'deleted'; item: ChangedResource; id: string | undefined }
  | ProblemEvent

export type ChangesOptions = Omit<OptionsOf<'streamChanges'>, 'cursor' | 'fresh'> & StreamOptions

/** A `deleted` event is about one of many resources, so the stream goes on after it. */
const endsWithDeletion = false

/** Yields pages of `state` first, then each change. @throws ProblemError, NoResponse, the signal's reason */
export async function* watchChanges(
  destination: Destination,
  apiCall: Call<'streamChanges'>,
  { signal, onBreak, ...query }: ChangesOptions = {},
): AsyncGenerator<AccountEvent, void, undefined> {
  const { connection } = destination
  const url = connection.urlOf(pathOf(destination, apiCall, {}), query)
  let epoch: string | undefined
  let isInState = false
  try {
    for await (const { id, type, data } of resumingStream(connection, url, { signal, onBreak }, endsWithDeletion)) {
      if (type === 'problem') yield { type, ...(data as { code: string; detail: string }) }
      else if (type === 'state') {
        const page = data as { items: ChangedResource[]; remaining: number }
        // An id begins with the epoch of the gateway's log of changes. A page with another epoch, or a page that
        // follows the last page of a state, begins a new state.
        const pageEpoch = id?.split('-')[0]
        yield { type, ...page, isFirst: !isInState || pageEpoch !== epoch, id }
        epoch = pageEpoch
        isInState = page.remaining > 0
      } else yield { type: type as 'change' | 'deleted', item: data as ChangedResource, id }
    }
  } catch (error) {
    throw await asNotOnThisGateway(connection, apiCall, error, signal)
  }
}
