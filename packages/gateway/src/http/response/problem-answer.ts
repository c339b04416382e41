/** Problems as responses (RFC 9457), and the errors of Fastify and Node as problems. */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'
import { type ProblemCode, problemKind } from '../../problems/codes.ts'
import {
  BadRequest,
  HeadersTooLarge,
  InternalError,
  Problem,
  type ProblemOptions,
  RequestTimeout,
  TooLarge,
  UnsupportedMediaType,
  UriTooLong,
} from '../../problems/problem.ts'
import type { RequestLine } from '../request-line.ts'

const { STATUS_CODES } = process.getBuiltinModule('node:http')

/** A problem as JSON (RFC 9457). */
export function problemBody(problem: Problem, requestId: string): Record<string, unknown> {
  const { errors, awsRequestId, extensionMembers } = problem.options
  return {
    ...extensionMembers,
    type: `/docs/problems/${problem.code}`,
    title: problemKind(problem.code)?.title ?? STATUS_CODES[problem.status],
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    requestId,
    ...(awsRequestId && { awsRequestId }),
    ...(errors && { errors }),
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { retryAfterSeconds, headers } = problem.options
  reply.code(problem.status).type('application/problem+json').header('cache-control', 'no-store')
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  if (headers) reply.headers(headers)
  return reply.serializer(JSON.stringify).send(problemBody(problem, reply.request.id))
}

type ProblemClass = new (code: ProblemCode, detail: string, options?: ProblemOptions) => Problem
type Row = [Class: ProblemClass, code: ProblemCode, detail: string]

const json = 'Send JSON with `Content-Type: application/json`'
const problemsByErrorCode: Record<string, Row> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [TooLarge, 'BodyTooLarge', 'The body has more than 1 MiB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [UnsupportedMediaType, 'UnsupportedMediaType', `Bodies are JSON. ${json}.`],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    BadRequest,
    'MalformedRequest',
    'The body has not the length that Content-Length says.',
  ],
  FST_ERR_BAD_URL: [BadRequest, 'InvalidPath', 'The path is not validly percent-encoded.'],
  FST_ERR_MAX_PARAM_LENGTH: [UriTooLong, 'UriTooLong', 'A part of the path is too long.'],
  ECONNRESET: [BadRequest, 'MalformedRequest', 'The connection ended before the whole body had come.'],
}

/**
 * Converts any thrown value to a problem. Only unexpected errors become 500, and their message goes to the log only.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const row = problemsByErrorCode[codeOf(error)]
  if (row) {
    const [Class, code, detail] = row
    return new Class(code, detail, { cause: error })
  }
  return new InternalError('InternalError', 'The gateway has a fault; its log has the details under the request id.', {
    cause: error,
  })
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

/** Responds to bytes that Node's HTTP parser rejects, so that no request exists. */
export function answerClientError(
  error: Error & { code?: string },
  socket: Socket,
  onAnswered: (line: RequestLine) => void,
): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const problem = parserProblem(error.code)
  const requestId = randomUUID()
  const body = JSON.stringify(problemBody(problem, requestId))
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Server-Timing: aws;dur=0;desc="calls=0"',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
  const unknownFields = {
    method: undefined,
    route: undefined,
    account: undefined,
    token: undefined,
    cause: undefined,
    ageMs: undefined,
    dryRun: undefined,
    replayed: undefined,
    traceId: undefined,
  }
  onAnswered({ ...unknownFields, status: problem.status, code: problem.code, ms: 0, requestId, awsCalls: 0, awsMs: 0 })
}

function parserProblem(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new HeadersTooLarge('HeadersTooLarge', 'The headers have more than 16 KiB.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new RequestTimeout('RequestTimeout', 'The request did not come in time.')
  return new BadRequest('MalformedRequest', 'This is not a well-formed HTTP request.')
}
