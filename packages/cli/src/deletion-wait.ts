/** The waits of deletions: until a cluster is empty, so that it can be deleted, and until a deleted service is gone. */
import { setTimeout as pause } from 'node:timers/promises'
import { type AccountClient, isProblem, ProblemError, type Service } from '@ecs-api/client'
import type { CommandInput } from './command.ts'
import { CliError, exitCode, WorkFailed } from './errors.ts'
import { isRetryable } from './problem-text.ts'

const defaultSeconds = 900
const pauseMs = 1_000

const deadlineOf = ({ flags, now }: CommandInput) => now() + (flags.seconds('timeout') ?? defaultSeconds) * 1000

/**
 * Reads the plan of a cluster's deletion. With `--wait` it is read again when the tasks that are stopping have stopped.
 * Each plan is an entry of the audit log, so the wait reads the tasks, and no plan.
 * @param hasTasks whether the cluster has tasks that have not stopped
 * @throws ProblemError for services, and for tasks that are not stopping; CliError at the timeout, and after
 * Ctrl-C
 */
export async function readPlanWhenEmpty<Plan>(
  input: CommandInput,
  cluster: string,
  readPlan: () => Promise<Plan>,
  hasTasks: () => Promise<boolean>,
): Promise<Plan> {
  const { flags, out, now, signal } = input
  const deadline = deadlineOf(input)
  const next = `Delete it when they have stopped: ecs-api clusters delete ${cluster} --wait`
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await readPlan()
    } catch (error) {
      const isWaiting = flags.isSet('wait') && error instanceof ProblemError && isRetryable(error.problem)
      if (!isWaiting) throw error
      const [sentence] = error.message.split(/(?<=\.) /, 1)
      if (isFirst) out.note(`${sentence} Waiting until they have stopped.`)
      do {
        const detail = `${sentence} It was not deleted.`
        if (now() >= deadline) throw new WorkFailed(exitCode.timeout, detail, next, { code: 'WaitTimeout', detail })
        await unlessInterrupted(signal, pause(pauseMs, undefined, { signal }), 'The cluster was not deleted.', next)
      } while (await unlessInterrupted(signal, hasTasks(), 'The cluster was not deleted.', next))
    }
  }
}

/**
 * Follows a deleted service until it is INACTIVE. The deletion is not sent again: each request of a change is an
 * entry of the audit log.
 * @throws CliError at the timeout, and after Ctrl-C
 */
export async function waitForServiceRemoval(
  input: CommandInput,
  { account, ref }: { account: AccountClient; ref: { cluster: string; name: string } },
  deleted: Service,
): Promise<Service> {
  const { flags, out, signal } = input
  const name = `${ref.cluster}/${ref.name}`
  const timeout = AbortSignal.timeout((flags.seconds('timeout') ?? defaultSeconds) * 1000)
  out.note(`Waiting until the tasks of ${name} have stopped.`)
  const next = `See it: ecs-api services get ${name}`
  let last = deleted
  const follow = async () => {
    for await (const event of account.services.watch(ref, { signal: AbortSignal.any([signal, timeout]) })) {
      if (event.type === 'problem') continue
      last = event.resource
      if (event.type === 'deleted') break
    }
    return { ...last, status: 'INACTIVE' }
  }
  try {
    return await unlessInterrupted(signal, follow(), 'The deletion continues.', next)
  } catch (error) {
    // The service was deleted before the stream was open.
    if (isProblem(error, 'ServiceNotFound')) return { ...last, status: 'INACTIVE' }
    if (!timeout.aborted || signal.aborted) throw error
    const detail = `The tasks of ${name} have not stopped yet. ECS goes on with the deletion.`
    throw new WorkFailed(exitCode.timeout, detail, next, { code: 'WaitTimeout', detail, resource: last })
  }
}

/** @throws CliError with the sentence, the next command and the exit code of the signal when the signal aborts */
async function unlessInterrupted<T>(signal: AbortSignal, wait: Promise<T>, sentence: string, next: string): Promise<T> {
  try {
    return await wait
  } catch (error) {
    if (!signal.aborted) throw error
    throw new CliError((signal.reason as CliError).exitCode, sentence, next)
  }
}
