/** A gateway with one task whose exec sessions the test answers in place of AWS. No container runs. */
import { type AwsStandIn, startAwsStandIn } from './aws-stand-in.ts'
import { type EngineOverTcp, startEngineOverTcp } from './engine-over-tcp.ts'
import { type MessageGateway, startMessageGateway } from './message-gateway.ts'
import { startTestProgram, type TestProgram, type TestSettings } from './program.ts'

export interface ScriptedSessions {
  program: TestProgram
  /** The gateway's address. */
  url: string
  /** The path of the task's sessions, below `/v1/ecs`. */
  path: string
  /** AWS's end of the sessions. */
  agents: MessageGateway
  standIn: AwsStandIn
  /** The AWS behind the account `remote`. */
  aws: EngineOverTcp
}

interface SessionSettings extends Omit<TestSettings, 'accounts'> {
  /** The `tokenValue` that ECS returns for each session. */
  tokenValue?: string
}

/** Starts the gateway with these settings. */
export async function startScriptedSessions({
  tokenValue = 'AAEAtoken',
  ...settings
}: SessionSettings = {}): Promise<ScriptedSessions> {
  const aws = await startEngineOverTcp()
  const standIn = await startAwsStandIn(aws.account('remote').endpoint ?? '')
  const agents = await startMessageGateway()
  const program = await startTestProgram({
    accounts: [aws.account('remote', { endpoint: standIn.endpoint })],
    ...settings,
  })
  const { url } = await program.listen()
  await program.api.post('/remote/clusters', { name: 'prod' })
  const id = '0123456789abcdef0123456789abcdef'
  const arn = (resource: string) => `arn:aws:ecs:us-east-1:111122223333:${resource}`
  const agent = { name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' }
  const task = {
    taskArn: arn(`task/prod/${id}`),
    clusterArn: arn('cluster/prod'),
    taskDefinitionArn: arn('task-definition/web:1'),
    lastStatus: 'RUNNING',
    enableExecuteCommand: true,
    containers: [{ name: 'web', runtimeId: `${id}-1`, managedAgents: [agent] }],
  }
  const session = { sessionId: 'ecs-execute-command-1', streamUrl: agents.streamUrl, tokenValue }
  standIn.responses.set('DescribeTasks', ({ tasks }) =>
    String(tasks).includes(id) ? { body: { tasks: [task], failures: [] } } : undefined,
  )
  standIn.responses.set('ExecuteCommand', () => ({ body: { session } }))
  return { program, url, path: `/remote/clusters/prod/tasks/${id}/exec`, agents, standIn, aws }
}
