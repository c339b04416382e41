/** A command's output up to the marker printed after it. Both may arrive in pieces. At most 1 MiB is kept. */

const maxBytes = 1_048_576
/** Room for the text after the marker: at most `:255\r\n`. */
const maxEndLength = 6

export class MarkedOutput {
  readonly #marker: Buffer
  readonly #hasMarker: boolean
  #kept: Buffer[] = []
  #keptBytes = 0
  #total = 0
  /** The last bytes, in which the marker may have begun. */
  #tail = Buffer.alloc(0)
  #end: number | undefined
  #exitCode: number | null = null

  /** @param marker undefined for output without a marker */
  constructor(marker: string | undefined) {
    this.#hasMarker = marker !== undefined
    this.#marker = Buffer.from(marker ?? '')
  }

  /** Adds output. @returns whether the marker has arrived; output after it is dropped */
  add(bytes: Uint8Array): boolean {
    if (this.#end !== undefined) return true
    const room = maxBytes - this.#keptBytes
    if (room > 0) {
      const kept = Buffer.from(bytes.subarray(0, room))
      this.#kept.push(kept)
      this.#keptBytes += kept.byteLength
    }
    this.#total += bytes.byteLength
    return this.#hasMarker && this.#findMarker(bytes)
  }

  #findMarker(bytes: Uint8Array): boolean {
    const tail = Buffer.concat([this.#tail, bytes])
    const at = tail.indexOf(this.#marker)
    const code =
      at < 0 ? undefined : /^:(\d{1,3})\r?\n/.exec(tail.toString('latin1', at + this.#marker.byteLength))?.[1]
    if (code === undefined) {
      this.#tail = tail.subarray(-(this.#marker.byteLength + maxEndLength))
      return false
    }
    this.#end = this.#total - tail.byteLength + at
    this.#exitCode = Number(code)
    return true
  }

  /** The output so far. A multi-byte character that is incomplete at the end is left out. */
  result(): { output: string; exitCode: number | null; truncated: boolean } {
    const end = this.#end ?? this.#total
    const bytes = Buffer.concat(this.#kept).subarray(0, end)
    return {
      output: new TextDecoder().decode(bytes, { stream: true }),
      exitCode: this.#exitCode,
      truncated: end > maxBytes,
    }
  }
}
