/** The client of a target. `--show-requests` and `--curl` print its requests as curl commands. */
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
  /** `--show-requests`: prints each request before it is sent. */
  showsRequests?: boolean
  /** `--curl`: selects the requests that are printed instead of sent. The other requests are sent. */
  isOnlyPrinted?: ((method: string, url: string) => boolean) | undefined
  /** Ends open requests: on Ctrl-C, or when a shell completion takes too long. */
  signal: AbortSignal
}

export async function createTargetClient({
  target,
  out,
  showsRequests,
  isOnlyPrinted,
  signal,
}: ConnectOptions): Promise<Client> {
  const transport = createTransport(target)
  // The token is read before the first request: the client would take a failed read for a failed connection, and retry.
  const { token, warning } = await target.token()
  const { noGateway } = target
  if (warning !== undefined) out.note(warning, 'yellow')
  const printingTransport: Transport = async (url, request) => {
    if (isOnlyPrinted?.(request.method, url)) {
      await out.line(curlCommand(url, request))
      throw new NotSent()
    }
    if (showsRequests && out.stderrIsJson) out.note(curlCommand(url, request))
    else if (showsRequests) out.rawError(`${out.paintError('dim', curlCommand(url, request))}\n`)
    return interruptible(transport, { out, signal })(url, request)
  }
  return createClient({
    url: target.url,
    ...(isOnlyPrinted && { retries: { tries: 1 } }),
    // The client calls `token` before each try, so an interrupted command starts no further try.
    ...(token !== undefined && { token: () => unlessAborted(signal, token) }),
    ...(noGateway && { token: () => Promise.reject(noGateway) }),
    fetch: printingTransport,
  })
}

/** The transport to the gateway. It adds no token. */
export function createTransport({ ca }: Pick<Target, 'ca'>): Transport {
  return nodeTransport(ca === undefined ? {} : { ca: certificatesIn(ca) })
}

function unlessAborted<T>(signal: AbortSignal, value: T): T {
  signal.throwIfAborted()
  return value
}

/** The transport, with requests that also end when `signal` aborts. */
function interruptible(transport: Transport, { out, signal }: Pick<ConnectOptions, 'out' | 'signal'>): Transport {
  return async (url, request) => {
    const anySignal = request.signal === undefined ? signal : AbortSignal.any([request.signal, signal])
    try {
      return await transport(url, { ...request, signal: anySignal })
    } catch (error) {
      const isPlan = /[?&]dryRun=true\b/.test(url)
      const isChange = !/^(GET|HEAD)$/.test(request.method) && !isPlan
      const isCommand = url.endsWith('/exec')
      const sentence = isCommand
        ? 'The command was sent and may still run.'
        : 'The change was sent and may have been made.'
      if (signal.aborted && isChange) out.note(sentence, 'yellow')
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
function curlCommand(url: string, { method, headers, body }: Parameters<Transport>[1]): string {
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
