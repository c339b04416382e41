/** The errors of the command line and their exit codes. */

/** The exit codes by name. 0 is success, and 1 a bug in ecs-api. */
export const exitCode = {
  usage: 2,
  rejected: 3,
  notPermitted: 4,
  notFound: 5,
  failed: 6,
  timeout: 7,
  unavailable: 8,
  planHasChanges: 9,
  needsPerson: 10,
  /** A command of the gateway returned 1, which means a bug for the other commands. */
  gatewayFailed: 11,
  /** The work is done, but stdout took no text: the disk is full, for example. A closed pipe is no such failure. */
  outputLost: 12,
  /** `exec` itself failed, or cannot know the exit code of the program. Few programs use 125. */
  execFailed: 125,
  interrupted: 130,
  terminated: 143,
} as const

/** The meaning of each exit code, as `help exit-codes` shows it. */
export const exitCodeMeanings: readonly (readonly [code: string, meaning: string])[] = [
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
  ['12', 'done as requested, but the result could not be written, as on a full disk'],
  [
    '125',
    'exec failed or has no exit code; otherwise exec and run --wait --exit-with-task return the code of the program',
  ],
  ['130', 'interrupted (SIGINT)'],
  ['143', 'terminated (SIGTERM)'],
]

/** An error with a sentence for people, an exit code, and the next step if one is known. */
export class CliError extends Error {
  readonly exitCode: number
  /** The next step for the person, such as a command to call. */
  readonly next: string | undefined

  constructor(exitCode: number, message: string, next?: string) {
    super(message)
    this.exitCode = exitCode
    this.next = next
  }
}

/** The members of a problem document (RFC 9457) that a failed or unfinished work adds to its code. */
export interface WorkProblem {
  code: 'DeploymentFailed' | 'TaskFailed' | 'WaitTimeout'
  /** The sentences for people, in one line. */
  detail: string
  /** The service, the task or the cluster's name, as the API returns it. */
  resource?: unknown
  /** The id of the deployment that failed. */
  deployment?: string
  /** The cause that the gateway's diagnosis found. */
  cause?: unknown
}

/** The verdict on a work that failed, or has not ended in time. `--json` prints its problem. */
export class WorkFailed extends CliError {
  readonly problem: WorkProblem

  constructor(exitCode: number, message: string, next: string | undefined, problem: WorkProblem) {
    super(exitCode, message, next)
    this.problem = problem
  }
}

/** An error that is reported like its cause, but with another exit code. */
export class CauseWithOtherExitCode extends CliError {
  constructor(exitCode: number, cause: unknown) {
    super(exitCode, cause instanceof Error ? cause.message : String(cause))
    this.cause = cause
  }
}

export class UsageError extends CliError {
  constructor(message: string, next?: string) {
    super(exitCode.usage, message, next)
  }
}

/** The reason with which SIGINT and SIGTERM abort the command's signal. */
export class Interrupted extends CliError {
  constructor(code: 130 | 143) {
    super(code, code === exitCode.interrupted ? 'Interrupted.' : 'Terminated.')
  }
}

/** Thrown when `--curl` has printed a request instead of sending it. */
export class NotSent extends Error {}

/**
 * The exit code for a program that ran in a terminal. AWS does not report the program's own code (null): a normal end
 * is then 0, and a lost connection `execFailed`.
 */
export function exitCodeOfProgram(code: number | null, reason: string): number {
  if (code !== null) return code
  return /^(CommandEnded|Closed|Aborted)$/.test(reason) ? 0 : exitCode.execFailed
}
