import type { ExecRequest } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { findServiceOrTask, type ResolvedTaskRef } from '../context/references.ts'
import { CauseWithOtherExitCode, CliError, exitCode, exitCodeOfProgram, Interrupted } from '../errors.ts'
import { attachTerminal } from '../terminal.ts'

/** Opens a terminal in a container. When stdin or stdout is not a terminal, it runs the given command once instead. */
export async function exec(input: CommandInput): Promise<number> {
  const { rest, flags, out, signal } = input
  try {
    const { account, ref } = await taskOf(input)
    const container = flags.text('container')
    const containerOption = container === undefined ? {} : { container }
    const command = rest.length > 0 ? [...rest] : undefined
    const seconds = flags.seconds('timeout')
    if (process.stdin.isTTY && process.stdout.isTTY) {
      if (seconds !== undefined)
        out.note('--timeout is for a command without a terminal, so it has no effect here.', 'yellow')
      const body: ExecRequest & { interactive?: true } = {
        ...containerOption,
        command: command ?? '/bin/sh',
        ...terminalSize(),
      }
      const { code, reason } = await attachTerminal(await account.tasks.exec(ref, body, { signal }), {
        input: process.stdin,
        output: process.stdout,
        onWarning: (text) => out.note(text, 'yellow'),
        signal,
      })
      if (reason !== 'CommandEnded') {
        // The cursor usually stands behind a prompt.
        out.rawError('\n')
        out.note(reason === 'Closed' ? 'The terminal is closed.' : `The terminal ended: ${reason}.`, 'dim')
      }
      return exitCodeOfProgram(code, reason)
    }
    if (command === undefined)
      throw new CliError(
        exitCode.needsPerson,
        'An interactive session needs a terminal, but stdin or stdout is not one.',
        `Run one command: ecs-api exec ${input.args[0]} -- COMMAND`,
      )
    const result = await account.tasks.exec(
      ref,
      { ...containerOption, command, interactive: false },
      { signal, ...(seconds !== undefined && { timeoutSeconds: seconds }) },
    )
    if (out.isForPeople) await out.raw(result.output)
    else await out.data(result)
    if (result.truncated) out.note('The output was cut after 1 MiB.', 'yellow')
    if (result.exitCode !== null) return result.exitCode
    out.note('The exit code is not known: the container has no shell that could report it.', 'yellow')
    return exitCode.execFailed
  } catch (error) {
    if (error instanceof Interrupted || signal.aborted) throw error
    throw withExecExitCode(error)
  }
}

/** The error with the exit code of a failed exec. The exit codes of usage errors and of missing terminals stay. */
function withExecExitCode(cause: unknown): CauseWithOtherExitCode {
  const keepsExit =
    cause instanceof CliError && (cause.exitCode === exitCode.usage || cause.exitCode === exitCode.needsPerson)
  return new CauseWithOtherExitCode(keepsExit ? cause.exitCode : exitCode.execFailed, cause)
}

/** The named task; for a service, its first running one. */
async function taskOf(input: CommandInput): Promise<ResolvedTaskRef> {
  const { service, task } = await findServiceOrTask(input, input.args[0])
  if (task) return task
  const { account, ref } = service
  const { items } = await account.tasks.page({ cluster: ref.cluster, service: ref.name, status: 'RUNNING', limit: 1 })
  if (!items[0])
    throw new CliError(
      exitCode.notFound,
      `No task of ${ref.cluster}/${ref.name} is running.`,
      `ecs-api why ${ref.cluster}/${ref.name}`,
    )
  return { account, ref: { cluster: items[0].cluster, id: items[0].id } }
}

function terminalSize(): { columns: number; rows: number } {
  return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 }
}
