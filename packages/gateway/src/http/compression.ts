/**
 * Compression of responses (RFC 9110, "Content Negotiation"). A cached answer is compressed once for each encoding that
 * a client asks for, in zlib's thread pool and not on the event loop. The ETag of a compressed response is weak, because
 * its bytes are others than those of the plain one.
 */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'

/** The encodings in the order of the gateway's preference, for a client that has none. */
const compressors = {
  // Its default, 11, takes a hundred times as long for a tenth less.
  br: (body: Uint8Array | string) => toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  zstd: (body: Uint8Array | string) => toZstd(body),
  gzip: (body: Uint8Array | string) => toGzip(body),
}
const toBrotli = promisify(brotliCompress)
const toZstd = promisify(zstdCompress)
const toGzip = promisify(gzip)

export type Encoding = keyof typeof compressors
const encodings = Object.keys(compressors) as Encoding[]

/** Smaller bodies fit into one or two packets anyway. */
const minBytes = 2048

/** The compressed forms of one body; a promise while the first one who asks has it made. */
export type CompressedBodies = Map<Encoding, Buffer | Promise<Buffer>>

const chosen = new Map<string, Encoding | undefined>()
const maxChosen = 200

/** zlib's threads are those of name lookups, too: a body that finds both jobs taken is sent as it is. */
const maxJobs = 2
let jobs = 0

/** The encoding for a body of that size; undefined where it is sent as it is. */
export function encodingFor(
  acceptEncoding: string | string[] | undefined,
  bytes: number,
  known: CompressedBodies,
): Encoding | undefined {
  if (acceptEncoding === undefined || bytes < minBytes) return undefined
  const encoding = chosenFor(String(acceptEncoding))
  return encoding !== undefined && (jobs < maxJobs || known.has(encoding)) ? encoding : undefined
}

function chosenFor(header: string): Encoding | undefined {
  if (chosen.has(header)) return chosen.get(header)
  const encoding = preferred(header)
  if (chosen.size < maxChosen) chosen.set(header, encoding)
  return encoding
}

/** Whether the response to the same request depends on `Accept-Encoding`. */
export function isCompressible(bytes: number): boolean {
  return bytes >= minBytes
}

function preferred(header: string): Encoding | undefined {
  const weights = new Map(
    header.split(',').map((entry) => {
      const [name = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return [name, weight === undefined ? 1 : Number(weight.slice(2))]
    }),
  )
  const weightOf = (encoding: string) => weights.get(encoding) ?? weights.get('*') ?? 0
  const [best] = encodings.toSorted((a, b) => weightOf(b) - weightOf(a))
  const weight = best === undefined ? 0 : weightOf(best)
  // Without a weight for it, `identity` is acceptable, but not preferred.
  return weight > 0 && weight >= (weights.get('identity') ?? 0) ? best : undefined
}

/**
 * The body in the encoding, from `known` where it was made before.
 * @param onMade called once the bytes of a new form are known
 */
export function compressed(
  body: Uint8Array | string,
  encoding: Encoding,
  known: CompressedBodies,
  onMade?: () => void,
): Buffer | Promise<Buffer> {
  const existing = known.get(encoding)
  if (existing) return existing
  jobs++
  const making = compressors[encoding](body).then(
    (bytes) => {
      jobs--
      known.set(encoding, bytes)
      onMade?.()
      return bytes
    },
    (error: unknown) => {
      jobs--
      known.delete(encoding)
      throw error
    },
  )
  known.set(encoding, making)
  return making
}

/** The headers of a compressed response. */
export function compressedHeaders(encoding: Encoding, etag: string | undefined): Record<string, string> {
  return { 'content-encoding': encoding, ...(etag !== undefined && { etag: `W/${etag}` }) }
}

/** `Vary` with one more name. */
export function varying(before: unknown, name: string): string {
  return before === undefined ? name : `${String(before)}, ${name}`
}
