/**
 * What a container wrote, read from the file that Podman's monitor keeps it in (`k8s-file`). Podman's own way to follow it loses lines when they
 * come fast; the file has all of them. A line's position is where in the file it ends.
 */
import { watch } from 'node:fs'
import { access, constants, type FileHandle, open } from 'node:fs/promises'
import type { ContainerInspectInfo } from 'dockerode'
import type { LogLine } from '../runtime.ts'
import { type Place, recordsToLines } from './log-records.ts'

export interface LogFileWanted {
  after?: string | undefined
  /** Resolves when nothing more will be written. Without it, what is there is all. */
  ended?: Promise<void> | undefined
  signal: AbortSignal
}

/** So that a long log, read at once, leaves others their turn. */
const AT_ONCE_BYTES = 128 * 1024

/** The file of a container's log in Podman, where it can be read here. */
export async function logFileOf({ LogPath }: Pick<ContainerInspectInfo, 'LogPath'>): Promise<string | undefined> {
  if (!LogPath) return undefined
  // Where the runtime is on another machine, its paths lead nowhere.
  return access(LogPath, constants.R_OK).then(
    () => LogPath,
    () => undefined,
  )
}

/** In portions as they come. What is not taken waits in the file. */
export async function* fileLogs(path: string, { after, ended, signal }: LogFileWanted): AsyncGenerator<LogLine[]> {
  const place = placeOf(after)
  let woken = Promise.withResolvers<void>()
  let over = ended === undefined
  const wake = () => woken.resolve()
  const end = () => {
    over = true
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
    let lines = recordsToLines(place)
    for (let position = place.from; ; ) {
      signal.throwIfAborted()
      // Both before the look, so that nothing that comes meanwhile is missed.
      woken = Promise.withResolvers()
      const isLast = over
      const bytes = await read(file, position)
      position += bytes.length
      const portion = bytes.length > 0 ? lines.add(bytes) : isLast ? lines.end() : []
      if (portion.length > 0) yield portion
      if (bytes.length > 0) continue
      if ((await file.stat()).size < position) {
        // Somebody has emptied it: what is written from then on stands at its beginning.
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
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(AT_ONCE_BYTES), 0, AT_ONCE_BYTES, position)
  return buffer.subarray(0, bytesRead)
}

/** One that was not told by this way of reading is none: rather a line twice than one lost. */
function placeOf(position = ''): Place {
  const [, from = '0', end = '0'] = /^(\d+)-(\d+)$/.exec(position) ?? []
  return { from: Number(from), end: Number(end) }
}
