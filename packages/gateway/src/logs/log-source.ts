/** The log stream of a container. */
export interface LogSource {
  region: string
  group: string
  stream: string
  /** The id of the task. */
  task: string
  container: string
  /** When the task was created, in milliseconds since 1970. No line is older. */
  createdAt: number
  /** When the task stopped; undefined while it runs. */
  stoppedAt: number | undefined
  /** The container may not have started. Then its stream does not exist. */
  mayBeMissing: boolean
}

/** Streams of one log group that one call can read: FilterLogEvents accepts at most a hundred names. */
export interface SourceBatch {
  region: string
  group: string
  /** By the stream's name. */
  sources: ReadonlyMap<string, LogSource>
}

/** A request reads at most this many streams (FilterLogEvents, `logStreamNames`). */
export const maxStreamsPerRequest = 100

export function batchesOf(sources: readonly LogSource[]): SourceBatch[] {
  const groups = Map.groupBy(sources, ({ region, group }) => `${region} ${group}`)
  return [...groups.values()].flatMap((ofGroup) =>
    Array.from({ length: Math.ceil(ofGroup.length / maxStreamsPerRequest) }, (_, i) => {
      const chunk = ofGroup.slice(i * maxStreamsPerRequest, (i + 1) * maxStreamsPerRequest)
      const { region, group } = chunk[0]!
      return { region, group, sources: new Map(chunk.map((source) => [source.stream, source])) }
    }),
  )
}
