/** The parser of `text/event-stream` (WHATWG HTML, "Server-sent events"). The data of each event is JSON. */
import type { ByteReader } from '../transport.ts'
import type { StreamEvent } from './watch-event.ts'

export async function* serverSentEvents(read: ByteReader['read']): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder()
  let text = ''
  let id: string | undefined
  let type = ''
  let data: string[] = []
  for (;;) {
    const { done, value } = await read()
    if (done) return
    text += decoder.decode(value, { stream: true })
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    // The last element is an incomplete line, or a line that ends with the first half of a CRLF.
    text = lines.pop()!
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { id, type: type || 'message', data: JSON.parse(data.join('\n')) }
        ;[id, type, data] = [undefined, '', []]
        continue
      }
      const [, field, content = ''] = /^([^:]*)(?:: ?([\s\S]*))?$/.exec(line)!
      if (field === 'id') id = content
      else if (field === 'event') type = content
      else if (field === 'data') data.push(content)
    }
  }
}
