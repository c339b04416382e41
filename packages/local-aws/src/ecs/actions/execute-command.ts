/** ExecuteCommand: starts a command in a running container and a session to reach it. */
import type { ExecuteCommandRequest, ExecuteCommandResponse } from '@aws-sdk/client-ecs'
import { type AwsJson, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import { commandWords } from '../exec/command-words.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { taskSpec } from '../tasks/task-spec.ts'
import type { ActionContext, Actions } from './action.ts'
import { getCluster } from './cluster-reference.ts'
import { taskArnOf } from './task-reference.ts'

/** The command that the agent runs by default (aws/amazon-ssm-agent, agent/session/shell). */
const DEFAULT_COMMAND = ['sh']

export const executeCommandActions: Actions = {
  ExecuteCommand(
    { ecsTables, sessions }: ActionContext,
    input: AwsJson<ExecuteCommandRequest>,
  ): ExecuteCommandResponse {
    const cluster = getCluster(ecsTables, input.cluster)
    const task = ecsTables.tasks.get(taskArnOf(ecsTables, cluster, input.task ?? '', { nameInError: 'task' }))
    if (!task) throw new AwsError('InvalidParameterException', 'The referenced task was not found.')
    if (!input.interactive)
      throw new AwsError('InvalidParameterException', 'Interactive is the only mode supported currently.')
    const command = commandWords(input.command ?? '')
    if (!command) throw new AwsError('InvalidParameterException', 'The command has an open quote.')
    const container = containerOf(task, input.container)
    if (!container.managedAgents?.some(({ lastStatus }) => lastStatus === 'RUNNING')) throw execNotEnabled()
    const taskId = shortName(task.taskArn)
    if (sessions.countOfTask(taskId) >= sessions.maxPerTask)
      throw new AwsError(
        'ClientException',
        `Unable to start new execute sessions because the maximum session limit of ${sessions.maxPerTask} has been reached.`,
      )
    const { kmsKeyId } = cluster.configuration?.executeCommandConfiguration ?? {}
    const session = sessions.createSession({
      task: taskSpec(ecsTables, task),
      container: container.name ?? '',
      command: command.length > 0 ? command : DEFAULT_COMMAND,
      encryption:
        kmsKeyId === undefined
          ? undefined
          : { keyId: kmsKeyId, targetId: `ecs:${cluster.clusterName}_${taskId}_${container.runtimeId}` },
    })
    if (!session)
      throw new AwsError(
        'TargetNotConnectedException',
        'The execute command failed due to an internal error. Try again later.',
      )
    const { containerArn, name: containerName } = container
    return {
      clusterArn: task.clusterArn,
      taskArn: task.taskArn,
      containerArn,
      containerName,
      interactive: true,
      session,
    }
  },
}

function containerOf(task: TaskRecord, name: string | undefined): TaskRecord['containers'][number] {
  if (name === undefined && task.containers.length > 1)
    throw new AwsError(
      'InvalidParameterException',
      'A container name is required: the task has more than one container.',
    )
  const found = name === undefined ? task.containers[0] : task.containers.find((container) => container.name === name)
  if (!found) throw new AwsError('InvalidParameterException', `The container ${name} was not found in the task.`)
  return found
}

function execNotEnabled(): AwsError {
  return new AwsError(
    'InvalidParameterException',
    'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
  )
}
