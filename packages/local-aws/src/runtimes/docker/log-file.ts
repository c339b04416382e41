/**
 * Reads a container's output from the file in which Podman's monitor keeps it (`k8s-file`). Podman's own API loses
 * lines when it follows fast output; the file has all of them. A line's position is the place where it ends in the
 * file.
 */
import { watch } from 'node:fs'
import { access, constants, type FileHandle, open } from 'node:fs/promises'
import type { ContainerInspectInfo } from 'dockerode'
import type { LogLine } from '../runtime.ts'
import { type LogFilePosition, recordsToLines } from './log-records.ts'

export interface LogFileOptions {
  after?: string | undefined
  /**
   * Resolves when the container will write no more. If it is undefined, reading stops at the present end of the file.
   */
  ended?: Promise<void> | undefined
  signal: AbortSignal
}

/** The maximum batch, so that reading a long log does not block the event loop. */
const READ_BYTES = 128 * 1024

/** The log file of a container in Podman, if this process can read it. */
export async function logFileOf({ LogPath }: Pick<ContainerInspectInfo, 'LogPath'>): Promise<string | undefined> {
  if (!LogPath) return undefined
  // The paths of a runtime on another machine do not exist here.
  return access(LogPath, constants.R_OK).then(
    () => LogPath,
    () => undefined,
  )
}

/** Returns lines in batches as they are written. Lines that are not read yet stay in the file. */
export async function* fileLogs(path: string, { after, ended, signal }: LogFileOptions): AsyncGenerator<LogLine[]> {
  const start = positionOf(after)
  let woken = Promise.withResolvers<void>()
  let hasEnded = ended === undefined
  const wake = () => woken.resolve()
  const end = () => {
    hasEnded = true
    wake()
  }
  ended?.then(end, end)
  signal.addEventListener('abort', wake)
  const watcher = ended && watch(path, wake)
  const file = await open(path).catch((error) => {
    watcher?.close()
    throw error
  })
  try {
    watcher?.on('error', wake)
    let lines = recordsToLines(start)
    for (let position = start.from; ; ) {
      signal.throwIfAborted()
      // Both are read before the file, so that no later change is missed.
      woken = Promise.withResolvers()
      const isLast = hasEnded
      const bytes = await read(file, position)
      position += bytes.length
      const portion = bytes.length > 0 ? lines.add(bytes) : isLast ? lines.end() : []
      if (portion.length > 0) yield portion
      if (bytes.length > 0) continue
      if ((await file.stat()).size < position) {
        // The file was truncated; new records are at its beginning.
        position = 0
        lines = recordsToLines({ from: 0, end: 0 })
        continue
      }
      if (isLast) return
      await woken.promise
    }
  } finally {
    signal.removeEventListener('abort', wake)
    watcher?.close()
    await file.close()
  }
}

async function read(file: FileHandle, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position)
  return buffer.subarray(0, bytesRead)
}

/** A position of another format is ignored: a repeated line is better than a lost one. */
function positionOf(position = ''): LogFilePosition {
  const [, from = '0', end = '0'] = /^(\d+)-(\d+)$/.exec(position) ?? []
  return { from: Number(from), end: Number(end) }
}
