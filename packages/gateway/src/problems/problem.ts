/**
 * The errors that the gateway throws on purpose. The class gives the HTTP status, `code` identifies the kind of error
 * for programs, and `detail` explains the error to a person. `http/` turns each problem into an RFC 9457 response. No
 * other folder builds error responses.
 *
 * `detail`, `next` and `errors` are for the client and never contain a secret; `cause` is never sent.
 */
import type { ProblemCode } from './codes.ts'

/** One error in the request, with the pointer or name that the client used. */
export type Fault =
  | { in: 'body'; pointer: string; message: string }
  | { in: 'query' | 'path' | 'header'; name: string; message: string }

export interface ProblemOptions {
  /** The client's next step: a sentence that follows the detail. */
  next?: string
  errors?: readonly Fault[]
  /** Further members of the response (RFC 9457, "Extension Members"). */
  extensionMembers?: Readonly<Record<string, unknown>>
  /** Becomes the `Retry-After` header. */
  retryAfterSeconds?: number
  /** Further headers of the response, such as `Allow`. */
  headers?: Readonly<Record<string, string>>
  /** The request id of the AWS call that failed. */
  awsRequestId?: string
  /** For the log. For the rejection of a planned call, it has the broken rule, which gives the pointer in the body. */
  cause?: unknown
}

export abstract class Problem extends Error {
  abstract readonly status: number
  readonly code: string
  /** The explanation, followed by the sentence `next`. */
  readonly detail: string
  readonly options: ProblemOptions

  constructor(code: ProblemCode | AwsCode, detail: string, options: ProblemOptions = {}) {
    super(options.next ? `${detail} ${options.next}` : detail, { cause: options.cause })
    this.name = code
    this.code = code
    this.detail = this.message
    this.options = options
  }
}

/** The name of an AWS exception, which becomes the code of the response unchanged. */
export type AwsCode = `${string}Exception`

export class BadRequest extends Problem {
  readonly status = 400
}
export class Unauthorized extends Problem {
  readonly status = 401
}
export class Forbidden extends Problem {
  readonly status = 403
}
export class NotFound extends Problem {
  readonly status = 404
}
export class MethodNotAllowed extends Problem {
  readonly status = 405
}
export class NotAcceptable extends Problem {
  readonly status = 406
}
export class RequestTimeout extends Problem {
  readonly status = 408
}
export class Conflict extends Problem {
  readonly status = 409
}
export class Gone extends Problem {
  readonly status = 410
}
export class PreconditionFailed extends Problem {
  readonly status = 412
}
export class TooLarge extends Problem {
  readonly status = 413
}
export class UriTooLong extends Problem {
  readonly status = 414
}
export class UnsupportedMediaType extends Problem {
  readonly status = 415
}
export class TooManyRequests extends Problem {
  readonly status = 429
}
export class UpgradeRequired extends Problem {
  readonly status = 426
}
export class HeadersTooLarge extends Problem {
  readonly status = 431
}
/** nginx's status for a request whose client disconnects before the response. It is recorded and never sent. */
export class ClientDisconnected extends Problem {
  readonly status = 499
  constructor() {
    super('ClientDisconnected', 'The client has disconnected.')
  }
}
/** A bug of this program: the only problem with status 500. */
export class InternalError extends Problem {
  readonly status = 500
}
/** A planned feature that is not built yet. The request is rejected, because ignoring the feature would mislead. */
export class NotYetAvailable extends Problem {
  readonly status = 501
  constructor(feature: string, options: ProblemOptions = {}) {
    super('NotYetAvailable', `${feature} is not built yet.`, options)
  }
}
/** The account's AWS endpoint lacks an action. */
export class NotOfferedByAws extends Problem {
  readonly status = 501
  constructor(detail: string, options: ProblemOptions = {}) {
    super('NotOfferedByAws', detail, options)
  }
}
/** AWS failed, or denied a call because the gateway's role lacks a permission. */
export class BadGateway extends Problem {
  readonly status = 502
}
export class Unavailable extends Problem {
  readonly status = 503
}
export class GatewayTimeout extends Problem {
  readonly status = 504
}

/**
 * Converts a `NotFound` for a resource that the body names: the result has the same code, status 400 and the body's
 * pointer. Any other error is returned unchanged.
 */
export function toProblemOfBody(problem: unknown, pointer: string): unknown {
  if (!(problem instanceof NotFound)) return problem
  const { errors: _, ...options } = problem.options
  return new BadRequest(problem.code as ProblemCode, problem.detail, {
    ...options,
    next: undefined,
    errors: [{ in: 'body', pointer, message: problem.detail }],
  })
}

/** Returns the cause's name and message, for the operator. User and password are removed from URLs in it. */
export function causeText({ cause }: Problem): string | undefined {
  if (!(cause instanceof Error)) return undefined
  return `${cause.name}: ${errorText(cause)}`.replace(/:\/\/[^\s@/]+@/g, '://…@')
}

/**
 * Returns the message of an error, which may be any value. When no address of a host can be reached, Node's error has
 * no message: the messages are those of its `errors`, one for each address.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message === '' && error instanceof AggregateError) return error.errors.map(errorText).join(', ')
  return error.message
}

/** Lists the first names of many: `a, b, c and 9 more`. */
export function firstNamesText(names: readonly string[], max = 3): string {
  if (names.length <= max + 1) return names.join(', ')
  return `${names.slice(0, max).join(', ')} and ${names.length - max} more`
}

/** A response lists at most this many errors, because a request can have thousands. */
export const maxReportedFaults = 100
const maxFaultLength = 500

/**
 * Builds a problem's detail and errors. The detail has the first error and the number of the others. The first hundred
 * errors are listed.
 * @param unlisted the number of errors that are not in `faults`
 * @example detailAndErrorsOf('/cpu: must be a number', errors).detail // '/cpu: must be a number (and 2 more).'
 */
export function detailAndErrorsOf(
  first: string,
  faults: readonly Fault[],
  unlisted = 0,
): { detail: string; errors: readonly Fault[]; extensionMembers?: { errorsOmitted: number } } {
  const count = faults.length + unlisted
  const omitted = count - Math.min(faults.length, maxReportedFaults)
  return {
    detail: firstFaultText(shorten(first), count),
    errors: faults.slice(0, maxReportedFaults).map((fault) => {
      const message = shorten(fault.message)
      return fault.in === 'body'
        ? { in: 'body', pointer: shorten(fault.pointer), message }
        : { in: fault.in, name: shorten(fault.name), message }
    }),
    ...(omitted > 0 && { extensionMembers: { errorsOmitted: omitted } }),
  }
}

function shorten(text: string): string {
  return text.length > maxFaultLength ? `${text.slice(0, maxFaultLength)}…` : text
}

/**
 * Returns a sentence of the first error and the number of the others.
 * @param count the number of all errors
 */
export function firstFaultText(fault: string, count: number): string {
  const sentence = count > 1 ? `${fault.replace(/\.$/, '')} (and ${count - 1} more)` : fault
  return /[.?…]$/.test(sentence) ? sentence : `${sentence}.`
}
