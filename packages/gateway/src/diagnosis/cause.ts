/**
 * A cause: a reason why a task stopped or a service makes no progress. The tables of causes (`reason-causes.ts`,
 * `exit-causes.ts`, `event-causes.ts`) hold all of them, and `/docs/causes/{code}` has a page for each. The wordings
 * are AWS's; a wording that no row matches gives the cause `Unknown` with the facts, never a guess.
 */
export interface Cause {
  code: string
  /** `expected`: part of normal operation. */
  severity: 'expected' | 'warning' | 'error'
  /** The cause in plain English, for a heading. */
  title: string
  /** One or two sentences that explain the cause to somebody who does not know ECS well. */
  meaning: string
  /** The next steps, the most promising one first. */
  next: readonly string[]
  /** Instead of `next` for an account of the embedded engine, where the steps differ. */
  nextForLocalAccounts?: readonly string[]
  /** Whether ECS can succeed with the same configuration when it tries again. */
  retryable: boolean
  /** The page of AWS's documentation that has the wording, or another source. */
  source: string
}

/** A cause that is recognized by the wording of a text from AWS. */
export interface TextCause extends Cause {
  /** The text has this cause when all patterns match. */
  patterns: readonly RegExp[]
}

/** The sources of the wordings, mostly pages of AWS's documentation. */
export const wordingSources = {
  stopped: 'ECS Developer Guide, “Amazon ECS stopped tasks error messages”',
  pull: 'ECS Developer Guide, “CannotPullContainer task errors in Amazon ECS”',
  resources: 'ECS Developer Guide, “Troubleshooting Amazon ECS ResourceInitializationError errors”',
  events: 'ECS Developer Guide, “Amazon ECS service event messages”',
  failures: 'ECS Developer Guide, “API failure reasons”',
  shell: 'POSIX, “Shell Command Language”, exit status; signals are 128 plus their number',
} as const
