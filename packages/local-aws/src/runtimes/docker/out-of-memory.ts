/**
 * Whether the kernel killed a container for its use of memory. The container's own counters are gone with it, and the runtime's `OOMKilled` was
 * seen to be false where it should not be (runc on cgroup v1); a parent's counters do not count what happens below. The kernel's log names the
 * killed process's cgroup, and with it the container.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs'

/** Longer than any record of the kernel's log (`CONSOLE_EXT_LOG_MAX`). */
const RECORD_BYTES = 8192

/** False where it is not so, or where the log may not be read: then nothing is known, and nothing is said. */
export function killedForMemory(containerId: string): boolean {
  let log: number
  try {
    log = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return false
  }
  try {
    for (const record of recordsOf(log)) if (record.includes('oom-kill:') && record.includes(containerId)) return true
    return false
  } finally {
    closeSync(log)
  }
}

/** Everything that the kernel still remembers, oldest first. */
function* recordsOf(log: number): Generator<string> {
  const buffer = Buffer.alloc(RECORD_BYTES)
  for (;;) {
    try {
      yield buffer.toString('utf8', 0, readSync(log, buffer))
    } catch (error) {
      // EPIPE: records were overwritten as we read; the next read goes on behind them. EAGAIN: that was all.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return
    }
  }
}
