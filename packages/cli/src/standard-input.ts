import { addAbortSignal } from 'node:stream'
import { text } from 'node:stream/consumers'

/** Reads standard input to its end. @throws the reason of the signal when it aborts */
export async function readStandardInput(signal: AbortSignal): Promise<string> {
  try {
    return await text(addAbortSignal(signal, process.stdin))
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
