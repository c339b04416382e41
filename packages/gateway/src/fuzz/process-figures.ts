/** Memory, open files and long turns of a process that has `diagnostics.ts` loaded. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** A turn of the event loop that took long. */
export interface Turn {
  /** Milliseconds since 1970. */
  endedAt: number
  ms: number
  /** Processor time of all the process's threads meanwhile: much less than `ms` where others had the machine. */
  cpuMs: number
  /** How long it took by what this process did: the shorter of the two. */
  workMs: number
}

export interface Figures {
  residentMiB: number
  /** Of it, JavaScript's objects. */
  heapMiB: number
  /** Open file descriptors. */
  files: number
  /** Active handles and requests of the event loop, by kind. */
  resources: Record<string, number>
  /** Sockets and servers without a listener of `error`: an error of theirs would end the process. */
  unguarded: string[]
  /** The longest first. */
  turns: Turn[]
}

/** @returns Node's options, these among them, and the environment with which a process tells its figures at this Unix socket. */
export function withFigures(
  socketPath: string,
  more: readonly string[] = [],
): { node: string[]; env: Record<string, string> } {
  const diagnostics = fileURLToPath(new URL('./diagnostics.ts', import.meta.url))
  // V8 lets its young generation grow under load and never gives it back: as large as it is from the start, it does not look like a leak.
  const youngGeneration = ['--min-semi-space-size=16', '--max-semi-space-size=16']
  return {
    node: ['--expose-gc', ...youngGeneration, '--import', diagnostics, ...more],
    env: { FUZZ_DIAGNOSTICS: socketPath },
  }
}

export async function figuresOf(socketPath: string): Promise<Figures> {
  return JSON.parse(await text(connect(socketPath))) as Figures
}

export async function turnsOf(socketPath: string): Promise<Turn[]> {
  return (await figuresOf(socketPath)).turns
}
