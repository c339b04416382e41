/** Sends a handler's result: its status, headers and body, compressed if the client accepts that, or 304. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Replay } from '../changes.ts'
import type { RequestSteps } from '../exchange.ts'
import { exchangeOf, setCommonHeaders } from '../request-state.ts'
import type { Route, RouteSchema } from '../route.ts'
import { Answer, type SerialisedAnswer } from './answer.ts'
import { addToVary, type CompressedBodies, compress, encodingFor, isCompressible } from './compression.ts'
import { etagOf, matchesEtag } from './etag.ts'
import { alwaysRevalidate, nextLink } from './serialised-head.ts'

export function sendValue(
  request: FastifyRequest,
  reply: FastifyReply,
  value: unknown,
  { method, schema }: Route,
  draining: AbortSignal,
): FastifyReply {
  if (value instanceof Replay) return sendReplay(request, reply, value, draining)
  const answer = value instanceof Answer ? value : new Answer(200, value)
  const type = answer.text?.type ?? schema.produces ?? 'application/json'
  setCommonHeaders(request, reply, draining)
  reply.code(answer.status).headers(answer.headers)
  const next = nextCursorOf(answer.value, schema)
  if (next) reply.header('link', nextLink(request.raw.url ?? '', next))
  if (schema.alsoProduces) reply.header('vary', addToVary(reply.getHeader('vary'), 'Accept'))
  if (answer.value === null) return reply.header('cache-control', 'no-store').send()
  const body = type === 'application/json' ? jsonOf(answer.value) : textOf(answer.text?.payload ?? String(answer.value))
  reply.type(type === 'application/json' ? type : `${type}; charset=utf-8`)
  if (method !== 'GET' || answer.status !== 200) {
    reply.header('cache-control', 'no-store')
    return sendBody(request, reply, body, schema)
  }
  reply.headers({ etag: body.etag, age: '0', 'cache-control': alwaysRevalidate })
  return sendBody(request, reply, body, schema)
}

interface ResponseBody {
  payload: string
  etag: string
  compressed: CompressedBodies
}

/** Sends the body, compressed if the client accepts that, or 304 if the client already has the body. */
function sendBody(
  request: FastifyRequest,
  reply: FastifyReply,
  { payload, etag, compressed: known }: ResponseBody,
  { isNeverCompressed }: RouteSchema,
): FastifyReply {
  const varies = !isNeverCompressed && isCompressible(payload.length)
  if (varies) reply.header('vary', addToVary(reply.getHeader('vary'), 'Accept-Encoding'))
  const encoding = varies ? encodingFor(request.headers['accept-encoding'], payload.length, known) : undefined
  const ifNoneMatch = reply.hasHeader('etag') ? request.headers['if-none-match'] : undefined
  if (encoding && reply.hasHeader('etag')) reply.header('etag', `W/${etag}`)
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag))
    return reply.code(304).removeHeader('content-type').send()
  if (!encoding) return reply.send(payload)
  reply.header('content-encoding', encoding)
  return sendWhenCompressed(reply, compress(payload, encoding, known))
}

function sendWhenCompressed(reply: FastifyReply, body: Buffer | Promise<Buffer>): FastifyReply {
  if (!(body instanceof Promise)) return reply.send(body)
  body.then(
    (bytes) => reply.send(bytes),
    (error) => reply.send(error),
  )
  return reply
}

function textOf(payload: string): ResponseBody {
  return { payload, etag: etagOf(payload), compressed: new Map() }
}

function sendReplay(
  request: FastifyRequest,
  reply: FastifyReply,
  { answer }: Replay,
  draining: AbortSignal,
): FastifyReply {
  setCommonHeaders(request, reply, draining)
  const type = answer.status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8'
  reply.code(answer.status).headers({ ...answer.headers, 'cache-control': 'no-store', 'idempotent-replayed': 'true' })
  // The body is sent as bytes, because Fastify adds a charset to the media type of a text.
  return answer.body === '' ? reply.send() : reply.type(type).send(Buffer.from(answer.body))
}

export function sendSerialised(
  request: FastifyRequest,
  reply: FastifyReply,
  serialised: SerialisedAnswer,
  schema: RouteSchema,
  requestSteps: RequestSteps,
): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding'], serialised.payload.length, serialised.compressed)
  const { status, headers, ageMs } = requestSteps.head(exchangeOf(request), serialised, {
    url: request.raw.url ?? '',
    ifNoneMatch: request.headers['if-none-match'],
    encoding,
    schema,
    isHttps: request.protocol === 'https',
  })
  request.ageMs = ageMs
  const { vary } = headers
  if (vary) headers.vary = addToVary(reply.getHeader('vary'), vary)
  reply.code(status).headers(headers)
  if (status === 304) return reply.send()
  if (!encoding) return reply.send(serialised.payload)
  return sendWhenCompressed(
    reply,
    compress(serialised.payload, encoding, serialised.compressed, serialised.onCompressed),
  )
}

/** Serialised values: a value that several requests share is serialised once. */
const bodiesByValue = new WeakMap<object, ResponseBody>()

function jsonOf(value: unknown): ResponseBody {
  const known = typeof value === 'object' && value !== null ? bodiesByValue.get(value) : undefined
  if (known) return known
  const payload = JSON.stringify(value)
  const made: ResponseBody = { payload, etag: etagOf(payload), compressed: new Map() }
  if (typeof value === 'object' && value !== null) bodiesByValue.set(value, made)
  return made
}

function nextCursorOf(value: unknown, schema: RouteSchema): string | undefined {
  if (!schema.query?.cursor || typeof value !== 'object' || value === null || !('nextCursor' in value)) return undefined
  return typeof value.nextCursor === 'string' ? value.nextCursor : undefined
}
