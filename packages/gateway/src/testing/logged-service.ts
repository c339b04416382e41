/** A service whose simulated containers have log streams, and a client of the engine that writes lines to them. */
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import type { EngineOverTcp } from './engine-over-tcp.ts'
import type { TestProgram } from './program.ts'

export interface LoggedService {
  /** Below the base path. */
  path: string
  group: string
  /** The ids of its running tasks, oldest first. */
  taskIds: () => Promise<string[]>
  /** Writes lines as the container of the task would. */
  write: (task: string, container: string, lines: readonly { timestamp: number; message: string }[]) => Promise<void>
}

export function logsClient({ engine, number }: Pick<EngineOverTcp, 'engine' | 'number'>): CloudWatchLogs {
  const credentials = { accessKeyId: number, secretAccessKey: 'local' }
  return new CloudWatchLogs({ region: 'us-east-1', credentials, requestHandler: engine.requestHandler(number) })
}

export interface LoggedServiceOptions {
  account: string
  cluster: string
  name?: string
  count?: number
  containers?: readonly string[]
}

/** Creates the log group, the cluster and the service, and waits until it is stable. */
export async function newLoggedService(
  { api }: Pick<TestProgram, 'api'>,
  aws: EngineOverTcp,
  { account, cluster, name = 'www', count = 1, containers = ['web'] }: LoggedServiceOptions,
): Promise<LoggedService> {
  const logs = logsClient(aws)
  const group = `/ecs/${cluster}`
  await logs.createLogGroup({ logGroupName: group })
  await api.put(`/${account}/clusters/${cluster}`, {})
  const made = await api.post(`/${account}/taskdefs`, definitionWithLogs(`${cluster}-${name}`, containers, group))
  if (made.status !== 201) throw new Error(made.text)
  const created = await api.post(`/${account}/clusters/${cluster}/services?wait=STABLE&fail=true`, {
    name,
    taskDefinition: `${cluster}-${name}`,
    count,
  })
  if (created.status !== 201) throw new Error(created.text)
  const path = `/${account}/clusters/${cluster}/services/${name}`
  return {
    path,
    group,
    taskIds: async () =>
      (await api.get(`${path}/tasks`)).body.items.map(({ id }: { id: string }) => id).reverse() as string[],
    write: async (task, container, logEvents) => {
      await logs.putLogEvents({
        logGroupName: group,
        logStreamName: `ecs/${container}/${task}`,
        logEvents: [...logEvents],
      })
    },
  }
}

export function definitionWithLogs(family: string, containers: readonly string[], group: string): object {
  return {
    family,
    executionRoleArn: 'arn:aws:iam::111122223333:role/execution',
    containerDefinitions: containers.map((name) => ({
      name,
      image: 'nginx',
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': group, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'ecs' },
      },
    })),
  }
}
