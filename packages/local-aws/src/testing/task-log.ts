/** Reads a task's log from the engine's CloudWatch Logs, as any AWS client does. */
import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import type { ContainerDefinition } from '@aws-sdk/client-ecs'

/** For a container that writes into the log. Its definition needs an execution role. */
export const logConfiguration: ContainerDefinition['logConfiguration'] = {
  logDriver: 'awslogs',
  options: {
    'awslogs-group': '/test',
    'awslogs-region': 'us-east-1',
    'awslogs-stream-prefix': 'w',
    'awslogs-create-group': 'true',
  },
}
export const executionRole = { executionRoleArn: 'arn:aws:iam::000000000000:role/execution' }

/** The log of the task's first container; empty until the task has started. */
export function taskLog(config: CloudWatchLogsClientConfig, arn: string) {
  const logs = new CloudWatchLogsClient(config)

  async function getEvents(more: { limit?: number; startFromHead?: boolean; nextToken?: string | undefined }) {
    const command = new GetLogEventsCommand({
      logGroupName: '/test',
      logStreamName: `w/app/${arn.slice(-32)}`,
      ...more,
    })
    return logs.send(command).catch((error: Error) => {
      // The stream is created with the container.
      if (error.name === 'ResourceNotFoundException') return { events: [], nextForwardToken: undefined }
      throw error
    })
  }

  return {
    async lines(): Promise<string[]> {
      const all: string[] = []
      for (let nextToken: string | undefined; ; ) {
        const { events = [], nextForwardToken } = await getEvents({ startFromHead: true, nextToken })
        for (const { message = '' } of events) all.push(message)
        if (events.length === 0) return all
        nextToken = nextForwardToken
      }
    },
    /** Returns the last line, or undefined without one. */
    async lastLine(): Promise<string | undefined> {
      const { events = [] } = await getEvents({ limit: 1 })
      return events[0]?.message
    },
    close: () => logs.destroy(),
  }
}
