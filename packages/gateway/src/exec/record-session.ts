/** Begins the recording of a session, if the sessions of its account are recorded. */
import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { Unavailable } from '../problems/problem.ts'
import type { OfferedSession } from './offered-session.ts'
import { openRecording, type Recording } from './recording.ts'

/**
 * Opens the recording.
 * @returns undefined when the account's sessions are not recorded
 * @throws Unavailable `SessionRecordingFailed`: the session must not begin without its recording
 */
export async function recordSession(
  { onNotice }: { onNotice: (text: string) => void },
  account: Account,
  caller: Caller,
  { id, task, container, size }: Pick<OfferedSession, 'id' | 'task' | 'container' | 'size'>,
): Promise<Recording | undefined> {
  const { recordings } = account.execSettings
  if (recordings === undefined) return undefined
  try {
    const title = `${account.name} ${task} ${container} ${caller.name}`
    const recording = await openRecording(recordings, { id, size, title })
    recording.onFailed(({ message }) =>
      onNotice(`the recording of the session ${id} in ${recordings} has failed: ${message}`),
    )
    return recording
  } catch (error) {
    onNotice(`a recording cannot be written to ${recordings}: ${String(error)}`)
    throw new Unavailable('SessionRecordingFailed', 'Sessions of this account are recorded, and this one cannot be.', {
      retryAfterSeconds: 60,
    })
  }
}
