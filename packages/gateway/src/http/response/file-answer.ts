/** A file as a handler's result: its bytes, their forms compressed in advance, and the file's own headers. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { matchesEtag } from './etag.ts'

export interface FileBytes {
  plain: Buffer
  /** Compressed in advance; absent when that is not smaller. */
  br?: Buffer
  gzip?: Buffer
}

export class FileAnswer {
  readonly bytes: FileBytes
  readonly type: string
  readonly etag: string
  readonly headers: Readonly<Record<string, string>>

  constructor(bytes: FileBytes, type: string, etag: string, headers: Readonly<Record<string, string>>) {
    this.bytes = bytes
    this.type = type
    this.etag = etag
    this.headers = headers
  }
}

export function sendFile(request: FastifyRequest, reply: FastifyReply, file: FileAnswer): FastifyReply {
  const { bytes, type, etag, headers } = file
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const encoding = (['br', 'gzip'] as const).find((name) => bytes[name] && new RegExp(`\\b${name}\\b`).test(accepted))
  reply.headers({ ...headers, etag: encoding ? `W/${etag}` : etag, vary: 'Accept-Encoding' })
  const ifNoneMatch = request.headers['if-none-match']
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag)) return reply.code(304).send()
  if (encoding) reply.header('content-encoding', encoding)
  return reply.type(type).send(encoding ? bytes[encoding] : bytes.plain)
}
