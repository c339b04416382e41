/** A task endpoint for tasks of the simulated runtime, for which the engine itself opens no endpoint. */
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { systemClock } from '../clock.ts'
import { createTaskCredentials } from '../ecs/endpoint/task-credentials.ts'
import { endpointEnvironment, openTaskEndpoint } from '../ecs/endpoint/task-endpoint.ts'
import { timingAt } from '../ecs/scheduler/timing.ts'
import { ecsTarget, openEcs } from '../ecs/service.ts'
import { callerBySignature, callerInProcess, checkRequestHead } from '../identity.ts'
import { randomIds } from '../ids.ts'
import { createInProcessHandler } from '../protocol/in-process.ts'
import { openListener } from '../protocol/server.ts'
import { rejectionResponse, respondTo } from '../respond-to.ts'
import { createSimulatedRuntime } from '../runtimes/simulated.ts'
import { openStorage } from '../storage/storage.ts'
import { openSts, stsVersion } from '../sts/service.ts'

const number = '111122223333'
const role = `arn:aws:iam::${number}:role/app`

/** The DNS settings of the tasks' network. */
export const taskDns = { servers: ['10.0.0.2'], search: ['ec2.internal'], gateway: '10.0.0.1/26' }

export interface EndpointWithTasks {
  /** The tasks, in the order of the addresses. */
  tasks: Task[]
  port: number
  awsUrl: string
  environmentOf: (task: Task, container: string) => Record<string, string | undefined>
  close: () => Promise<void>
}

/** Opens an endpoint on 127.0.0.1, with one running task for each address that requests come from. */
export async function openEndpointWithTasks(
  addresses: readonly string[],
  onUnexpectedError: (error: unknown) => void,
): Promise<EndpointWithTasks> {
  const clock = systemClock
  const ids = randomIds
  const storage = openStorage(':memory:')
  const sts = openSts({ storage, clock, isTrusted: () => true })
  const ecs = openEcs({
    storage,
    clock,
    ids,
    consistencyDelayMs: 0,
    runtime: createSimulatedRuntime({ clock, pace: 'instant' }),
    timing: timingAt('instant'),
    decryptWithKms: () => {
      throw new Error('no session is encrypted')
    },
    onUnexpectedError,
  })
  const front = {
    storage,
    ids,
    onUnexpectedError,
    json: { [ecsTarget]: ecs.handleAction },
    query: { [stsVersion]: sts },
  }
  const identity = { accounts: () => [], findSession: sts.findSession, clock, verifySignatures: true }
  const aws = await openListener(
    { host: '127.0.0.1', port: 0 },
    {
      respondTo: (call) => respondTo(call, (incoming) => callerBySignature(incoming, identity), front),
      checkHead: (head) => void checkRequestHead(head, identity),
      rejectionResponse: (error, head) => rejectionResponse(error, head, front),
      rejectsWebPages: false,
      onUnexpectedError,
    },
  )
  const handler = createInProcessHandler((call) =>
    respondTo(call, (incoming) => callerInProcess(number, incoming), front),
  )
  const client = new ECSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    requestHandler: handler,
  })

  await client.send(new CreateClusterCommand({}))
  const options = { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'p' }
  const logConfiguration = { logDriver: 'awslogs' as const, options }
  const containerDefinitions = [
    { name: 'app', image: 'app', cpu: 10, memory: 128, logConfiguration },
    { name: 'side', image: 'side', essential: false, dockerLabels: { 'ecs-api.simulated.exit-after': '0' } },
  ]
  const fargate = {
    networkMode: 'awsvpc' as const,
    requiresCompatibilities: ['FARGATE' as const],
    cpu: '256',
    memory: '512',
  }
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'app',
      taskRoleArn: role,
      executionRoleArn: role,
      containerDefinitions,
      ...fargate,
    }),
  )
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
  const run = new RunTaskCommand({
    taskDefinition: 'app',
    count: addresses.length,
    launchType: 'FARGATE',
    networkConfiguration,
    tags: [{ key: 'team', value: 'web' }],
  })
  const { tasks = [] } = await client.send(run)
  const arns = tasks.map((task) => task.taskArn!)
  let seen = tasks
  const isUp = ({ lastStatus, containers = [] }: Task) =>
    lastStatus === 'RUNNING' && containers.some(({ exitCode }) => exitCode === 0)
  while (!seen.every(isUp)) {
    seen = (await client.send(new DescribeTasksCommand({ tasks: arns }))).tasks ?? []
    await new Promise(setImmediate)
  }

  const ecsTables = ecs.allEcsTables.tablesOf(number, 'us-east-1')
  const recordOf = (arn: string | undefined) => ecsTables.tasks.get(arn ?? '')!
  const arnAt = new Map(addresses.map((address, i) => [address, arns[i]]))
  const endpoint = await openTaskEndpoint(
    {
      taskAt: (address) => (arnAt.has(address) ? { ecsTables, task: recordOf(arnAt.get(address)) } : undefined),
      credentials: createTaskCredentials(clock, sts.assumeForService),
      stats: async () => undefined,
      taskDns: () => taskDns,
      onUnexpectedError,
    },
    { host: '127.0.0.1' },
  )
  return {
    tasks,
    port: endpoint.port,
    awsUrl: aws.url,
    environmentOf: (task, container) => endpointEnvironment(ecsTables, recordOf(task.taskArn), container, aws.url),
    close: async () => {
      await endpoint.close()
      await aws.close()
      await ecs.close()
      storage.close()
    },
  }
}
