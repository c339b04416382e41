/** Causes that are found by the exit code of an essential container, or by ECS's stop code of a task. */
import { type Cause, wordingSources } from './cause.ts'

/** A next step. A diagnosis that has looked for the last lines of the container leaves it out. */
export const readLogStep = 'Read the last log lines of the container: the program usually says why it ended.'

const byExitCode: Readonly<Record<number, Cause>> = {
  0: {
    code: 'ProgramFinished',
    severity: 'warning',
    title: 'The program ended by itself, without an error',
    meaning: 'Exit code 0 is a success for a job. A service needs a program that keeps running.',
    next: ['For a service: run the program in the foreground.', 'For a job: run a task instead of a service.'],
    retryable: false,
    source: wordingSources.shell,
  },
  126: {
    code: 'CommandNotExecutable',
    severity: 'error',
    title: 'The command of the container is not executable',
    meaning: 'The file exists, but may not be executed, or its interpreter is missing.',
    next: ['Set the execute permission of the file in the image (`chmod +x`).'],
    retryable: false,
    source: wordingSources.shell,
  },
  127: {
    code: 'CommandNotFound',
    severity: 'error',
    title: 'The command of the container does not exist in the image',
    meaning: 'The shell found no such command.',
    next: ['Check `command` and `entryPoint` against the image.'],
    retryable: false,
    source: wordingSources.shell,
  },
  134: {
    code: 'ProgramAborted',
    severity: 'error',
    title: 'The program aborted itself (SIGABRT)',
    meaning: 'An assertion failed, or a runtime gave up, for example because its own heap limit was reached.',
    next: [readLogStep],
    retryable: false,
    source: wordingSources.shell,
  },
  137: {
    code: 'ProgramKilled',
    severity: 'error',
    title: 'The container was killed (SIGKILL)',
    meaning:
      'It used more memory than allowed, or it did not end within `stopTimeout` after SIGTERM, or somebody killed it.',
    next: ['Compare the memory metrics with the limit.', 'Handle SIGTERM in the program, or raise `stopTimeout`.'],
    retryable: false,
    source: wordingSources.shell,
  },
  139: {
    code: 'ProgramCrashed',
    severity: 'error',
    title: 'The program crashed (SIGSEGV)',
    meaning: 'The program accessed memory that it does not have. A native library or the program itself has a bug.',
    next: [readLogStep, 'Check that native libraries are built for the image’s operating system.'],
    retryable: false,
    source: wordingSources.shell,
  },
  143: {
    code: 'ProgramTerminated',
    severity: 'warning',
    title: 'The program ended after SIGTERM',
    meaning: 'Something asked the program to end, and it did. ECS does so when it stops a task.',
    next: ['Look at the stop reason of the task.'],
    retryable: false,
    source: wordingSources.shell,
  },
}

const programFailed: Cause = {
  code: 'ProgramFailed',
  severity: 'error',
  title: 'The program ended with an error',
  meaning: 'An essential container exited with an exit code of its own. ECS cannot know why.',
  next: [readLogStep, 'Run the image locally with the same environment.'],
  nextForLocalAccounts: [
    readLogStep,
    'Compare `command` and `environment` of the container with the needs of the program.',
  ],
  retryable: false,
  source: wordingSources.shell,
}

const stoppedByUser: Cause = {
  code: 'StoppedByUser',
  severity: 'expected',
  title: 'Somebody stopped the task',
  meaning: 'A person or a tool called StopTask.',
  next: ['Look for the call in the audit, or in CloudTrail.'],
  retryable: false,
  source: wordingSources.stopped,
}

/** Returns the cause of an essential container's exit. */
export function exitCause(exitCode: number): Cause {
  return byExitCode[exitCode] ?? programFailed
}

/** Returns the cause of ECS's `stopCode`; undefined for stop codes without a cause of their own. */
export function stopCodeCause(stopCode: string | undefined): Cause | undefined {
  return stopCode === 'UserInitiated' ? stoppedByUser : undefined
}

export const exitCauses: readonly Cause[] = [...Object.values(byExitCode), programFailed, stoppedByUser]
