/** Prints any error of a command on stderr, with `--json` as a problem document (RFC 9457), and finds its exit code. */
import { DeploymentFailed, NoResponse, type Problem, ProblemError } from '@ecs-api/client'
import { CauseWithOtherExitCode, CliError, exitCode, NotSent, WorkFailed, type WorkProblem } from './errors.ts'
import type { Out } from './out/out.ts'
import { hintFor, withoutRequestSentences } from './problem-text.ts'

const exitCodeOfStatus: Readonly<Record<number, number>> = {
  401: exitCode.notPermitted,
  403: exitCode.notPermitted,
  404: exitCode.notFound,
  410: exitCode.notFound,
  429: exitCode.unavailable,
  502: exitCode.unavailable,
  503: exitCode.unavailable,
  504: exitCode.unavailable,
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode
  if (error instanceof NotSent || (error instanceof NoResponse && error.cause instanceof NotSent)) return 0
  if (error instanceof NoResponse) return exitCode.unavailable
  if (error instanceof DeploymentFailed) return exitCode.failed
  if (!(error instanceof ProblemError)) return 1
  if (error.code === 'TaskFailed') return exitCode.failed
  // The change was made, but its result is not known.
  if (error.code === 'WaitTimeout' || error.code === 'DeploymentUnknown') return exitCode.timeout
  if (error.code === 'InvalidReference') return exitCode.usage
  const { status } = error
  return exitCodeOfStatus[status] ?? (status === 501 || (status >= 400 && status < 500) ? exitCode.rejected : 1)
}

export interface ErrorContext {
  /** The first argument of the command, such as `prod/www`. */
  subject?: string | undefined
  /** Where the token of the command comes from, when that is known. */
  tokenSource?: string | undefined
}

/** Prints the error. @returns the exit code */
export function reportError(error: unknown, out: Out, context: ErrorContext = {}): number {
  const code = exitCodeOf(error)
  if (code === 0) return 0
  if (out.wantsJson) out.errorDocument(problemOf(error, code))
  else {
    for (const line of linesOf(error, context)) (line.startsWith('  next  ') ? out.next : out.error)(line)
    const reported = error instanceof CauseWithOtherExitCode ? error.cause : error
    const next = reported instanceof CliError ? reported.next : undefined
    if (next !== undefined) out.next(next)
  }
  return code
}

const titles: Readonly<Record<WorkProblem['code'], string>> = {
  DeploymentFailed: 'The deployment failed',
  TaskFailed: 'The task failed',
  WaitTimeout: 'The work goes on after the timeout',
}

/**
 * The gateway's problem, or an object of the same form. Its code is that of a failed work, such as `DeploymentFailed`,
 * or `NoResponse`, or otherwise `Exit` with the exit code.
 */
function problemOf(error: unknown, code: number): Problem | object {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof CliError && error.cause instanceof ProblemError) return error.cause.problem
  if (error instanceof WorkFailed) {
    const { code: workCode, ...members } = error.problem
    const type = `/docs/problems/${workCode}`
    return { type, title: titles[workCode], status: 0, code: workCode, ...members, requestId: '' }
  }
  const detail = error instanceof Error ? error.message : String(error)
  const next = error instanceof CliError && error.next !== undefined ? ` ${error.next}` : ''
  const problemCode = error instanceof NoResponse ? 'NoResponse' : `Exit${code}`
  return {
    type: 'about:blank',
    title: 'ecs-api failed',
    status: 0,
    code: problemCode,
    detail: detail + next,
    requestId: '',
  }
}

function linesOf(error: unknown, context: ErrorContext): string[] {
  if (error instanceof CauseWithOtherExitCode) return linesOf(error.cause, context)
  if (error instanceof ProblemError) {
    const { problem, errors, requestId, code } = error
    // When a problem has `errors`, its detail repeats them. The title is shown instead.
    const heading = errors.length > 0 ? problem.title : error.message
    const errorLines = errors.map(({ pointer, name, message }) => `  ${pointer || name || 'the body'}: ${message}`)
    const hint = hintFor(error, context.subject ?? '')
    const shown = (text: string) => (hint === undefined ? text : withoutRequestSentences(text))
    return [
      `${code}: ${shown(heading)}`,
      ...errorLines.map(shown),
      ...(code === 'Unauthorized' ? tokenLines(context) : []),
      ...(hint === undefined ? [] : [hint]),
      ...(/^(InvalidReference|Unauthorized)$/.test(code) ? [] : [`More: ecs-api help ${code}`]),
      ...(requestId ? [`request ${requestId}`] : []),
    ]
  }
  if (error instanceof NoResponse) return [error.message, ...connectionHints(error)]
  if (error instanceof CliError) return error.message.split('\n')
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `This is a bug in ecs-api: ${text}`.split('\n')
}

function tokenLines({ tokenSource }: ErrorContext): string[] {
  if (tokenSource === undefined) return []
  return [tokenSource === 'nowhere' ? 'No token was sent.' : `The token that was sent is the one of ${tokenSource}.`]
}

/** A gateway at a loopback address has most likely not been started. */
function connectionHints({ message }: NoResponse): string[] {
  const isLoopbackUrl = /https?:\/\/(127\.|localhost|\[::1\])/.test(message)
  return [
    ...(isLoopbackUrl ? ['Start the gateway: npm start, or ecs-api serve'] : []),
    'Check the connection: ecs-api doctor',
  ]
}
