/** The changes of many resources of an account. */
import { type Call, lackingCall, type OptionsOf, pathOf, type Scope } from '../call.ts'
import type { ChangedResource } from '../resources.ts'
import { resumingStream } from './resume.ts'
import type { ProblemEvent, StreamOptions } from './watch-event.ts'

/**
 * `state`: a page of the resources as they are now; `isFirst` begins a new state, which replaces all that came before.
 * `deleted` has the resource as it was last.
 */
export type AccountEvent =
  | { type: 'state'; items: ChangedResource[]; remaining: number; isFirst: boolean; id: string | undefined }
  | { type: 'change' | 'deleted'; item: ChangedResource; id: string | undefined }
  | ProblemEvent

export type ChangesOptions = Omit<OptionsOf<'streamChanges'>, 'cursor' | 'fresh'> & StreamOptions

/** Pages of `state` first, then each change. @throws ProblemError, NoResponse, the signal's reason */
export async function* watchChanges(
  scope: Scope,
  sent: Call<'streamChanges'>,
  { signal, onBreak, ...query }: ChangesOptions = {},
): AsyncGenerator<AccountEvent, void, undefined> {
  const { connection } = scope
  const url = connection.urlOf(pathOf(scope, sent, {}), query)
  let epoch: string | undefined
  let isInState = false
  try {
    for await (const { id, type, data } of resumingStream(connection, url, { signal, onBreak }, false)) {
      if (type === 'problem') yield { type, ...(data as { code: string; detail: string }) }
      else if (type === 'state') {
        const page = data as { items: ChangedResource[]; remaining: number }
        // Ids of one stream begin alike. Another beginning, or a page after the last one, is a state from its start.
        const own = id?.split('-')[0]
        yield { type, ...page, isFirst: !isInState || own !== epoch, id }
        epoch = own
        isInState = page.remaining > 0
      } else yield { type: type as 'change' | 'deleted', item: data as ChangedResource, id }
    }
  } catch (error) {
    throw await lackingCall(connection, sent, error)
  }
}
