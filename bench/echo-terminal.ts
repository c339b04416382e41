/** A terminal whose command prints `ready`, and then what is typed. */
export interface EchoTerminal {
  /** Types a byte and resolves when it has come back. @throws Error when the terminal ends before */
  echoed: () => Promise<void>
  close: () => void
}

export interface EchoTerminalEvents {
  /** Resolves when the command has printed `ready`. @throws Error when the terminal ends before */
  ready: Promise<void>
  onOutput: (bytes: Uint8Array) => void
  onEnd: (reason: string) => void
}

/** @param send sends typed bytes to the command */
export function echoTerminalOver(
  send: (bytes: Uint8Array) => void,
  close: () => void,
): EchoTerminal & EchoTerminalEvents {
  const ready = Promise.withResolvers<void>()
  let awaited = ready
  let shown = ''
  let end: Error | undefined
  return {
    ready: ready.promise,
    close,
    onOutput: (bytes) => {
      shown = (shown + Buffer.from(bytes)).slice(-16)
      if (shown.endsWith('ready\n')) ready.resolve()
      else if (awaited !== ready) awaited.resolve()
    },
    onEnd: (reason) => {
      end ??= new Error(`the terminal ended: ${reason}`)
      awaited.reject(end)
    },
    echoed: async () => {
      if (end) throw end
      awaited = Promise.withResolvers()
      send(Buffer.from('x'))
      await awaited.promise
    },
  }
}
