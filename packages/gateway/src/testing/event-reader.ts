/** A client of an event stream: it keeps the received events and waits for later ones. */

interface ReadEvent {
  id?: string
  event: string
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts the data of an event, field by field
  data: any
}

export interface EventReader {
  status: number
  headers: Headers
  /** All events received so far. */
  events: ReadEvent[]
  /** Resolves with the first event, already received or not, for which `matches` is true. */
  waitForEvent: (matches: (event: ReadEvent) => boolean) => Promise<ReadEvent>
  /** Resolves when the stream has ended. */
  ended: Promise<void>
  close: () => void
}

export async function openEventReader(url: string, headers: Record<string, string>): Promise<EventReader> {
  const aborting = new AbortController()
  const answer = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: aborting.signal })
  const events: ReadEvent[] = []
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const check of waiting) check()
  }
  let isOver = false
  const read = async () => {
    let text = ''
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) {
        const fields = Object.fromEntries(
          block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        if (fields.event)
          events.push({
            ...(fields.id && { id: fields.id }),
            event: fields.event,
            data: JSON.parse(fields.data ?? 'null'),
          })
      }
      wake()
    }
  }
  const ended = read()
    .catch(() => {})
    .finally(() => {
      isOver = true
      wake()
    })
  return {
    status: answer.status,
    headers: answer.headers,
    events,
    ended,
    close: () => aborting.abort(),
    waitForEvent: (matches) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = events.find(matches)
          if (!found && !isOver) return
          waiting.delete(check)
          if (found) resolve(found)
          else
            reject(
              new Error(
                `the stream ended without it: ${JSON.stringify(events.map(({ event, data }) => [event, data?.code]))}`,
              ),
            )
        }
        waiting.add(check)
        check()
      }),
  }
}
