/**
 * Compression of responses (RFC 9110, "Content Negotiation"). A cached answer is compressed once for each encoding that
 * clients request, in zlib's thread pool and not on the event loop. The ETag of a compressed response is weak, because
 * its bytes differ from those of the plain response.
 */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'

/** The encodings in the order of the gateway's preference, for a client that has none. */
const compressors = {
  // The default quality, 11, takes a hundred times as long and saves only another tenth.
  br: (body: Uint8Array | string) => toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  zstd: (body: Uint8Array | string) => toZstd(body),
  gzip: (body: Uint8Array | string) => toGzip(body),
}
const toBrotli = promisify(brotliCompress)
const toZstd = promisify(zstdCompress)
const toGzip = promisify(gzip)

export type Encoding = keyof typeof compressors
const encodings = Object.keys(compressors) as Encoding[]

/** Smaller bodies are not compressed: they fit into one or two packets. */
const minBytes = 2048

/** The compressed forms of one body. A form is a promise while it is being made. */
export type CompressedBodies = Map<Encoding, Buffer | Promise<Buffer>>

const encodingsByHeader = new Map<string, Encoding | undefined>()
const maxRememberedHeaders = 200

/** zlib shares its threads with name lookups, so at most two bodies are compressed at once. Others are sent plain. */
const maxJobs = 2
let runningJobs = 0

/** The encoding for a body of this size; undefined when it is sent plain. */
export function encodingFor(
  acceptEncoding: string | string[] | undefined,
  bytes: number,
  known: CompressedBodies,
): Encoding | undefined {
  if (acceptEncoding === undefined || bytes < minBytes) return undefined
  const encoding = encodingForHeader(String(acceptEncoding))
  return encoding !== undefined && (runningJobs < maxJobs || known.has(encoding)) ? encoding : undefined
}

function encodingForHeader(header: string): Encoding | undefined {
  if (encodingsByHeader.has(header)) return encodingsByHeader.get(header)
  const encoding = preferredEncoding(header)
  if (encodingsByHeader.size < maxRememberedHeaders) encodingsByHeader.set(header, encoding)
  return encoding
}

/** Whether a body of this size may be compressed. Its response then needs `Vary: Accept-Encoding`. */
export function isCompressible(bytes: number): boolean {
  return bytes >= minBytes
}

function preferredEncoding(header: string): Encoding | undefined {
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
  // `identity` (plain) without a weight is acceptable, but not preferred.
  return weight > 0 && weight >= (weights.get('identity') ?? 0) ? best : undefined
}

/**
 * The compressed body, from `known` if it was made before.
 * @param onMade called once the bytes of a new form are known
 */
export function compress(
  body: Uint8Array | string,
  encoding: Encoding,
  known: CompressedBodies,
  onMade?: () => void,
): Buffer | Promise<Buffer> {
  const existing = known.get(encoding)
  if (existing) return existing
  runningJobs++
  const making = compressors[encoding](body).then(
    (bytes) => {
      runningJobs--
      known.set(encoding, bytes)
      onMade?.()
      return bytes
    },
    (error: unknown) => {
      runningJobs--
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
export function addToVary(before: unknown, name: string): string {
  return before === undefined ? name : `${String(before)}, ${name}`
}
