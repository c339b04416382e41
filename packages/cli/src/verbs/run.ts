import type { AccountClient, Task, TaskRun } from '@ecs-api/client'
import { hasRun, taskSentence } from '@ecs-api/client/words'
import type { CommandInput } from '../command.ts'
import { containerChangesOf, containersOfChanges } from '../container-flags.ts'
import { parseClusterReference } from '../context/references.ts'
import { CliError, exitCode, UsageError, WorkFailed } from '../errors.ts'
import type { Flags } from '../flags.ts'
import type { Out } from '../out/out.ts'
import { defaultTimeoutSeconds } from '../progress/follow-rollout.ts'
import { type ProgressMode, startProgress, stopwatchText } from '../progress/progress.ts'
import { taskView } from '../views/tasks.ts'

/** Runs tasks. Words after `--` replace the container's command. `--wait` follows the tasks to their end. */
export async function runTask(input: CommandInput): Promise<number> {
  const { args, flags, out, rest } = input
  const [definition] = args as [string]
  const count = flags.integer('count') ?? 1
  const container = flags.text('container')
  const overrides = containerChangesOf(flags)
  if (container !== undefined && rest.length === 0 && overrides.length === 0)
    throw new UsageError(
      '--container names the container of --env and of the command after --, and there is neither.',
      `Add the command, or leave --container out: ecs-api run ${definition} -c ${container} -- COMMAND`,
    )
  if (flags.isSet('exit-with-task') && (count !== 1 || !flags.isSet('wait')))
    throw new UsageError('--exit-with-task needs --wait and one task.')
  const { account, ref: cluster } = await parseClusterReference(input)
  const body: TaskRun = { taskDefinition: definition, count }
  if (rest.length > 0) overrides.push({ container, fields: { command: [...rest] } })
  const size = sizeOf(flags)
  if (overrides.length > 0 || size) {
    const needsName = overrides.some((override) => override.container === undefined)
    const byName = containersOfChanges(overrides, needsName ? await onlyContainer(account, definition) : '')
    const containerOverrides = byName as NonNullable<TaskRun['overrides']>['containerOverrides']
    body.overrides = { ...size, ...(overrides.length > 0 && { containerOverrides }) }
  }
  const { items, failures } = await account.tasks.run(cluster, body)
  for (const { reason, detail } of failures) out.note(`Not started: ${reason} ${detail}`, 'red')
  if (!flags.isSet('wait')) {
    await out.list(taskView, { items, nextCursor: null })
    noteLogs(out, items)
    return failures.length > 0 ? exitCode.failed : 0
  }
  const [firstStarted] = items
  if (!firstStarted) throw taskFailed(`${definition}: No task started.`)
  const endedTasks = await followTasks(input, account, [firstStarted, ...items.slice(1)])
  await out.list(taskView, { items: endedTasks, nextCursor: null })
  const taskExitCode = exitCodeOf(endedTasks[0])
  if (flags.isSet('exit-with-task') && taskExitCode !== undefined) return taskExitCode
  const failed = endedTasks.filter((task) => exitCodeOf(task) !== 0)
  if (failed.length + failures.length === 0) return 0
  const [firstFailed] = failed
  const sentence = firstFailed
    ? `${taskSentence(firstFailed, input.now()).text} ${firstFailed.stoppedReason ?? ''}`.trim()
    : `${count - items.length} of ${count} tasks did not start.`
  throw taskFailed(`${definition}: ${sentence}`, firstFailed)
}

function taskFailed(sentence: string, task?: Task): WorkFailed {
  const next = task && `Why: ecs-api why ${shortName(task)}${hasRun(task) ? `   ${logHint(task)}` : ''}`
  return new WorkFailed(exitCode.failed, `✗ ${sentence}`, next, {
    code: 'TaskFailed',
    detail: sentence,
    resource: task,
  })
}

function sizeOf(flags: Flags): { cpu?: number; memory?: number } | undefined {
  const [cpu, memory] = [flags.integer('cpu'), flags.integer('memory')]
  if (cpu === undefined && memory === undefined) return undefined
  return { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) }
}

