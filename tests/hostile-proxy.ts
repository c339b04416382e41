/** A proxy in front of a gateway that adds control sequences to the texts of all responses. */
import { createServer, type IncomingMessage, request } from 'node:http'
import { after } from 'node:test'

/** They blink, clear the screen, set the title, move the cursor, reverse the text direction, set a colour and ring. */
const controlSequences = '\u001b[5m\u001b[2J\u001b]0;title\u0007\u001b[1A\u202e\u009b31m\u0007'

/** The sequences that `ecs-api` never writes itself: found on the terminal, they come from external text. */
export const hostileSequences: readonly string[] = ['\u001b[5m', '\u001b[2J', '\u001b]', '\u202e', '\u009b', '\u0007']

/** Fields whose value decides what a command does: enumerations, times, cursors, ids. They stay unchanged. */
const unchangedFields =
  /^(status|.*Status|state|outcome|severity|kind|type|mode|role|at|.*At|time|launchType|nextCursor|configVersion|id|arn|.*Arn|url)$/

/** @returns the URL of the proxy */
export async function hostileProxy(target: string): Promise<string> {
  const { hostname, port } = new URL(target)
  const server = createServer(async (incoming, outgoing) => {
    const body = withoutSequences(Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>)).toString())
    const { 'accept-encoding': _, 'content-length': __, ...headers } = incoming.headers
    const path = withoutSequences(incoming.url!)
    const requestOptions = { hostname, port, path, method: incoming.method!, headers }
    const forwarded = request(requestOptions, (response) => void answer(response).catch(() => outgoing.destroy()))
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    forwarded.end(body)

    async function answer(response: IncomingMessage): Promise<void> {
      const { 'content-length': ___, ...forwardedHeaders } = response.headers
      outgoing.writeHead(response.statusCode!, forwardedHeaders)
      const type = String(response.headers['content-type'])
      let rest = ''
      for await (const chunk of response.setEncoding('utf8')) {
        rest += chunk
        if (!type.startsWith('text/event-stream')) continue
        const lines = rest.split('\n')
        rest = lines.pop()!
        for (const line of lines)
          outgoing.write(`${line.startsWith('data: ') ? `data: ${withSequences(line.slice(6))}` : line}\n`)
      }
      outgoing.end(/[/+]json/.test(type) && rest !== '' ? withSequences(rest) : rest)
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

/** Removes the sequences from a request: as they are encoded in paths, in queries and in JSON. */
function withoutSequences(text: string): string {
  return text
    .replaceAll(encodeURIComponent(controlSequences), '')
    .replaceAll(new URLSearchParams({ a: controlSequences }).toString().slice(2), '')
    .replaceAll(JSON.stringify(controlSequences).slice(1, -1), '')
}
