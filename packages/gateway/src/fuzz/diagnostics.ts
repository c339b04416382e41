/**
 * Reports the figures of a fuzzed process. `node --import` loads it before the program, so the program has no switch
 * for it. A connection to the Unix socket that FUZZ_DIAGNOSTICS names gets one line of JSON, taken after a garbage
 * collection (`--expose-gc`).
 */
import { readdirSync, rmSync } from 'node:fs'
import { createServer, Server, Socket } from 'node:net'
import type { Figures, Turn } from './process-figures.ts'

const tickMs = 5
/** Shorter turns are not kept. */
const longMs = 30
const maxTurns = 200

const path = process.env.FUZZ_DIAGNOSTICS
if (path) {
  rmSync(path, { force: true })
  const turns = recordTurns()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const figures: Figures = {
      residentMiB: rss / 2 ** 20,
      heapMiB: heapUsed / 2 ** 20,
      files: openFiles(),
      resources: resourceCounts(),
      unguarded: unguarded(),
      turns,
    }
    socket.end(`${JSON.stringify(figures)}\n`)
  })
  server.on('error', (error) => console.error(error))
  server.listen(path).unref()
}

/** Returns the long turns of the event loop, the longest first. A late tick means a long turn. */
function recordTurns(): Turn[] {
  const longest: Turn[] = []
  let at = performance.now()
  let cpu = process.cpuUsage()
  setInterval(() => {
    const now = performance.now()
    const ms = now - at - tickMs
    if (ms > longMs) {
      const { user, system } = process.cpuUsage(cpu)
      const cpuMs = (user + system) / 1000
      longest.push({ endedAt: performance.timeOrigin + now, ms, cpuMs, workMs: Math.min(ms, cpuMs) })
      longest.sort((a, b) => b.workMs - a.workMs).splice(maxTurns)
    }
    at = performance.now()
    cpu = process.cpuUsage()
  }, tickMs).unref()
  return longest
}

/** Does not count the descriptor that reads the folder. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').length - 1
}

function resourceCounts(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Node has no public name for its active handles. */
function unguarded(): string[] {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles: () => unknown[] }
  return handles().flatMap((handle) => {
    if (handle instanceof Server && handle.listenerCount('error') === 0)
      return [`server ${JSON.stringify(handle.address())}`]
    if (handle instanceof Socket && handle.listenerCount('error') === 0 && canFail(handle))
      return [
        `socket ${handle.localAddress}:${handle.localPort} from ${handle.remoteAddress}:${handle.remotePort}, ${handle.readyState}`,
      ]
    return []
  })
}

/**
 * Excludes destroyed sockets, and pipes that nothing is written to, such as the output of a child process. The console
 * adds its own listener when it writes to standard output.
 */
function canFail(socket: Socket): boolean {
  if (socket.destroyed) return false
  const { _handle: handle } = socket as unknown as { _handle?: { fd?: number } }
  const isStandard = handle?.fd !== undefined && handle.fd >= 0 && handle.fd <= 2
  return !isStandard && (socket.remoteAddress !== undefined || socket.bytesWritten > 0)
}
