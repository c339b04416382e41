/** The client of the target, with the flags that show requests. */
import { readFileSync } from 'node:fs'
import { type Client, createClient } from '@ecs-api/client'
import { nodeTransport } from '@ecs-api/client/node'
import { NotSent, UsageError } from '../errors.ts'
import type { Out } from '../out/out.ts'
import type { Target } from './target.ts'

type Transport = ReturnType<typeof nodeTransport>

export interface ConnectOptions {
  target: Target
  out: Out
  showsRequests: boolean
  /** Prints the first request and sends none. */
  isCurl: boolean
}

export async function connectTo({ target, out, showsRequests, isCurl }: ConnectOptions): Promise<Client> {
  const transport = nodeTransport(target.ca === undefined ? {} : { ca: certificatesIn(target.ca) })
  // Found before the first request: the client would take its failure for a broken connection.
  const { token, note } = await target.token()
  if (note !== undefined) out.note(note, 'yellow')
  const shown: Transport = async (url, request) => {
    if (isCurl) {
      await out.line(curl(url, request))
      throw new NotSent()
    }
    if (showsRequests) out.draw(`${out.paintError('dim', curl(url, request))}\n`)
    return transport(url, request)
  }
  return createClient({
    url: target.url,
    ...(isCurl && { retries: { tries: 1 } }),
    // Without a token the gateway says so itself.
    ...(token !== undefined && { token }),
    fetch: shown,
  })
}

function certificatesIn(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`ca: ${(error as Error).message}`)
  }
}

/** The request as a command for a shell, with the token as `$TOKEN`. */
function curl(url: string, { method, headers, body }: Parameters<Transport>[1]): string {
  const words = ['curl', ...(method === 'GET' ? [] : ['-X', method])]
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'accept') continue
    words.push('-H', name === 'authorization' ? '"authorization: Bearer $TOKEN"' : quoted(`${name}: ${value}`))
  }
  if (body !== undefined) words.push('-d', quoted(body))
  return [...words, quoted(url)].join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
