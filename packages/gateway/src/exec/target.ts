/** Checks before ECS is called whether a command can run in a task. ECS's own errors do not say what is missing. */
import type { Container, ManagedAgent, Task } from '@aws-sdk/client-ecs'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { type Caller, requireFamilyInFence } from '../http/caller.ts'
import { BadRequest, Conflict, firstNamesText } from '../problems/problem.ts'
import { getTask } from '../tasks/get.ts'
import { requireSessionKey } from './session-key.ts'

/** A container that can run commands. */
export interface ExecTarget {
  account: Account
  cluster: string
  /** The task's id. */
  task: string
  container: string
  /** The id of the container for Systems Manager: `ecs:CLUSTER_TASK_RUNTIMEID`. */
  targetId: string
  /** The family of the task's definition. */
  family: string
  isWindows: boolean
}

/**
 * Returns the container for a command.
 * @param name the container's name; required when the task has several containers
 * @throws NotFound `ClusterNotFound`, `TaskNotFound`
 * @throws Forbidden `OutsideFence` for the task's family
 * @throws Conflict `TaskNotRunning`, `ExecNotEnabled`, `ExecAgentNotRunning`
 * @throws BadRequest `InvalidBody` for the container's name
 * @throws Problem for a KMS key of the cluster that cannot be used (see `requireSessionKey`)
 */
export async function getTarget(
  account: Account,
  caller: Caller,
  { cluster, task: ref }: { cluster: string; task: string },
  name: string | undefined,
): Promise<ExecTarget> {
  const task = await getTask(account, cluster, ref)
  requireFamilyInFence(caller, task.taskDefinitionArn ?? '')
  const id = shortName(task.taskArn ?? '')
  if (task.lastStatus !== 'RUNNING') {
    throw new Conflict('TaskNotRunning', `The task ${id} is ${task.lastStatus}, so no command can run in it.`, {
      extensionMembers: {
        lastStatus: task.lastStatus,
        ...(task.stoppedReason && { stoppedReason: task.stoppedReason }),
      },
    })
  }
  if (!task.enableExecuteCommand) {
    throw new Conflict('ExecNotEnabled', `The task ${id} was started without enableExecuteCommand.`, {
      next: 'Set enableExecuteCommand on its service and deploy it again, or run the task with it.',
    })
  }
  const container = containerOf(task, name)
  requireAgent(container, account)
  await requireSessionKey(account, cluster)
  return {
    account,
    cluster: shortName(cluster),
    task: id,
    container: container.name ?? '',
    targetId: `ecs:${shortName(cluster)}_${id}_${container.runtimeId}`,
    family: familyAndRevision(task.taskDefinitionArn ?? '').family,
    isWindows: task.platformFamily?.toUpperCase().startsWith('WINDOWS') ?? false,
  }
}

function containerOf({ containers = [] }: Task, name: string | undefined): Container {
  const names = firstNamesText(
    containers.map((each) => each.name ?? ''),
    20,
  )
  const found = name === undefined ? containers[0] : containers.find((each) => each.name === name)
  if (found && (name !== undefined || containers.length === 1)) return found
  const message = name === undefined ? `missing; the task has ${names}` : `the task has no such container, but ${names}`
  throw new BadRequest('InvalidBody', `/container: ${message}.`, {
    errors: [{ in: 'body', pointer: '/container', message }],
  })
}

function requireAgent({ name, managedAgents = [] }: Container, { runtime }: Account): void {
  const agent = managedAgents.find((each) => each.name === 'ExecuteCommandAgent')
  if (agent?.lastStatus === 'RUNNING') return
  const state = agent ? `is ${agent.lastStatus}` : 'does not exist'
  const reason = agent?.reason ? `: ${agent.reason}` : ''
  throw new Conflict(
    'ExecAgentNotRunning',
    `The agent of ECS Exec in the container ${name} ${state}${reason}.`.replace(/\.+$/, '.'),
    {
      next: nextStepWithoutAgent(agent, runtime),
      extensionMembers: { agent: { lastStatus: agent?.lastStatus ?? null, reason: agent?.reason ?? null } },
    },
  )
}

function nextStepWithoutAgent(agent: ManagedAgent | undefined, runtime: string): string {
  if (runtime === 'simulated')
    return 'For real containers start Docker, or Podman’s socket (podman system service -t 0), and then the gateway again.'
  if (agent?.lastStatus === 'PENDING') return 'Retry in some seconds.'
  return 'A new task gets a new agent: restart the service, or run the task again.'
}
