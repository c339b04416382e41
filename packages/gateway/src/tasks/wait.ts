/** `?wait=` of tasks: what counts as reached and as failed. */
import type { Container, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import { type Outcome, until, type Verdict, type WaitTimeout } from '../http/waiting.ts'
import { getTaskDefinition } from '../task-definitions/get.ts'
import { describeTasks } from './get.ts'

type Waited = Outcome & { seen: Task[] }

/** Reached when every task has started (ended since or not), failed when one stopped without. */
export function untilRunning(
  account: Account,
  cluster: string,
  tasks: readonly Task[],
  timeout: WaitTimeout,
): Promise<Waited> {
  return untilTasks(account, cluster, tasks, timeout, (seen) => {
    const stillborn = seen.find((task) => task.lastStatus === 'STOPPED' && !task.startedAt)
    if (stillborn)
      return { ended: 'failed', reason: `task ${idOf(stillborn)} stopped before it ran: ${whyStopped(stillborn)}` }
    const waiting = seen.filter((task) => !task.startedAt).length
    return waiting === 0
      ? { ended: 'reached', reason: 'every task has started' }
      : { waitingFor: `${waiting} of ${seen.length} tasks have not started yet` }
  })
}

/** Reached when all stopped and every essential container exited with 0. */
export function untilDone(
  account: Account,
  cluster: string,
  tasks: readonly Task[],
  timeout: WaitTimeout,
): Promise<Waited> {
  let essential: ReadonlySet<string> | undefined
  // As good as a look at the tasks: they are started, whatever becomes of it.
  const prepare = async () => {
    essential ??= await essentialContainers(account, tasks)
  }
  const judge = (seen: Task[]): Verdict => {
    const running = seen.filter((task) => task.lastStatus !== 'STOPPED').length
    if (running > 0) return { waitingFor: `${running} of ${seen.length} tasks have not stopped yet` }
    const failed = seen.find((task) => !endedWell(task, essential!))
    return failed
      ? { ended: 'failed', reason: `task ${idOf(failed)} failed: ${whyStopped(failed)}` }
      : { ended: 'reached', reason: 'every task stopped, with exit code 0' }
  }
  return untilTasks(account, cluster, tasks, timeout, judge, prepare)
}

/** Reached when it has stopped, however. */
export function untilStopped(account: Account, cluster: string, task: Task, timeout: WaitTimeout): Promise<Waited> {
  return untilTasks(account, cluster, [task], timeout, ([seen]) =>
    seen === undefined || seen.lastStatus === 'STOPPED'
      ? { ended: 'reached', reason: seen ? whyStopped(seen) : 'the task is gone' }
      : { waitingFor: `the task is ${seen.lastStatus}` },
  )
}

function untilTasks(
  account: Account,
  cluster: string,
  tasks: readonly Task[],
  timeout: WaitTimeout,
  judge: (seen: Task[]) => Verdict,
  prepare?: () => Promise<void>,
): Promise<Waited> {
  const ids = tasks.map(idOf)
  const look = async () => {
    await prepare?.()
    return describeTasks(account, cluster, ids)
  }
  return until(() => withCallContext({ priority: 'step', caller: 'wait' }, look), judge, timeout, [...tasks])
}

async function essentialContainers(account: Account, tasks: readonly Task[]): Promise<ReadonlySet<string>> {
  const [first] = tasks
  const definition = first?.taskDefinitionArn && (await getTaskDefinition(account, first.taskDefinitionArn))
  const containers = definition ? (definition.containerDefinitions ?? []) : []
  return new Set(
    containers.filter((container) => container.essential !== false).map((container) => container.name ?? ''),
  )
}

function endedWell(task: Task, essential: ReadonlySet<string>): boolean {
  return (task.containers ?? []).every((container) => !essential.has(container.name ?? '') || container.exitCode === 0)
}

/** The container that says why, else the task's own reason. */
export function whyStopped(task: Task): string {
  const culprit =
    task.containers?.find((container) => container.reason) ??
    task.containers?.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0)
  // The same words twice say no more.
  const own = culprit?.reason === task.stoppedReason ? undefined : task.stoppedReason
  return [own, culprit && told(culprit)].filter(Boolean).join('; ') || 'no reason was given'
}

function told({ name, reason, exitCode }: Container): string {
  const parts = [exitCode !== undefined && `exit code ${exitCode}`, reason].filter(Boolean)
  return `container ${name}: ${parts.join(', ')}`
}

function idOf(task: Task): string {
  return shortName(task.taskArn ?? '')
}
