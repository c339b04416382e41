/**
 * The errors that the client throws. It also throws the caller's abort reason and the errors of the caller's functions.
 */
import type { Problem, ProblemCode, ServiceDeployment } from './resources.ts'

/**
 * Codes of problems that this client finds itself: a reference such as `cluster/service` that cannot be parsed, a wait
 * without its result in time, and a change whose deployment ECS does not name.
 */
type ClientProblemCode = 'InvalidReference' | 'WaitTimeout' | 'DeploymentUnknown'

type Code = ProblemCode | ClientProblemCode

/** A problem (RFC 9457) of the gateway. `name` and `code` are its code, `message` is its detail. */
export class ProblemError extends Error {
  declare readonly name: string
  declare readonly code: Code
  /** The status of the response; 0 for a problem that the client found itself. */
  declare readonly status: number
  declare readonly problem: Problem
  declare readonly requestId: string
  declare readonly retryAfterSeconds: number | undefined
  /** Every error of the request, each with its place. */
  declare readonly errors: NonNullable<Problem['errors']>

  constructor(problem: Problem, retryAfterSeconds?: number) {
    super(problem.detail)
    const { code, status, requestId, errors = [] } = problem
    Object.assign(this, { name: code, code, status, problem, requestId, retryAfterSeconds, errors })
  }
}

/**
 * The deployment that a call made has failed: it was rolled back, stopped or superseded, or its service was deleted.
 */
export class DeploymentFailed extends ProblemError {
  /**
   * Undefined when the gateway reported the failure in the response of the call, or ECS no longer has the deployment.
   */
  declare readonly deployment: ServiceDeployment | undefined

  constructor(problem: Problem, deployment?: ServiceDeployment) {
    super(problem)
    this.deployment = deployment
  }
}

/** The gateway lacks a call that this client has. */
export class NotOnThisGateway extends ProblemError {
  declare readonly gatewayVersion: string
  declare readonly clientVersion: string

  /** @param call method and path, such as `GET /{account}/clusters` */
  constructor(problem: Problem, call: string, gatewayVersion: string, clientVersion: string) {
    super({
      ...problem,
      detail: `The gateway ${gatewayVersion} does not have ${call} of this client ${clientVersion}: ${problem.detail}`,
    })
    this.gatewayVersion = gatewayVersion
    this.clientVersion = clientVersion
  }
}

/** No response arrived. `cause` is the error of the connection. */
export class NoResponse extends Error {
  override readonly name = 'NoResponse'

  /** @param method `Terminal` for a session in a container */
  constructor(method: string, target: string, cause: unknown) {
    super(`${method} ${target}: no response (${reasonOf(cause)}).`, { cause })
  }
}

/**
 * The message of the innermost error. Node's `fetch failed` has it in its cause. For a host with several addresses,
 * Node's error has no message, but an error for each address.
 */
function reasonOf(error: unknown): unknown {
  const { errors: [first] = [], cause = first, message = error } = Object(error)
  return cause ? reasonOf(cause) : message
}

/** Whether an error is a problem, of this code when one is given. */
export function isProblem<C extends Code>(error: unknown, code?: C): error is ProblemError & { code: C } {
  return error instanceof ProblemError && (code === undefined || error.code === code)
}

/** A problem that the client found itself. */
export function clientProblem(code: Code, detail: string, status = 0): Problem {
  return { type: `/docs/problems/${code}`, title: code, status, detail, code, requestId: '' }
}
