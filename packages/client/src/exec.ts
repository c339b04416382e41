/**
 * A terminal in a container, over a WebSocket with the subprotocol `ecs-api.exec.v1` (docs/terminal.md). Binary
 * messages are input and output, text messages are JSON. The URL is a one-time secret, so no token is sent with it.
 */
import { onAbort } from './abort.ts'
import type { OptionsOf } from './call.ts'
import type { Connection } from './connection.ts'
import { NoResponse } from './problems.ts'

export type ExecOptions = OptionsOf<'execInTask'>

export interface TerminalExit {
  /** Null where AWS does not report it, as for every terminal. */
  code: number | null
  /**
   * Such as `CommandEnded`, `TaskStopped`, `Idle`; `ConnectionLost` when the connection broke, `SlowReader` when 32 MiB
   * were not read, `Aborted`, `Closed`; otherwise the error that ended it, such as a message that is not JSON.
   */
  reason: string
}

export interface Terminal {
  /** The session's id, as in the audit log. */
  readonly id: string
  /** Output. It ends with the session. */
  readonly readable: ReadableStream<Uint8Array>
  /** Input. Closing it ends the session. */
  readonly writable: WritableStream<Uint8Array>
  resize: (size: { columns: number; rows: number }) => void
  /** Sentences for the person, such as that the agent does not respond. */
  onWarning: ((warning: string) => void) | undefined
  readonly exited: Promise<TerminalExit>
  /** Ends the session and its command. */
  close: () => void
}

/** The most bytes of input that wait in the WebSocket. It emits no event when they are sent, so it is polled. */
const maxBufferedBytes = 256 * 1024
const drainCheckMs = 20
/** The bytes of unread output at which the socket is paused. */
const maxOutputBytes = 1024 * 1024
/** The bytes of unread output at which a terminal is closed, because a standard WebSocket cannot be paused. */
const maxUnreadBytes = 32 * 1024 * 1024

/**
 * The `WebSocket` of the package ws can be paused. The gateway and the program in the container then wait for the
 * reader.
 */
type MaybePausable = WebSocket & { pause?: () => void; resume?: () => void }

/** Connects to the session. @throws NoResponse, or the reason of the signal */
export async function openTerminal(
  { options, urlOf }: Connection,
  { id, url }: { id: string; url: string },
  signal?: AbortSignal,
): Promise<Terminal> {
  signal?.throwIfAborted()
  const address = urlOf(url).replace(/^http/, 'ws')
  const socket: MaybePausable = new (options.WebSocket ?? WebSocket)(address, 'ecs-api.exec.v1')
  socket.binaryType = 'arraybuffer'
  const { promise: exited, resolve: onExit } = Promise.withResolvers<TerminalExit>()
  let output: ReadableStreamDefaultController<Uint8Array>
  let exit: TerminalExit | undefined
  const end = (reason: string) => {
    exit ??= { code: null, reason }
    // A paused socket would not receive the end of the closing handshake.
    socket.resume?.()
    socket.close()
  }
  const terminal: Terminal = {
    id,
    exited,
    onWarning: undefined,
    resize: (size) => socket.readyState === 1 && socket.send(JSON.stringify({ resize: size })),
    close: () => end('Closed'),
    readable: new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          output = controller
        },
        pull: () => socket.resume?.(),
        cancel: () => end('Closed'),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: maxOutputBytes }),
    ),
    writable: new WritableStream<Uint8Array>({
      write: async (bytes) => {
        if (socket.readyState !== 1) throw new Error('Terminal closed')
        socket.send(bytes as Uint8Array<ArrayBuffer>)
        while (socket.readyState === 1 && socket.bufferedAmount > maxBufferedBytes)
          await new Promise((resolve) => setTimeout(resolve, drainCheckMs))
      },
      close: () => end('Closed'),
      abort: () => end('Closed'),
    }),
  }
  const opened = Promise.withResolvers<void>()
  // The `WebSocket` of the package ws throws errors that have no handler. `onclose` reports them.
  socket.onerror = () => {}
  socket.onopen = () => opened.resolve()
  const receive = (data: unknown) => {
    if (typeof data !== 'string') {
      output.enqueue(new Uint8Array(data as ArrayBuffer))
      const room = output.desiredSize ?? 0
      if (room <= 0) socket.pause?.()
      if (room < maxOutputBytes - maxUnreadBytes) end('SlowReader')
      return
    }
    const message = JSON.parse(data) as { warning?: string; exit?: TerminalExit }
    if (message.warning !== undefined) terminal.onWarning?.(message.warning)
    exit = message.exit ?? exit
  }
  socket.onmessage = ({ data }: { data: unknown }) => {
    // Messages still arrive until the closing handshake has ended; the stream may be cancelled by then.
    if (exit) return
    try {
      receive(data)
    } catch (error) {
      end(String(error))
    }
  }
  socket.onclose = () => {
    stopListening()
    opened.reject(signal?.aborted ? signal.reason : new NoResponse('Terminal', id, 'closed'))
    onExit(exit ?? { code: null, reason: 'ConnectionLost' })
    try {
      output.close()
    } catch {
      // The reader has cancelled it.
    }
  }
  const stopListening = onAbort(signal, () => end('Aborted'))
  await opened.promise
  return terminal
}
