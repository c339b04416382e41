/** Memory, open files and long turns of a process that has loaded `diagnostics.ts`. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** A long turn of the event loop. */
export interface EventLoopTurn {
  /** Milliseconds since 1970. */
  endedAt: number
  durationMs: number
  /**
   * Processor time of all threads of the process during the turn: much less than `durationMs` when other processes used
   * the machine.
   */
  cpuMs: number
  /** The duration caused by this process: the smaller of `durationMs` and `cpuMs`. */
  busyMs: number
}

export interface ResourceUsage {
  residentMiB: number
  /** The part of `residentMiB` with JavaScript's objects. */
  heapMiB: number
  /** Open file descriptors. */
  openFiles: number
  /** Active handles and requests of the event loop, by kind. */
  resources: Record<string, number>
  /** Sockets and servers without a listener of `error`. An error of one would end the process. */
  handlesWithoutErrorListener: string[]
  /** Long turns, the longest first. */
  turns: EventLoopTurn[]
}

/**
 * Returns Node's options and the environment with which a process reports its resource usage at this Unix socket.
 */
export function withUsageReport(
  socketPath: string,
  extraNodeOptions: readonly string[] = [],
): { node: string[]; env: Record<string, string> } {
  const diagnostics = fileURLToPath(new URL('./diagnostics.ts', import.meta.url))
  // V8 grows its young generation under load and shrinks it later. With one size from the start, the growth does not
  // look like a leak.
  const youngGeneration = ['--min-semi-space-size=16', '--max-semi-space-size=16']
  return {
    node: ['--expose-gc', ...youngGeneration, '--import', diagnostics, ...extraNodeOptions],
    env: { FUZZ_DIAGNOSTICS: socketPath },
  }
}

export async function resourceUsageOf(socketPath: string): Promise<ResourceUsage> {
  return JSON.parse(await text(connect(socketPath))) as ResourceUsage
}

export async function eventLoopTurnsOf(socketPath: string): Promise<EventLoopTurn[]> {
  return (await resourceUsageOf(socketPath)).turns
}
