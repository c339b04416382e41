/**
 * Reads a container's output from the file in which Podman's monitor keeps it (`k8s-file`). The file has all lines,
 * while Podman's API loses lines when it follows fast output.
 */
import { watch } from 'node:fs'
import { access, constants, type FileHandle, open } from 'node:fs/promises'
import type { ContainerInspectInfo } from 'dockerode'
import type { LogLine } from '../runtime.ts'
import { createLineReader, type LogFilePosition } from './log-records.ts'

export interface LogFileOptions {
  afterPosition?: string | undefined
  /**
   * Resolves when the container has ended and writes no more. If it is undefined, reading stops at the present end of
   * the file.
   */
  containerEnd?: Promise<void> | undefined
  signal: AbortSignal
}

/** The maximum number of bytes read at once, so that reading a long log does not block the event loop. */
const READ_BYTES = 128 * 1024

/** The log file of a container in Podman, if this process can read it. */
export async function findLogFile({ LogPath }: Pick<ContainerInspectInfo, 'LogPath'>): Promise<string | undefined> {
  if (!LogPath) return undefined
  // The paths of a runtime on another machine do not exist here.
  return access(LogPath, constants.R_OK).then(
    () => LogPath,
    () => undefined,
  )
}

/** Returns lines in batches as they are written. The next batch is read only when the caller asks for it. */
export async function* readLogFile(
  path: string,
  { afterPosition, containerEnd, signal }: LogFileOptions,
): AsyncGenerator<LogLine[]> {
  const start = parsePosition(afterPosition)
  let nextChange = Promise.withResolvers<void>()
  let hasEnded = containerEnd === undefined
  const wake = () => nextChange.resolve()
  const end = () => {
    hasEnded = true
    wake()
  }
  containerEnd?.then(end, end)
  signal.addEventListener('abort', wake)
  const watcher = containerEnd && watch(path, wake)
  const file = await open(path).catch((error) => {
    watcher?.close()
    throw error
  })
  try {
    watcher?.on('error', wake)
    let lines = createLineReader(start)
    for (let position = start.readFrom; ; ) {
      signal.throwIfAborted()
      // These two are set before the file is read, so that a change after the read is not missed.
      nextChange = Promise.withResolvers()
      const isLast = hasEnded
      const bytes = await read(file, position)
      position += bytes.length
      const batch = bytes.length > 0 ? lines.add(bytes) : isLast ? lines.end() : []
      if (batch.length > 0) yield batch
      if (bytes.length > 0) continue
      if ((await file.stat()).size < position) {
        // The file was truncated; new records are at its beginning.
        position = 0
        lines = createLineReader({ readFrom: 0, storedUntil: 0 })
        continue
      }
      if (isLast) return
      await nextChange.promise
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

/** A position of another format means the beginning: to read all lines again is better than to lose a line. */
function parsePosition(position = ''): LogFilePosition {
  const [, from = '0', end = '0'] = /^(\d+)-(\d+)$/.exec(position) ?? []
  return { readFrom: Number(from), storedUntil: Number(end) }
}
