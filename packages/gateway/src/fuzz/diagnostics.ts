/**
 * Reports the resource usage of a fuzzed process. `node --import` loads this module before the program, so the program
 * needs no option for it. It listens on the Unix socket in FUZZ_DIAGNOSTICS. Each connection gets one line of JSON with
 * the usage after a garbage collection (`--expose-gc`).
 */
import { readdirSync, rmSync } from 'node:fs'
import { createServer, Server, Socket } from 'node:net'
import type { EventLoopTurn, ResourceUsage } from './resource-usage.ts'

const tickMs = 5
/** Shorter turns of the event loop are not recorded. */
const minTurnMs = 30
const maxTurns = 200

const path = process.env.FUZZ_DIAGNOSTICS
if (path) {
  rmSync(path, { force: true })
  const turns = recordTurns()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const usage: ResourceUsage = {
      residentMiB: rss / 2 ** 20,
      heapMiB: heapUsed / 2 ** 20,
      openFiles: countOpenFiles(),
      resources: resourceCounts(),
      handlesWithoutErrorListener: listHandlesWithoutErrorListener(),
      turns,
    }
    socket.end(`${JSON.stringify(usage)}\n`)
  })
  server.on('error', (error) => console.error(error))
  server.listen(path).unref()
}

/**
 * Starts to record long turns of the event loop: a late tick means a long turn.
 * @returns the list of the longest turns so far, the longest first; it is updated with each further long turn
 */
function recordTurns(): EventLoopTurn[] {
  const longest: EventLoopTurn[] = []
  let lastTickAt = performance.now()
  let cpu = process.cpuUsage()
  setInterval(() => {
    const now = performance.now()
    const durationMs = now - lastTickAt - tickMs
    if (durationMs > minTurnMs) {
      const { user, system } = process.cpuUsage(cpu)
      const cpuMs = (user + system) / 1000
      longest.push({ endedAt: performance.timeOrigin + now, durationMs, cpuMs, busyMs: Math.min(durationMs, cpuMs) })
      longest.sort((a, b) => b.busyMs - a.busyMs).splice(maxTurns)
    }
    lastTickAt = performance.now()
    cpu = process.cpuUsage()
  }, tickMs).unref()
  return longest
}

/** Returns the number of open files, without the descriptor that reads the folder itself. */
function countOpenFiles(): number {
  return readdirSync('/proc/self/fd').length - 1
}

function resourceCounts(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Lists servers and sockets without a listener of `error`. Node has no public API for its active handles. */
function listHandlesWithoutErrorListener(): string[] {
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
 * Whether an error of the socket is possible. Excludes destroyed sockets, and pipes to which nothing is written, such
 * as the output of a child process. Also excludes standard streams: `console` adds a listener when it writes to them.
 */
function canFail(socket: Socket): boolean {
  if (socket.destroyed) return false
  const { _handle: handle } = socket as unknown as { _handle?: { fd?: number } }
  const isStandard = handle?.fd !== undefined && handle.fd >= 0 && handle.fd <= 2
  return !isStandard && (socket.remoteAddress !== undefined || socket.bytesWritten > 0)
}
