/** A gateway's proxy that adds control sequences to every text of a response, so that each one reaches the terminal. */
import { createServer, type IncomingMessage, request } from 'node:http'
import { after } from 'node:test'

/** Blinks, clears the screen, changes the title, moves the cursor, turns the direction of text, and rings. */
const hostile = '\u001b[5m\u001b[2J\u001b]0;title\u0007\u001b[1A\u202e\u009b31m\u0007'

/** Sequences that only external text can bring to the terminal: the command moves the cursor and colours lines. */
export const hostileParts: readonly string[] = ['\u001b[5m', '\u001b[2J', '\u001b]', '\u202e', '\u009b', '\u0007']

/** Words of a fixed set, times and cursors, whose value decides what the command does. */
const decisive =
  /^(status|.*Status|state|outcome|severity|kind|type|mode|role|at|.*At|time|launchType|nextCursor|configVersion|id|arn|.*Arn|url)$/

/** @returns its address */
export async function hostileProxy(target: string): Promise<string> {
  const { hostname, port } = new URL(target)
  const server = createServer(async (incoming, outgoing) => {
    const body = cleaned(Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>)).toString())
    const { 'accept-encoding': _, 'content-length': __, ...headers } = incoming.headers
    const path = cleaned(incoming.url!)
    const sent = { hostname, port, path, method: incoming.method!, headers }
    const forwarded = request(sent, (response) => void answer(response).catch(() => outgoing.destroy()))
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    forwarded.end(body)

    async function answer(response: IncomingMessage): Promise<void> {
      const { 'content-length': ___, ...kept } = response.headers
      outgoing.writeHead(response.statusCode!, kept)
      const type = String(response.headers['content-type'])
      let rest = ''
      for await (const chunk of response.setEncoding('utf8')) {
        rest += chunk
        if (!type.startsWith('text/event-stream')) continue
        const lines = rest.split('\n')
        rest = lines.pop()!
        for (const line of lines)
          outgoing.write(`${line.startsWith('data: ') ? `data: ${infected(line.slice(6))}` : line}\n`)
      }
      outgoing.end(/[/+]json/.test(type) && rest !== '' ? infected(rest) : rest)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

function infected(json: string): string {
  return JSON.stringify(JSON.parse(json), function (this: unknown, key: string, value: unknown) {
    if (typeof value !== 'string' || decisive.test(key)) return value
    return `${value}${hostile}`
  })
}

/** The text as a path and as JSON have it. */
function cleaned(text: string): string {
  return text
    .replaceAll(encodeURIComponent(hostile), '')
    .replaceAll(new URLSearchParams({ a: hostile }).toString().slice(2), '')
    .replaceAll(JSON.stringify(hostile).slice(1, -1), '')
}
