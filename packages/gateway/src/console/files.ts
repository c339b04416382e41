/**
 * The built console: the files of a folder, read again when its index has changed. Names of assets have a hash of their
 * content, so browsers cache them for ever. Browsers ask for the two documents each time.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { etagOf } from '../http/etag.ts'
import { FileAnswer } from '../http/file-answer.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Allows scripts, styles and requests of this origin only, so that injected markup can do nothing. */
const policy = (style: string, ancestors: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${style}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    `frame-ancestors ${ancestors}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

const documentHeaders = (style: string, ancestors: string, frame: 'DENY' | 'SAMEORIGIN') => ({
  'cache-control': 'no-cache',
  'content-security-policy': policy(style, ancestors),
  'x-frame-options': frame,
  'cross-origin-opener-policy': 'same-origin',
})

const headersOf: Readonly<Record<string, Record<string, string>>> = {
  'index.html': documentHeaders("'self'", "'none'", 'DENY'),
  // The terminal's library writes styles of its own. Only the console may show it in a frame.
  'terminal.html': documentHeaders("'self' 'unsafe-inline'", "'self'", 'SAMEORIGIN'),
}
const assetHeaders = { 'cache-control': 'public, max-age=31536000, immutable' }

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

type Files = ReadonlyMap<string, FileAnswer>

export class ConsoleFiles {
  readonly #folder: string
  #builtAt: number | undefined
  #files: Promise<Files> | undefined

  /** @param folder of the build; it may not exist yet */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** @returns undefined where the build has no such file, or there is no build */
  async find(name: string): Promise<FileAnswer | undefined> {
    const builtAt = await stat(join(this.#folder, 'index.html')).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    if (builtAt === undefined) return undefined
    if (builtAt !== this.#builtAt) {
      this.#builtAt = builtAt
      this.#files = read(this.#folder)
      // A build in progress may lack a file: the next request reads again.
      this.#files.catch(() => {
        this.#builtAt = undefined
      })
    }
    return (await this.#files)?.get(name)
  }
}

async function read(folder: string): Promise<Files> {
  const names = (await readdir(folder)).filter((name) => extname(name) in types)
  return new Map(await Promise.all(names.map(async (name) => [name, await fileAnswer(folder, name)] as const)))
}

async function fileAnswer(folder: string, name: string): Promise<FileAnswer> {
  const plain = await readFile(join(folder, name))
  const [br, zipped] = await Promise.all([
    toBrotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    toGzip(plain),
  ])
  const bytes = {
    plain,
    ...(br.length < plain.length && { br }),
    ...(zipped.length < plain.length && { gzip: zipped }),
  }
  return new FileAnswer(bytes, types[extname(name)]!, etagOf(plain), headersOf[name] ?? assetHeaders)
}
