/** Explains why ECS cannot reach the agent in a container. ECS's own error names no cause. */
import type { Account } from '../aws/account.ts'
import { Conflict, Problem } from '../problems/problem.ts'
import { getTask } from '../tasks/get.ts'
import type { ExecTarget } from './target.ts'

/** A possible cause, and the result of its check. */
interface PossibleCause {
  cause: string
  checked: string
}

/**
 * Returns the error `ExecTargetNotConnected` of ExecuteCommand with its possible causes. Any other error is returned
 * unchanged.
 */
export async function explainNotConnected(error: unknown, target: ExecTarget): Promise<unknown> {
  if (!(error instanceof Problem) || error.code !== 'ExecTargetNotConnected') return error
  const facts = await describeExecFacts(target).catch(() => undefined)
  if (facts && facts.role === undefined) {
    return new Conflict('ExecNoTaskRole', `The task ${target.task} has no task role, which ECS Exec needs.`, {
      next: 'Give the task definition a taskRoleArn with the four ssmmessages actions, and deploy it.',
      cause: error,
    })
  }
  const causes: PossibleCause[] = [
    {
      cause:
        'The task role lacks an ssmmessages action: CreateControlChannel, OpenControlChannel, CreateDataChannel or ' +
        'OpenDataChannel.',
      checked: facts ? `The task role is ${facts.role}; its policies were not checked.` : 'Not checked.',
    },
    {
      cause: 'The task has no route to the endpoint ssmmessages of its Region.',
      checked: 'Not checked. It needs a public address, a NAT gateway or a VPC endpoint.',
    },
    {
      cause: 'The root file system of the container is read-only, so the agent cannot write its files.',
      checked: facts ? `readonlyRootFilesystem is ${facts.isReadOnly}.` : 'Not checked.',
    },
    {
      cause: 'The agent has just started or is connecting again.',
      checked: `ECS shows the agent as RUNNING${facts?.since ? ` since ${facts.since.toISOString()}` : ''}.`,
    },
  ]
  return new Conflict(
    'ExecTargetNotConnected',
    `ECS cannot reach the agent in the container ${target.container}: ${error.message}`,
    {
      ...error.options,
      next: '`causes` lists the possible causes with what was checked.',
      extensionMembers: { causes },
    },
  )
}

async function describeExecFacts({ account, cluster, task: id, container: name }: ExecTarget) {
  const task = await getTask(account, cluster, id)
  const { taskDefinition } = await definitionOf(account, task.taskDefinitionArn ?? '')
  const container = taskDefinition?.containerDefinitions?.find((each) => each.name === name)
  return {
    role: task.overrides?.taskRoleArn ?? taskDefinition?.taskRoleArn,
    isReadOnly: container?.readonlyRootFilesystem ?? false,
    since: task.containers?.find((each) => each.name === name)?.managedAgents?.[0]?.lastStartedAt,
  }
}

function definitionOf(account: Account, taskDefinition: string) {
  return account.ecs().describeTaskDefinition({ taskDefinition })
}
