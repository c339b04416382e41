/**
 * Runs a command of the service itself. It loads nothing of the command line, which a service that runs for months would
 * carry.
 */
import type { ServiceCommand } from './command.ts'
import { endProcess } from './end-process.ts'
import { serviceFailed } from './errors.ts'
import { serviceCommands } from './service-commands.ts'

/** @returns undefined when `argv` is another command, or asks for help */
export function findServiceCommand(argv: readonly string[]): ServiceCommand | undefined {
  const command = serviceCommands.find(({ name }) => name === argv[0])
  return argv.includes('--help') || argv.includes('-h') ? undefined : command
}

/** @returns the exit code @throws UsageError */
export async function runServiceCommand(command: ServiceCommand, words: readonly string[]): Promise<number> {
  const code = await command.run(words)
  // After an uncaught error, which is a bug, the process has its code already.
  return code === 1 && process.exitCode === undefined ? serviceFailed : code
}

/** Runs the command as this process, and ends it. */
export async function runServiceProcess(command: ServiceCommand, words: readonly string[]): Promise<void> {
  const code = await runServiceCommand(command, words).catch(async (error: unknown) => {
    const [{ reportError }, { outFromFlags }, { Flags }] = await Promise.all([
      import('./report-error.ts'),
      import('./out/from-flags.ts'),
      import('./flags.ts'),
    ])
    const { stdout, stderr, env } = process
    const flags = new Flags({ json: words.includes('--json') })
    return reportError(error, outFromFlags(flags, { environment: env, stdout, stderr, now: Date.now }))
  })
  await endProcess(code)
}
