import type { AccountClient, Task, TaskRun } from '@ecs-api/client'
import { taskSentence } from '@ecs-api/client/words'
import type { Input } from '../command.ts'
import { findCluster } from '../context/references.ts'
import { CliError, UsageError } from '../errors.ts'
import type { Out } from '../out/out.ts'
import { defaultTimeoutSeconds } from '../progress/follow-rollout.ts'
import { clockText, type ProgressMode, startProgress } from '../progress/progress.ts'
import { taskShape } from '../shapes/tasks.ts'

/** Runs a task. Words after `--` replace the container's command. `--wait` follows the task to its end. */
export async function runTask(input: Input): Promise<number> {
  const { args, flags, out, rest } = input
  const { account, ref: cluster } = await findCluster(input)
  const [definition] = args as [string]
  const body: TaskRun = { taskDefinition: definition, count: flags.integer('count') ?? 1 }
  const container = flags.text('container')
  if (rest.length > 0) {
    const name = container ?? (await mainContainer(account, definition))
    body.overrides = { containerOverrides: [{ name, command: [...rest] }] }
  }
  if (flags.isSet('exit-with-task') && (body.count !== 1 || !flags.isSet('wait')))
    throw new UsageError('--exit-with-task needs --wait and one task.')
  const { items, failures } = await account.tasks.run(cluster, body)
  for (const { reason, detail } of failures) out.note(`Not started: ${reason} ${detail}`, 'red')
  if (!flags.isSet('wait')) {
    await out.list(taskShape, { items, nextCursor: null })
    noteLogs(out, items)
    return failures.length > 0 ? 6 : 0
  }
  const endedTasks = await followTasks(input, account, items)
  await out.list(taskShape, { items: endedTasks, nextCursor: null })
  const exitCode = exitCodeOf(endedTasks[0]!)
  if (flags.isSet('exit-with-task') && exitCode !== undefined) return exitCode
  const failed = endedTasks.filter((task) => exitCodeOf(task) !== 0)
  if (failed.length + failures.length === 0) {
    noteLogs(out, endedTasks)
    return 0
  }
  const [first] = failed
  const sentence = first
    ? `${taskSentence(first, input.now()).text} ${first.stoppedReason ?? ''}`.trim()
    : 'It did not start.'
  throw new CliError(
    6,
    `✗ ${definition}: ${sentence}`,
    first && `Why: ecs-api why ${first.cluster}/${first.id.slice(0, 12)}`,
  )
}

function noteLogs(out: Out, [first]: readonly Task[]): void {
  if (first) out.note(`Its lines: ecs-api logs ${first.cluster}/${first.id.slice(0, 12)}`, 'dim')
}

async function mainContainer(account: AccountClient, definition: string): Promise<string> {
  const { containerDefinitions } = await account.taskDefinitions.get(definition)
  if (containerDefinitions.length === 1) return containerDefinitions[0]!.name!
  const names = containerDefinitions.map(({ name }) => name).join(', ')
  throw new UsageError(`The command of which container? ${definition} has ${names}.`, 'Add -c CONTAINER.')
}

/** 0 when all containers exited with 0; otherwise the first other exit code; undefined when a container has none. */
function exitCodeOf({ containers }: Task): number | undefined {
  if (containers.some(({ exitCode }) => exitCode === undefined)) return undefined
  return containers.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0
}

async function followTasks(input: Input, account: AccountClient, tasks: readonly Task[]): Promise<Task[]> {
  const { flags, out, environment, signal, now } = input
  const timeoutSeconds = flags.seconds('timeout') ?? defaultTimeoutSeconds
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000)
  const mode = (flags.text('progress') as ProgressMode | undefined) ?? 'auto'
  const title = `Running ${tasks[0]!.taskDefinition}`
  const progress = startProgress({ title, timeoutSeconds, mode, out, environment, now })
  const latestById = new Map(tasks.map((task) => [task.id, task]))
  const showStates = () => {
    const states = [...latestById.values()].map(({ id, lastStatus }) => `${id.slice(0, 8)} ${lastStatus}`)
    progress.update({ lines: states.slice(0, 3), summary: states.join(', ') })
  }
  const started = now()
  try {
    const endedTasks = await Promise.all(
      tasks.map(async (task) => {
        for await (const event of account.tasks.watch(task, { signal: AbortSignal.any([signal, timeout]) })) {
          if (event.type === 'problem') continue
          latestById.set(task.id, event.resource)
          showStates()
          if (event.resource.lastStatus === 'STOPPED' || event.type === 'deleted') break
        }
        return latestById.get(task.id)!
      }),
    )
    progress.end()
    const exitCodes = endedTasks.map((task) => exitCodeOf(task) ?? 'none').join(', ')
    const isGood = endedTasks.every((task) => exitCodeOf(task) === 0)
    if (isGood)
      out.note(`✓ ${tasks[0]!.taskDefinition} ended after ${clockText(now() - started)}, exit ${exitCodes}.`, 'green')
    return endedTasks
  } catch (error) {
    progress.end()
    const next = `ecs-api tasks get ${tasks[0]!.cluster}/${tasks[0]!.id.slice(0, 12)}`
    if (signal.aborted) throw new CliError((signal.reason as CliError).exit, 'The task continues.', next)
    if (timeout.aborted)
      throw new CliError(7, `✗ The task continues after ${clockText(timeoutSeconds * 1000)} (--timeout).`, next)
    throw error
  }
}
