/** `?wait=` of tasks: the conditions under which a wait succeeds or fails. */
import type { Container, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import { pollUntil, type WaitOutcome, type WaitTimeout, type WaitVerdict } from '../http/waiting.ts'
import { getTaskDefinition } from '../task-definitions/get.ts'
import { describeTasks } from './get.ts'

/** The outcome, and the last descriptions of the tasks. */
type TaskWaitResult = WaitOutcome & { lastSeen: Task[] }

/** Succeeds when every task has started, also if it has stopped since. Fails when a task stopped before it started. */
export function waitUntilStarted(
  account: Account,
  cluster: string,
  tasks: readonly Task[],
  timeout: WaitTimeout,
): Promise<TaskWaitResult> {
  return waitForTasks(account, cluster, tasks, timeout, (seen) => {
    const neverStarted = seen.find((task) => task.lastStatus === 'STOPPED' && !task.startedAt)
    if (neverStarted)
      return {
        ended: 'failed',
        reason: `task ${idOf(neverStarted)} stopped before it started: ${stopReasonOf(neverStarted)}`,
      }
    const waiting = seen.filter((task) => !task.startedAt).length
    return waiting === 0
      ? { ended: 'reached', reason: 'every task has started' }
      : { waitingFor: `${waiting} of ${seen.length} tasks have not started yet` }
  })
}

/** Succeeds when all tasks have stopped and every essential container has exit code 0. Fails with another exit code. */
export function waitUntilDone(
  account: Account,
  cluster: string,
  tasks: readonly Task[],
  timeout: WaitTimeout,
): Promise<TaskWaitResult> {
  let essential: ReadonlySet<string> | undefined
  // Runs before each poll: a failure of AWS there does not end the wait.
  const prepare = async () => {
    essential ??= await essentialContainers(account, tasks)
  }
  const verdictOn = (seen: Task[]): WaitVerdict => {
    const running = seen.filter((task) => task.lastStatus !== 'STOPPED').length
    if (running > 0) return { waitingFor: `${running} of ${seen.length} tasks have not stopped yet` }
    const failed = seen.find((task) => !hasSucceeded(task, essential!))
    return failed
      ? { ended: 'failed', reason: `task ${idOf(failed)} failed: ${stopReasonOf(failed)}` }
      : { ended: 'reached', reason: 'every task stopped, with exit code 0' }
  }
  return waitForTasks(account, cluster, tasks, timeout, verdictOn, prepare)
}

/** Succeeds when the task has stopped, with any exit code. */
export function waitUntilStopped(
  account: Account,
  cluster: string,
  task: Task,
  timeout: WaitTimeout,
): Promise<TaskWaitResult> {
  return waitForTasks(account, cluster, [task], timeout, ([seen]) =>
    seen === undefined || seen.lastStatus === 'STOPPED'
      ? { ended: 'reached', reason: seen ? stopReasonOf(seen) : 'the task is gone' }
      : { waitingFor: `the task is ${seen.lastStatus}` },
  )
}

function waitForTasks(
  account: Account,
  cluster: string,
  tasks: readonly Task[],
  timeout: WaitTimeout,
  verdictOn: (seen: Task[]) => WaitVerdict,
  prepare?: () => Promise<void>,
): Promise<TaskWaitResult> {
  const ids = tasks.map(idOf)
  const poll = async () => {
    await prepare?.()
    return describeTasks(account, cluster, ids)
  }
  return pollUntil(() => withCallContext({ priority: 'readAfterWrite', caller: 'wait' }, poll), verdictOn, timeout, [
    ...tasks,
  ])
}

async function essentialContainers(account: Account, tasks: readonly Task[]): Promise<ReadonlySet<string>> {
  const [first] = tasks
  const definition = first?.taskDefinitionArn && (await getTaskDefinition(account, first.taskDefinitionArn))
  const containers = definition ? (definition.containerDefinitions ?? []) : []
  return new Set(
    containers.filter((container) => container.essential !== false).map((container) => container.name ?? ''),
  )
}

function hasSucceeded(task: Task, essential: ReadonlySet<string>): boolean {
  return (task.containers ?? []).every((container) => !essential.has(container.name ?? '') || container.exitCode === 0)
}

/** The task's own reason, and the reason or exit code of the container that made it stop. */
export function stopReasonOf(task: Task): string {
  const cause =
    task.containers?.find((container) => container.reason) ??
    task.containers?.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0)
  // The container can have the same reason as the task.
  const taskReason = cause?.reason === task.stoppedReason ? undefined : task.stoppedReason
  return [taskReason, cause && containerReason(cause)].filter(Boolean).join('; ') || 'no reason was given'
}

function containerReason({ name, reason, exitCode }: Container): string {
  const parts = [exitCode !== undefined && `exit code ${exitCode}`, reason].filter(Boolean)
  return `container ${name}: ${parts.join(', ')}`
}

function idOf(task: Task): string {
  return shortName(task.taskArn ?? '')
}
