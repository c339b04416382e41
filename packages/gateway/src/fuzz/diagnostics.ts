/**
 * What a fuzzed process tells of itself. `node --import` loads it before the program, so the program has no switch for it: whoever connects to the
 * Unix socket that FUZZ_DIAGNOSTICS names gets one line of JSON, taken after a garbage collection (`--expose-gc`).
 */
import { readdirSync, rmSync } from 'node:fs'
import { createServer, Server, Socket } from 'node:net'
import type { Figures, Turn } from './process-figures.ts'

const tickMs = 5
/** Turns below it are not kept. */
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

/** Long turns of the event loop, the longest first: a tick that comes late tells of one. */
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

/** The one that the counting opens is not counted. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').length - 1
}

function resourceCounts(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Node tells its active handles under no other name. */
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
 * Not one that is destroyed, and no pipe that nothing is written to, such as the output of a child process. What the console writes to standard
 * output brings its own listener.
 */
function canFail(socket: Socket): boolean {
  if (socket.destroyed) return false
  const { _handle: handle } = socket as unknown as { _handle?: { fd?: number } }
  const isStandard = handle?.fd !== undefined && handle.fd >= 0 && handle.fd <= 2
  return !isStandard && (socket.remoteAddress !== undefined || socket.bytesWritten > 0)
}
