/** A client that follows the log lines of a service or task. */
import { type EventReader, openEventReader } from './event-reader.ts'

export interface FollowedLine {
  time: string
  task: string
  container: string
  message: string
  id: string
}

export interface LogFollower extends EventReader {
  /** All lines received so far. */
  lines: () => FollowedLine[]
  messages: () => string[]
  /** Resolves when all of these messages were received. */
  untilMessages: (...messages: string[]) => Promise<void>
  /** The id of the last event that has one. */
  lastId: () => string
}

/** @param url the URL of the logs, with the address of the process */
export async function followLines(url: string, token: string, lastEventId?: string): Promise<LogFollower> {
  const reader = await openEventReader(url, {
    authorization: `Bearer ${token}`,
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  })
  const lines = () =>
    reader.events.flatMap(({ event, data }) => (event === 'lines' ? data.items : [])) as FollowedLine[]
  return {
    ...reader,
    lines,
    messages: () => lines().map(({ message }) => message),
    untilMessages: async (...messages) => {
      const missing = new Set(messages)
      // The matcher is called with all events from the first on, each time one arrives.
      await reader.waitForEvent(({ event, data }) => {
        if (event === 'lines') for (const { message } of data.items) missing.delete(message)
        return missing.size === 0
      })
    },
    lastId: () => reader.events.findLast(({ id }) => id !== undefined)?.id ?? '',
  }
}
