/**
 * Collects a command's output up to the marker that is printed after it. Output and marker may arrive in pieces. At
 * most 1 MiB is kept.
 */

const maxBytes = 1_048_576
/** The longest text after the marker is `:255\r\n`. */
const maxEndLength = 6

export class MarkedOutput {
  readonly #marker: Buffer
  readonly #hasMarker: boolean
  #kept: Buffer[] = []
  #keptBytes = 0
  #totalBytes = 0
  /** The last bytes. The marker may begin in them. */
  #tail = Buffer.alloc(0)
  /** The number of bytes before the marker; undefined before the marker has arrived. */
  #endOfOutput: number | undefined
  #exitCode: number | null = null

  /** @param marker left out for output without a marker */
  constructor(marker?: string) {
    this.#hasMarker = marker !== undefined
    this.#marker = Buffer.from(marker ?? '')
  }

  /** Adds output. @returns whether the marker has arrived; output after it is dropped */
  add(bytes: Uint8Array): boolean {
    if (this.#endOfOutput !== undefined) return true
    const room = maxBytes - this.#keptBytes
    if (room > 0) {
      const kept = Buffer.from(bytes.subarray(0, room))
      this.#kept.push(kept)
      this.#keptBytes += kept.byteLength
    }
    this.#totalBytes += bytes.byteLength
    return this.#hasMarker && this.#findMarker(bytes)
  }

  #findMarker(bytes: Uint8Array): boolean {
    const tail = Buffer.concat([this.#tail, bytes])
    const start = tail.indexOf(this.#marker)
    const code =
      start < 0 ? undefined : /^:(\d{1,3})\r?\n/.exec(tail.toString('latin1', start + this.#marker.byteLength))?.[1]
    if (code === undefined) {
      this.#tail = tail.subarray(-(this.#marker.byteLength + maxEndLength))
      return false
    }
    this.#endOfOutput = this.#totalBytes - tail.byteLength + start
    this.#exitCode = Number(code)
    return true
  }

  /** Returns the output so far. A multi-byte character that is incomplete at the end is left out. */
  result(): { output: string; exitCode: number | null; truncated: boolean } {
    const end = this.#endOfOutput ?? this.#totalBytes
    const bytes = Buffer.concat(this.#kept).subarray(0, end)
    return {
      output: new TextDecoder().decode(bytes, { stream: true }),
      exitCode: this.#exitCode,
      truncated: end > maxBytes,
    }
  }
}
