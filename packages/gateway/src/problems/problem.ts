/**
 * The one family of errors that this service throws on purpose. What it is for (404, 409 …) is the class, what exactly happened is the
 * code, and `detail` is the sentence for a person. http/ turns each into an RFC 9457 answer; nobody else builds error answers.
 *
 * Two readers: `detail`, `next` and `errors` go to the client and never carry a secret; `cause` goes to the log only.
 */
import type { ProblemCode } from './codes.ts'

/** One thing wrong with the request, under the name that the client wrote. */
export type Fault =
  | { in: 'body'; pointer: string; message: string }
  | { in: 'query' | 'path' | 'header'; name: string; message: string }

export interface ProblemOptions {
  /** What to do about it: a sentence that follows `detail`. */
  next?: string
  errors?: readonly Fault[]
  /** Further members of the answer, such as what stands in the way (RFC 9457, "Extension Members"). */
  also?: Readonly<Record<string, unknown>>
  /** Becomes the `Retry-After` header. */
  retryAfterSeconds?: number
  /** Further headers of the answer, such as `Allow`. */
  headers?: Readonly<Record<string, string>>
  /** The request id of the AWS call that failed. */
  awsRequestId?: string
  /** For the log. */
  cause?: unknown
}

export abstract class Problem extends Error {
  abstract readonly status: number
  readonly code: string
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

/** An exception's name as AWS gives it; it becomes the code of an answer as it is. */
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
export class HeadersTooLarge extends Problem {
  readonly status = 431
}
/** A fault of this program: the only 500 there is. */
export class InternalError extends Problem {
  readonly status = 500
}
/** Part of the contract, but not built yet: refused rather than ignored. */
export class NotYetAvailable extends Problem {
  readonly status = 501
  constructor(what: string, options: ProblemOptions = {}) {
    super('NotYetAvailable', `${what} is not available yet.`, options)
  }
}
/** AWS failed, or refuses this service's own role. */
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
 * The same fault, met in what a body names instead of in the path: a 400 with the body's pointer and the same code. Anything but a
 * `NotFound` comes back as it is.
 */
export function namedByBody(problem: unknown, pointer: string): unknown {
  if (!(problem instanceof NotFound)) return problem
  const { errors: _, ...options } = problem.options
  return new BadRequest(problem.code as ProblemCode, problem.detail, {
    ...options,
    next: undefined,
    errors: [{ in: 'body', pointer, message: problem.detail }],
  })
}

/** What lies behind a problem, for whoever runs the service: name and words; whatever stands before an `@` in an address may be a password. */
export function causeOf({ cause }: Problem): string | undefined {
  return cause instanceof Error ? `${cause.name}: ${cause.message}`.replace(/:\/\/[^\s@/]+@/g, '://…@') : undefined
}

/** The first few of many names, for a sentence: `a, b, c and 9 more`. */
export function some(names: readonly string[], shown = 3): string {
  if (names.length <= shown + 1) return names.join(', ')
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
}

/** A request can have thousands of faults, and names of any length: a response lists so many, cut to so many characters. */
export const maxFaults = 100
const maxFaultLength = 500

/**
 * Several faults as a problem's detail and errors: the first one as a sentence that counts the others, and the first hundred in full.
 * @param unlisted how many there are besides
 * @example reported('/cpu: must be a number', errors).detail // '/cpu: must be a number (and 2 more).'
 */
export function reported(
  first: string,
  faults: readonly Fault[],
  unlisted = 0,
): { detail: string; errors: readonly Fault[]; also?: { errorsOmitted: number } } {
  const count = faults.length + unlisted
  const omitted = count - Math.min(faults.length, maxFaults)
  return {
    detail: firstOf(cut(first), count),
    errors: faults.slice(0, maxFaults).map((fault) => {
      const message = cut(fault.message)
      return fault.in === 'body'
        ? { in: 'body', pointer: cut(fault.pointer), message }
        : { in: fault.in, name: cut(fault.name), message }
    }),
    ...(omitted > 0 && { also: { errorsOmitted: omitted } }),
  }
}

function cut(text: string): string {
  return text.length > maxFaultLength ? `${text.slice(0, maxFaultLength)}…` : text
}

/** The first of several faults as a sentence that counts the others. */
export function firstOf(fault: string, count: number): string {
  const words = count > 1 ? `${fault.replace(/\.$/, '')} (and ${count - 1} more)` : fault
  return /[.?…]$/.test(words) ? words : `${words}.`
}
