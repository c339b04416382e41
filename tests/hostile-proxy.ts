/** A proxy in front of a gateway that adds control sequences to the texts of all responses. */
import { createServer, type IncomingMessage, request } from 'node:http'
import { after } from 'node:test'

/** Sequences that blink, clear the screen, set the title, move the cursor, reverse the text, set a colour, and ring. */
const controlSequences = '\u001b[5m\u001b[2J\u001b]0;title\u0007\u001b[1A\u202e\u009b31m\u0007'

/** The sequences that `ecs-api` never writes itself: found on the terminal, they come from a text of the gateway. */
export const hostileSequences: readonly string[] = ['\u001b[5m', '\u001b[2J', '\u001b]', '\u202e', '\u009b', '\u0007']

/** Fields whose value decides what a command does: enumerations, times, cursors, ids. They stay unchanged. */
const unchangedFields =
  /^(status|.*Status|state|outcome|severity|kind|type|mode|role|at|.*At|time|launchType|nextCursor|configVersion|id|arn|.*Arn|url)$/

/** @returns the address of the proxy */
export async function hostileProxy(target: string): Promise<string> {
  const { hostname, port } = new URL(target)
  const server = createServer(async (incoming, outgoing) => {
    const body = withoutSequences(Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>)).toString())
    const { 'accept-encoding': _, 'content-length': __, ...headers } = incoming.headers
    const path = withoutSequences(incoming.url!)
    const requestOptions = { hostname, port, path, method: incoming.method!, headers }
    const forwarded = request(requestOptions, (response) => void passOn(response).catch(() => outgoing.destroy()))
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    forwarded.end(body)

    async function passOn(response: IncomingMessage): Promise<void> {
      const { 'content-length': ___, ...forwardedHeaders } = response.headers
      outgoing.writeHead(response.statusCode!, forwardedHeaders)
      const type = String(response.headers['content-type'])
      let unsent = ''
      for await (const chunk of response.setEncoding('utf8')) {
        unsent += chunk
        if (!type.startsWith('text/event-stream')) continue
        const lines = unsent.split('\n')
        unsent = lines.pop()!
        for (const line of lines)
          outgoing.write(`${line.startsWith('data: ') ? `data: ${withSequences(line.slice(6))}` : line}\n`)
      }
      outgoing.end(/[/+]json/.test(type) && unsent !== '' ? withSequences(unsent) : unsent)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

function withSequences(json: string): string {
  return JSON.stringify(JSON.parse(json), function (this: unknown, key: string, value: unknown) {
    if (typeof value !== 'string' || unchangedFields.test(key)) return value
    return `${value}${controlSequences}`
  })
}

/** Removes the sequences from a request, which has them encoded for a path, a query or JSON. */
function withoutSequences(text: string): string {
  return text
    .replaceAll(encodeURIComponent(controlSequences), '')
    .replaceAll(new URLSearchParams({ a: controlSequences }).toString().slice(2), '')
    .replaceAll(JSON.stringify(controlSequences).slice(1, -1), '')
}
