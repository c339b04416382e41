/**
 * A recording of a session's output in asciicast v2 (docs.asciinema.org, "asciicast v2"): a header, then a line for
 * each output and each change of the size. Input is not recorded, because it may hold passwords that are not shown.
 */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { TerminalSize } from './channel/channel.ts'

export interface RecordingHeader {
  /** The id of the session in the API; the file's name. */
  id: string
  size: TerminalSize
  /** One line that identifies the session for a reader of the recording. */
  title: string
}

const extension = '.cast'
/** The most output that may wait for the disk. */
const maxUnwrittenBytes = 16_777_216
const dayMs = 86_400_000

export class Recording {
  readonly #stream: WriteStream
  readonly #startedAt = performance.now()
  /** Keeps the bytes of a character whose rest is in the next piece of output. */
  readonly #decoder = new TextDecoder()
  readonly #failureListeners: ((error: Error) => void)[] = []
  #failure: Error | undefined

  constructor(stream: WriteStream) {
    this.#stream = stream
    stream.on('error', (error) => {
      this.#failure = error
      for (const listener of this.#failureListeners) listener(error)
    })
  }

  /** Calls the listener when the recording cannot be written; at once when it has failed before. */
  onFailed(listener: (error: Error) => void): void {
    this.#failureListeners.push(listener)
    if (this.#failure) listener(this.#failure)
  }

  output(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true })
    if (text !== '') this.#write('o', text)
  }

  resize({ columns, rows }: TerminalSize): void {
    this.#write('r', `${columns}x${rows}`)
  }

  end(): void {
    const incompleteCharacter = this.#decoder.decode()
    if (incompleteCharacter !== '') this.#write('o', incompleteCharacter)
    this.#stream.end()
  }

  #write(kind: 'o' | 'r', text: string): void {
    if (this.#failure) return
    if (this.#stream.writableLength > maxUnwrittenBytes)
      return void this.#stream.destroy(new Error('The disk is slower than the output.'))
    const seconds = (performance.now() - this.#startedAt) / 1000
    this.#stream.write(`${JSON.stringify([Number(seconds.toFixed(6)), kind, text])}\n`)
  }
}

/** Opens the recording of a session. @throws Error when the file cannot be made */
export async function openRecording(folder: string, { id, size, title }: RecordingHeader): Promise<Recording> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stream = createWriteStream(join(folder, `${id}${extension}`), { flags: 'wx', mode: 0o600 })
  await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject))
  const header = { version: 2, width: size.columns, height: size.rows, timestamp: Math.floor(Date.now() / 1000), title }
  stream.write(`${JSON.stringify(header)}\n`)
  return new Recording(stream)
}

/**
 * Removes the recordings that are older than `days`. A missing folder has none.
 * @throws Error of the file system
 */
export async function removeOldRecordings(folder: string, days: number): Promise<void> {
  const names = await readdir(folder).catch(unlessMissing([]))
  for (const name of names.filter((each) => each.endsWith(extension))) {
    const file = join(folder, name)
    const modifiedAt = await stat(file).then(({ mtimeMs }) => mtimeMs, unlessMissing(undefined))
    // Another process removes old recordings, too.
    if (modifiedAt !== undefined && Date.now() - modifiedAt > days * dayMs)
      await unlink(file).catch(unlessMissing(undefined))
  }
}

/** For `catch`: the value when a file or folder is missing. */
function unlessMissing<T>(valueIfMissing: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return valueIfMissing
    throw error
  }
}
