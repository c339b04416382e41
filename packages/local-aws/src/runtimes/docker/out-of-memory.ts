/**
 * Finds out whether the kernel killed a container for its memory usage.
 *
 * Only the kernel's log is reliable: it names the cgroup of the killed process, and so the container. The container's
 * own counters disappear with it, and the counters of a parent cgroup do not include its children. The runtime's
 * `OOMKilled` can be false although the container was killed (observed with runc on cgroup v1).
 */
import { closeSync, constants, openSync, readSync } from 'node:fs'

/** Longer than any record of the kernel's log (`CONSOLE_EXT_LOG_MAX`). */
const RECORD_BYTES = 8192

/** Whether the kernel killed the container for its memory usage. False when this process may not read the log. */
export function wasKilledForMemory(containerId: string): boolean {
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

/** All records that the kernel still has, oldest first. */
function* recordsOf(log: number): Generator<string> {
  const buffer = Buffer.alloc(RECORD_BYTES)
  for (;;) {
    try {
      yield buffer.toString('utf8', 0, readSync(log, buffer))
    } catch (error) {
      // EPIPE: records were overwritten during the read, and the next read continues after them. EAGAIN: there are no
      // more records.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return
    }
  }
}
