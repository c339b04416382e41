/** The contents of the engine's CloudWatch Logs, read over its TCP endpoint as any AWS client does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudWatchLogsClient, FilterLogEventsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'

/** The time at which the engine received a log line, in milliseconds since 1970. */
type ReceivedAt = number

export interface EngineLogs {
  /** For each line that a group received since the time. */
  since(group: string, time: number): Promise<ReceivedAt[]>
  /** For each line of a stream. */
  all(group: string, stream: string): Promise<ReceivedAt[]>
  close(): void
}

/** Some runtimes give times in whole seconds, so a line can seem to be this much earlier. */
const ROUNDING_MS = 1_000

/** @param folder the engine's data folder, which has its address and keys */
export function openEngineLogs(folder: string): EngineLogs {
  const [credentials] = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as {
    accessKeyId: string
    secretAccessKey: string
  }[]
  const endpoint = readFileSync(join(folder, 'endpoint'), 'utf8').trim()
  const client = new CloudWatchLogsClient({ region: 'us-east-1', endpoint, ...(credentials && { credentials }) })
  return {
    async since(logGroupName, time) {
      const { events = [] } = await client.send(
        new FilterLogEventsCommand({ logGroupName, startTime: time - ROUNDING_MS }),
      )
      return events.map(({ ingestionTime = 0 }) => ingestionTime).filter((receivedAt) => receivedAt >= time)
    },
    async all(logGroupName, logStreamName) {
      const lines: ReceivedAt[] = []
      for (let nextToken: string | undefined; ; ) {
        const { events = [], nextForwardToken } = await client.send(
          new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, nextToken }),
        )
        for (const { ingestionTime = 0 } of events) lines.push(ingestionTime)
        if (nextForwardToken === nextToken) return lines
        nextToken = nextForwardToken
      }
    },
    close: () => client.destroy(),
  }
}
