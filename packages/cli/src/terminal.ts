/**
 * Connects this terminal to a terminal in a container. `~.` after a line end closes it, as in ssh; other keys are sent.
 */
import type { Terminal, TerminalExit } from '@ecs-api/client'
import { createEscapeDetector } from './escape-detector.ts'

export interface AttachOptions {
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
  onWarning: (text: string) => void
  signal: AbortSignal
}

export async function attachTerminal(terminal: Terminal, options: AttachOptions): Promise<TerminalExit> {
  const { input, output, onWarning, signal } = options
  const writer = terminal.writable.getWriter()
  const completesEscape = createEscapeDetector()
  const onData = (bytes: Buffer) => {
    if (completesEscape(bytes)) terminal.close()
    // A write fails when the session has just ended.
    else void writer.write(bytes).catch(() => {})
  }
  const onResize = () => terminal.resize({ columns: output.columns || 80, rows: output.rows || 24 })
  const onAbort = () => terminal.close()
  terminal.onWarning = onWarning
  input.setRawMode(true)
  input.on('data', onData)
  output.on('resize', onResize)
  signal.addEventListener('abort', onAbort)
  try {
    const reader = terminal.readable.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if (!output.write(value)) await new Promise((resolve) => output.once('drain', resolve))
    }
    return await terminal.exited
  } finally {
    signal.removeEventListener('abort', onAbort)
    output.off('resize', onResize)
    input.off('data', onData)
    input.setRawMode(false)
    input.pause()
  }
}
