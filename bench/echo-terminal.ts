/** A terminal whose command prints `ready`, and then every byte that is typed. */
export interface EchoTerminal {
  /** Types a byte and resolves when the command has printed it. @throws Error when the terminal ends before that */
  echoByte: () => Promise<void>
  close: () => void
}

export interface EchoTerminalEvents {
  /** Resolves when the command has printed `ready`; rejects when the terminal ends before that. */
  ready: Promise<void>
  onOutput: (bytes: Uint8Array) => void
  onEnd: (reason: string) => void
}

/**
 * An echo terminal over any connection. The caller passes output and end of the connection to the returned callbacks.
 * @param send sends typed bytes to the command
 */
export function echoTerminalOver(
  send: (bytes: Uint8Array) => void,
  close: () => void,
): EchoTerminal & EchoTerminalEvents {
  const ready = Promise.withResolvers<void>()
  let pendingOutput = ready
  let recentOutput = ''
  let endError: Error | undefined
  return {
    ready: ready.promise,
    close,
    onOutput: (bytes) => {
      recentOutput = (recentOutput + Buffer.from(bytes)).slice(-16)
      if (recentOutput.endsWith('ready\n')) ready.resolve()
      else if (pendingOutput !== ready) pendingOutput.resolve()
    },
    onEnd: (reason) => {
      endError ??= new Error(`the terminal ended: ${reason}`)
      pendingOutput.reject(endError)
    },
    echoByte: async () => {
      if (endError) throw endError
      pendingOutput = Promise.withResolvers()
      send(Buffer.from('x'))
      await pendingOutput.promise
    },
  }
}
