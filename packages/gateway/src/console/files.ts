/**
 * The built console: the files of a folder, which are read again when index.html has changed. The name of an asset has
 * a hash of its content, so browsers cache assets for ever. Browsers request the two HTML documents each time.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { etagOf } from '../http/response/etag.ts'
import { FileAnswer } from '../http/response/file-answer.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Allows scripts, styles and requests of this origin only, so that injected markup cannot run or send anything. */
const contentSecurityPolicy = (styleSources: string, frameAncestors: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styleSources}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    `frame-ancestors ${frameAncestors}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

const documentHeaders = (styleSources: string, frameAncestors: string, frameOptions: 'DENY' | 'SAMEORIGIN') => ({
  'cache-control': 'no-cache',
  'content-security-policy': contentSecurityPolicy(styleSources, frameAncestors),
  'x-frame-options': frameOptions,
  'cross-origin-opener-policy': 'same-origin',
})

const headersOfDocuments: Readonly<Record<string, Record<string, string>>> = {
  'index.html': documentHeaders("'self'", "'none'", 'DENY'),
  // The terminal's library inserts styles. Only the console may show the terminal in a frame.
  'terminal.html': documentHeaders("'self' 'unsafe-inline'", "'self'", 'SAMEORIGIN'),
}
const assetHeaders = { 'cache-control': 'public, max-age=31536000, immutable' }

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

type Files = ReadonlyMap<string, FileAnswer>

export class ConsoleFiles {
  readonly #folder: string
  /** The modification time of index.html, in milliseconds since 1970. */
  #builtAt: number | undefined
  #files: Promise<Files> | undefined

  /** @param folder of the build; it may not exist yet */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** @returns undefined when there is no build, or the build has no such file */
  async find(name: string): Promise<FileAnswer | undefined> {
    const builtAt = await stat(join(this.#folder, 'index.html')).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    if (builtAt === undefined) return undefined
    if (builtAt !== this.#builtAt) {
      this.#builtAt = builtAt
      this.#files = readFiles(this.#folder)
      // A build in progress may lack a file. Then the next request reads the folder again.
      this.#files.catch(() => {
        this.#builtAt = undefined
      })
    }
    return (await this.#files)?.get(name)
  }
}

async function readFiles(folder: string): Promise<Files> {
  const names = (await readdir(folder)).filter((name) => extname(name) in contentTypes)
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
  return new FileAnswer(bytes, contentTypes[extname(name)]!, etagOf(plain), headersOfDocuments[name] ?? assetHeaders)
}
