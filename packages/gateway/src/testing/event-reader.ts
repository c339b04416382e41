/** A client of an event stream: what came, and waiting for what is to come. */

interface ReadEvent {
  id?: string
  event: string
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in an event, field by field
  data: any
}

export interface EventReader {
  status: number
  headers: Headers
  /** Everything that has come. */
  events: ReadEvent[]
  /** The first event that has come, or comes, and is like that. */
  until: (isMeant: (event: ReadEvent) => boolean) => Promise<ReadEvent>
  /** Resolves when the stream has ended. */
  ended: Promise<void>
  close: () => void
}

export async function readEvents(url: string, headers: Record<string, string>): Promise<EventReader> {
  const gone = new AbortController()
  const answer = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: gone.signal })
  const events: ReadEvent[] = []
  const waiting = new Set<() => void>()
  const tell = () => {
    for (const look of waiting) look()
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
      tell()
    }
  }
  const ended = read()
    .catch(() => {})
    .finally(() => {
      isOver = true
      tell()
    })
  return {
    status: answer.status,
    headers: answer.headers,
    events,
    ended,
    close: () => gone.abort(),
    until: (isMeant) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = events.find(isMeant)
          if (!found && !isOver) return
          waiting.delete(look)
          if (found) resolve(found)
          else
            reject(
              new Error(
                `the stream ended without it: ${JSON.stringify(events.map(({ event, data }) => [event, data?.code]))}`,
              ),
            )
        }
        waiting.add(look)
        look()
      }),
  }
}
