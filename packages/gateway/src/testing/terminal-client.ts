/** A client of a terminal's WebSocket, as a browser or a command line would be. */
import { WebSocket } from 'ws'

export interface TerminalClient {
  socket: WebSocket
  type: (text: string | Uint8Array) => void
  resize: (columns: number, rows: number) => void
  /** All output so far. */
  shown: () => string
  /** All output so far, as bytes. */
  bytes: () => Buffer
  warnings: string[]
  /** Resolves when the output matches. Rejects when the session ends before. */
  waitUntilShown: (pattern: RegExp) => Promise<string>
  /** Resolves with the `exit` message. Its code is null, because AWS does not report the exit code of a terminal. */
  exit: Promise<{ code: number | null; reason: string }>
  /** Resolves when the connection is closed. */
  closed: Promise<void>
}

interface ConnectOptions {
  origin?: string
  protocol?: string
}

const subprotocol = 'ecs-api.exec.v1'

/** @param url of the gateway @param path the member `url` of the response that opened the session */
export function connectTerminal(url: string, path: string, options: ConnectOptions = {}): TerminalClient {
  const { protocol = subprotocol, origin } = options
  const socket = new WebSocket(url.replace(/^http/, 'ws') + path, protocol, origin === undefined ? {} : { origin })
  const exit = Promise.withResolvers<{ code: number | null; reason: string }>()
  const closed = Promise.withResolvers<void>()
  const opened = new Promise((resolve) => socket.once('open', resolve))
  const warnings: string[] = []
  const decoder = new TextDecoder()
  let shown = ''
  const chunks: Buffer[] = []
  let onShown = () => {}
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      chunks.push(data as Buffer)
      shown += decoder.decode(data as Buffer, { stream: true })
      onShown()
      return
    }
    const message = JSON.parse(String(data))
    if (message.warning) warnings.push(message.warning)
    if (message.exit) exit.resolve(message.exit)
  })
  socket.on('unexpected-response', (_, response) => {
    let text = ''
    response.on('data', (chunk) => {
      text += chunk
    })
    response.on('end', () => {
      exit.reject(new Error(`${response.statusCode} ${text}`))
      closed.resolve()
    })
  })
  socket.on('error', (error) => exit.reject(error))
  socket.on('close', (code, reason) => {
    closed.resolve()
    exit.reject(new Error(`closed without exit: ${code} ${reason}`))
  })
  exit.promise.catch(() => {})
  return {
    socket,
    type: (text) => void opened.then(() => socket.send(Buffer.from(text as string))),
    resize: (columns, rows) => void opened.then(() => socket.send(JSON.stringify({ resize: { columns, rows } }))),
    shown: () => shown,
    bytes: () => Buffer.concat(chunks),
    warnings,
    waitUntilShown: (pattern) =>
      Promise.race([
        new Promise<string>((resolve) => {
          const check = () => {
            if (pattern.test(shown)) resolve(shown)
          }
          onShown = check
          check()
        }),
        exit.promise.then(({ reason }) => {
          if (pattern.test(shown)) return shown
          throw new Error(`the session ended (${reason}: ${warnings}) after printing only: ${shown.slice(-2000)}`)
        }),
      ]),
    exit: exit.promise,
    closed: closed.promise,
  }
}
