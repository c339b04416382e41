/**
 * The processes of a terminal on this machine: its session leader and the processes of the same session
 * (credentials(7), "Process IDs").
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const GRACE_MS = 1_000
const POLL_MS = 50

/** Ends the processes with SIGHUP, as a closed terminal does. Processes that run after the grace period get SIGKILL. */
export async function hangUpTerminal(leaderPid: number, containerId: string): Promise<void> {
  // A stopped process handles a signal only when it continues.
  for (const signal of ['SIGHUP', 'SIGCONT'] as const) signalAll(processesOf(leaderPid, containerId), signal)
  for (const deadline = Date.now() + GRACE_MS; Date.now() < deadline; await pause(POLL_MS))
    if (processesOf(leaderPid, containerId).length === 0) return
  signalAll(processesOf(leaderPid, containerId), 'SIGKILL')
}

function signalAll(processes: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of processes) {
    try {
      process.kill(pid, signal)
    } catch {
      // The process has already ended.
    }
  }
}

/** The session's processes in this container. The container is checked because process ids are reused. */
function processesOf(leaderPid: number, containerId: string): number[] {
  return readdirSync('/proc')
    .filter(
      (name) =>
        /^\d+$/.test(name) && sessionOf(name) === leaderPid && read(`/proc/${name}/cgroup`).includes(containerId),
    )
    .map(Number)
}

/**
 * The session of a process. 0 for a process that has ended, even as a zombie (proc(5), /proc/pid/stat: state, session).
 */
function sessionOf(pid: string): number {
  const [state, , , session] = read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')
  return state === undefined || 'ZX'.includes(state) ? 0 : Number(session)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
