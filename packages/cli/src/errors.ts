/** The errors of the command line and their exit codes. */

/** The exit codes, as `help exit-codes` shows them. */
export const exitCodes: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'done as requested; also: nothing to do'],
  ['1', 'a bug in ecs-api'],
  ['2', 'not understood: command, flag, argument; nothing was sent'],
  [
    '3',
    'rejected: invalid, a conflict, a guardrail, changed since the plan, not offered here, or a question answered with no',
  ],
  ['4', 'not signed in, or not permitted'],
  ['5', 'not found'],
  ['6', 'the deployment or the task failed, or was rolled back'],
  ['7', 'timeout; the work continues'],
  ['8', 'no response, or AWS does not respond: worth retrying'],
  ['9', '--plan --exit-code: there are changes'],
  ['10', 'needs a person: a question without a terminal'],
  ['11', 'serve, check, store or local-aws: it did not start, or what it checks is wrong'],
  [
    '125',
    'exec failed or has no exit code; otherwise exec and run --wait --exit-with-task return the code of the program',
  ],
  ['130', 'interrupted (SIGINT)'],
  ['143', 'terminated (SIGTERM)'],
]

/** The exit code for a command of the gateway that returned 1: here 1 means a bug. */
export const gatewayFailedExit = 11

/** An error with a sentence for people, an exit code, and the next step where one is known. */
export class CliError extends Error {
  readonly exit: number
  readonly next: string | undefined

  constructor(exit: number, message: string, next?: string) {
    super(message)
    this.exit = exit
    this.next = next
  }
}

/** An error that is reported like its cause, but has an exit code of its own. */
export class CauseWithOwnExit extends CliError {
  constructor(exit: number, cause: unknown) {
    super(exit, cause instanceof Error ? cause.message : String(cause))
    this.cause = cause
  }
}

export class UsageError extends CliError {
  constructor(message: string, next?: string) {
    super(2, message, next)
  }
}

/** The reason with which SIGINT and SIGTERM abort the command's signal. */
export class Interrupted extends CliError {
  constructor(exit: 130 | 143) {
    super(exit, exit === 130 ? 'Interrupted.' : 'Terminated.')
  }
}

/** Thrown when `--curl` has printed a request instead of sending it. */
export class NotSent extends Error {}

/**
 * The exit code for a program that ran in a terminal. AWS does not report the program's own code (null): a normal end
 * is then 0, and a lost connection 125.
 */
export function exitCodeOfProgram(code: number | null, reason: string): number {
  if (code !== null) return code
  return /^(CommandEnded|Closed|Aborted)$/.test(reason) ? 0 : 125
}
