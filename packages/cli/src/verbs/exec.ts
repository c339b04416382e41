import type { ExecRequest } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { findServiceOrTask, type TaskRefFound } from '../context/references.ts'
import { CliError, exitCodeOfProgram, Interrupted, ReportedCause } from '../errors.ts'
import { attachTerminal } from '../terminal.ts'

/** Opens a terminal in a container; with a command and no terminal here it runs the command once. */
export async function exec(input: Input): Promise<number> {
  const { rest, flags, out, signal } = input
  try {
    const { account, ref } = await taskOf(input)
    const container = flags.text('container')
    const where = container === undefined ? {} : { container }
    const command = rest.length > 0 ? [...rest] : undefined
    if (process.stdin.isTTY && process.stdout.isTTY) {
      const body: ExecRequest & { interactive?: true } = { ...where, command: command ?? '/bin/sh', ...sizeOf() }
      const { code, reason } = await attachTerminal(await account.tasks.exec(ref, body, { signal }), {
        input: process.stdin,
        output: process.stdout,
        onWarning: (text) => out.note(text, 'yellow'),
        signal,
      })
      return exitCodeOfProgram(code, reason)
    }
    if (command === undefined)
      throw new CliError(10, 'A terminal needs a terminal here, too.', 'Run one command: ecs-api exec TASK -- COMMAND')
    const seconds = flags.seconds('timeout')
    const result = await account.tasks.exec(
      ref,
      { ...where, command, interactive: false },
      { signal, ...(seconds !== undefined && { timeoutSeconds: seconds }) },
    )
    if (out.isForPeople) await out.raw(result.output)
    else await out.value(result, [])
    if (result.truncated) out.note('The output was cut after 1 MiB.', 'yellow')
    return result.exitCode ?? 0
  } catch (error) {
    if (error instanceof Interrupted || signal.aborted) throw error
    throw execFailed(error)
  }
}

/** Any failure of exec itself has the exit code 125, so that it is not mistaken for the program's. */
function execFailed(cause: unknown): ReportedCause {
  const isUsage = cause instanceof CliError && (cause.exit === 2 || cause.exit === 10)
  return new ReportedCause(isUsage ? cause.exit : 125, cause)
}

/** Of a service, its first running task. */
async function taskOf(input: Input): Promise<TaskRefFound> {
  const { service, task } = await findServiceOrTask(input, input.args[0])
  if (task) return task
  const { account, ref } = service
  const { items } = await account.tasks.page({ cluster: ref.cluster, service: ref.name, status: 'RUNNING', limit: 1 })
  if (!items[0])
    throw new CliError(5, `No task of ${ref.cluster}/${ref.name} is running.`, `ecs-api why ${ref.cluster}/${ref.name}`)
  return { account, ref: { cluster: items[0].cluster, id: items[0].id } }
}

function sizeOf(): { columns: number; rows: number } {
  return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 }
}