const shortName = ({ cluster, id }: Task): string => `${cluster}/${id.slice(0, 12)}`

/** Names the command that prints the log of a task. */
const logHint = (task: Task): string => `Its log: ecs-api logs ${shortName(task)}`

/** Names the command that prints the log of the first task. */
function noteLogs(out: Out, [first]: readonly Task[]): void {
  if (first) out.note(logHint(first), 'dim')
}

/** @throws UsageError when the definition has several containers */
async function onlyContainer(account: AccountClient, definition: string): Promise<string> {
  const { containerDefinitions } = await account.taskDefinitions.get(definition)
  if (containerDefinitions.length === 1) return containerDefinitions[0]!.name!
  const names = containerDefinitions.map(({ name }) => name).join(', ')
  throw new UsageError(`Which container? ${definition} has ${names}.`, 'Add -c CONTAINER.')
}

/** 0 when all containers exited with 0; otherwise the first other exit code; undefined when a container has none. */
function exitCodeOf({ containers }: Task): number | undefined {
  if (containers.some(({ exitCode }) => exitCode === undefined)) return undefined
  return containers.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0
}

/** At least one task. */
type Tasks = [Task, ...Task[]]

/** Shows the statuses of the tasks until all have stopped. @returns the stopped tasks */
async function followTasks(input: CommandInput, account: AccountClient, tasks: Tasks): Promise<Tasks> {
  const [{ taskDefinition }] = tasks
  const { flags, out, environment, signal, now } = input
  const timeoutSeconds = flags.seconds('timeout') ?? defaultTimeoutSeconds
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000)
  const mode = (flags.text('progress') as ProgressMode | undefined) ?? 'auto'
  const title = `Running ${taskDefinition}`
  const progress = startProgress({ title, timeoutSeconds, mode, out, environment, now })
  const latestById = new Map(tasks.map((task) => [task.id, task]))
  const showStates = () => {
    const states = [...latestById.values()].map(({ id, lastStatus }) => `${id.slice(0, 8)} ${lastStatus}`)
    progress.update({ lines: states.slice(0, 3), summary: states.join(', ') })
  }
  const startedAtMs = now()
  try {
    const endedTasks = (await Promise.all(
      tasks.map(async (task) => {
        for await (const event of account.tasks.watch(task, { signal: AbortSignal.any([signal, timeout]) })) {
          if (event.type === 'problem') continue
          latestById.set(task.id, event.resource)
          showStates()
          if (event.resource.lastStatus === 'STOPPED' || event.type === 'deleted') break
        }
        return latestById.get(task.id)!
      }),
    )) as Tasks
    progress.end()
    const exitCodes = endedTasks.map((task) => exitCodeOf(task) ?? 'none').join(', ')
    const allSucceeded = endedTasks.every((task) => exitCodeOf(task) === 0)
    const isExitPassedOn = flags.isSet('exit-with-task') && exitCodeOf(endedTasks[0]) !== undefined
    const time = stopwatchText(now() - startedAtMs)
    if (allSucceeded) out.note(`✓ ${taskDefinition} ended after ${time}, exit ${exitCodes}.`, 'green')
    if (allSucceeded || isExitPassedOn) noteLogs(out, endedTasks)
    return endedTasks
  } catch (error) {
    progress.end()
    const next = `See it: ecs-api tasks get ${shortName(tasks[0])}   ${logHint(tasks[0])}`
    const continuing = tasks.length === 1 ? 'The task continues' : 'The tasks continue'
    if (signal.aborted) throw new CliError((signal.reason as CliError).exitCode, `${continuing}.`, next)
    if (timeout.aborted) {
      const sentence = `${continuing} after ${stopwatchText(timeoutSeconds * 1000)} (--timeout).`
      const problem = { code: 'WaitTimeout', detail: sentence, resource: latestById.get(tasks[0].id) } as const
      throw new WorkFailed(exitCode.timeout, `✗ ${sentence}`, next, problem)
    }
    throw error
  }
}
