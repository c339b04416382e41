/** Reads the engine's CloudWatch Logs with the AWS SDK, over the TCP endpoint of the engine. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudWatchLogsClient, FilterLogEventsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'

/** The time at which the engine received a log line, in milliseconds since 1970. */
type ReceivedAt = number

export interface EngineLogs {
  /** The receive times of all lines that a log group received since `time` (milliseconds since 1970). */
  linesSince(group: string, time: number): Promise<ReceivedAt[]>
  /** The receive times of all lines of a log stream, in order. */
  linesOfStream(group: string, stream: string): Promise<ReceivedAt[]>
  close(): void
}

/** Some container runtimes round the time of a line down to a second, so a line can seem to be this much older. */
const maxRoundingMs = 1_000

/** @param folder the engine's data folder, which has its address and keys */
export function openEngineLogs(folder: string): EngineLogs {
  const [credentials] = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as {
    accessKeyId: string
    secretAccessKey: string
  }[]
  const endpoint = readFileSync(join(folder, 'endpoint'), 'utf8').trim()
  const client = new CloudWatchLogsClient({ region: 'us-east-1', endpoint, ...(credentials && { credentials }) })
  return {
    async linesSince(logGroupName, time) {
      const { events = [] } = await client.send(
        new FilterLogEventsCommand({ logGroupName, startTime: time - maxRoundingMs }),
      )
      return events.map(({ ingestionTime = 0 }) => ingestionTime).filter((receivedAt) => receivedAt >= time)
    },
    async linesOfStream(logGroupName, logStreamName) {
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
