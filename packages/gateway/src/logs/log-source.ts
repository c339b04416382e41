/** The log stream of a container. */
export interface LogSource {
  region: string
  group: string
  stream: string
  /** The id of the task. */
  task: string
  container: string
  /** Milliseconds since 1970; no line is older than the task. */
  createdAt: number
  /** When the task stopped; undefined for one that runs. */
  stoppedAt: number | undefined
  /** The container may not have started, and then it has no stream. */
  isUncertain: boolean
}

/** Streams of one log group that one call can read: FilterLogEvents takes at most a hundred names. */
export interface SourceBatch {
  region: string
  group: string
  /** By the stream's name. */
  sources: ReadonlyMap<string, LogSource>
}

/** The most streams that a request reads (FilterLogEvents, `logStreamNames`). */
export const maxSources = 100

export function batchesOf(sources: readonly LogSource[]): SourceBatch[] {
  const groups = Map.groupBy(sources, ({ region, group }) => `${region} ${group}`)
  return [...groups.values()].flatMap((ofGroup) =>
    Array.from({ length: Math.ceil(ofGroup.length / maxSources) }, (_, i) => {
      const some = ofGroup.slice(i * maxSources, (i + 1) * maxSources)
      const { region, group } = some[0]!
      return { region, group, sources: new Map(some.map((source) => [source.stream, source])) }
    }),
  )
}
