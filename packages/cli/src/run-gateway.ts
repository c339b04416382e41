/**
 * Runs a command that runs the gateway itself, such as `serve`. It loads no other module of the command line: those
 * would take memory as long as the gateway runs.
 */
import type { GatewayCommand } from './command.ts'
import { endProcess } from './end-process.ts'
import { exitCode } from './errors.ts'
import { gatewayCommands } from './gateway-commands.ts'

/** @returns undefined when `argv` is another command, or asks for help */
export function findGatewayCommand(argv: readonly string[]): GatewayCommand | undefined {
  const command = gatewayCommands.find(({ name }) => name === argv[0])
  return argv.includes('--help') || argv.includes('-h') ? undefined : command
}

/** @returns the exit code @throws UsageError */
export async function runGatewayCommand(command: GatewayCommand, words: readonly string[]): Promise<number> {
  const code = await command.run(words)
  // An uncaught error, which is a bug, has set `process.exitCode`: then 1 stays 1.
  return code === 1 && process.exitCode === undefined ? exitCode.gatewayFailed : code
}

/** Runs the command, and ends this process with its exit code. */
export async function runGatewayProcess(command: GatewayCommand, words: readonly string[]): Promise<void> {
  const code = await runGatewayCommand(command, words).catch(async (error: unknown) => {
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
