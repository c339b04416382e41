/** The client of the target, with the flags that show requests. */
import { readFileSync } from 'node:fs'
import { type Client, createClient } from '@ecs-api/client'
import { nodeTransport } from '@ecs-api/client/node'
import { NotSent, UsageError } from '../errors.ts'
import type { Out } from '../out/out.ts'
import type { Target } from './target.ts'

type Transport = ReturnType<typeof nodeTransport>

type ShouldPrint = (method: string, url: string) => boolean

export interface ConnectOptions {
  target: Target
  out: Out
  showsRequests: boolean
  /** `--curl`: which requests are printed and not sent; reads before them are sent. */
  shouldPrint: ShouldPrint | undefined
  /** Ends requests under way, on Ctrl-C or when a shell completion takes too long. */
  signal: AbortSignal
}

export async function connectTo({ target, out, showsRequests, shouldPrint, signal }: ConnectOptions): Promise<Client> {
  const transport = transportTo(target)
  // The token is read before the first request: inside a request, the client takes any error for a broken connection.
  const { token, warning } = await target.token()
  if (warning !== undefined) out.note(warning, 'yellow')
  const showingTransport: Transport = async (url, request) => {
    if (shouldPrint?.(request.method, url)) {
      await out.line(curl(url, request))
      throw new NotSent()
    }
    if (showsRequests) out.rawError(`${out.paintError('dim', curl(url, request))}\n`)
    return interruptible(transport, { out, signal })(url, request)
  }
  return createClient({
    url: target.url,
    ...(shouldPrint && { retries: { tries: 1 } }),
    // Without a token, the gateway rejects the request.
    // The client asks for the token before each try, so an interrupted command starts no further try.
    ...(token !== undefined && { token: () => unlessAborted(signal, token) }),
    fetch: showingTransport,
  })
}

/** Requests to the gateway without a token. */
export function transportTo({ ca }: Pick<Target, 'ca'>): Transport {
  return nodeTransport(ca === undefined ? {} : { ca: certificatesIn(ca) })
}

function unlessAborted<T>(signal: AbortSignal, value: T): T {
  signal.throwIfAborted()
  return value
}

/** Ends the request when the command is interrupted. */
function interruptible(transport: Transport, { out, signal }: Pick<ConnectOptions, 'out' | 'signal'>): Transport {
  return async (url, request) => {
    const either = request.signal === undefined ? signal : AbortSignal.any([request.signal, signal])
    try {
      return await transport(url, { ...request, signal: either })
    } catch (error) {
      const isChange = !/^(GET|HEAD)$/.test(request.method) && !url.includes('dryRun=true')
      if (signal.aborted && isChange) out.note('The change was sent and may have been made.', 'yellow')
      throw error
    }
  }
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
  const isStream = headers.accept === 'text/event-stream'
  const words = ['curl', ...(isStream ? ['-N'] : []), ...(method === 'GET' ? [] : ['-X', method])]
  for (const [name, value] of Object.entries(headers)) {
    // curl's own default is `*/*`.
    if (name === 'accept' && value.includes('*/*')) continue
    words.push('-H', name === 'authorization' ? '"authorization: Bearer $TOKEN"' : quoted(`${name}: ${value}`))
  }
  if (body !== undefined) words.push('-d', quoted(body))
  return [...words, quoted(url)].join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
