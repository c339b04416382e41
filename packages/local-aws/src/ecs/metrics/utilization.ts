/**
 * Measures the running tasks once a minute and publishes the metrics that ECS publishes to CloudWatch: the CPU and
 * memory utilization of services (ECS Developer Guide, "Amazon ECS service utilization metrics") and of tasks
 * (CloudWatch User Guide, "Amazon ECS Container Insights with enhanced observability metrics").
 *
 * A CPU value is the average since the task's last measurement; a memory value is that of the moment. The sample count
 * of a service's metric is the number of its running tasks. A task without an earlier measurement has no CPU value:
 * this is the case after a restart of the engine.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { shortName } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import type { Runtime, TaskSpec, TaskUsage } from '../../runtimes/runtime.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { taskSpec } from '../tasks/task-spec.ts'

const MINUTE_MS = 60_000
/** Over a shorter time, the kernel's accounting of CPU time is too coarse. */
const MIN_INTERVAL_MS = 1_000
/** The number of tasks that are measured at the same time. */
const MAX_CONCURRENT = 4
/** The number of tasks that are measured between two turns of the event loop, which takes about a millisecond. */
const TASKS_PER_TURN = 50

/** The statistics of a metric's values in one minute. */
interface UtilizationPoint {
  namespace: string
  name: string
  /** Sorted by name. */
  dimensions: readonly (readonly [name: string, value: string])[]
  unit: 'Percent'
  count: number
  sum: number
  min: number
  max: number
}

export interface MetricSink {
  /** Adds values to the points of the minute with this time (milliseconds since 1970). */
  publish(account: string, region: string, time: number, points: readonly UtilizationPoint[]): Promise<void>
}

export interface UtilizationDeps {
  clock: Clock
  runtime: Pick<Runtime, 'usage'>
  sink: MetricSink
  allEcsTables: () => readonly EcsTables[]
  /** Receives errors that are defects of the engine. */
  onUnexpectedError: (error: unknown) => void
}

interface Measurement {
  takenAt: number
  cpuNanoseconds: number
}

/** Starts the measurements. Returns a function that ends them and waits for the one in progress. */
export function measureUtilization(deps: UtilizationDeps): () => Promise<void> {
  const { clock, onUnexpectedError } = deps
  const startedAt = clock.now()
  /** The last measurement of each running task, by ARN. */
  let lastMeasurements = new Map<string, Measurement>()
  let inProgress = Promise.resolve()
  let isMeasuring = false
  let isClosed = false
  let cancel = scheduleNext()

  function scheduleNext(): () => void {
    return clock.at((Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS, () => {
      cancel = scheduleNext()
      // A runtime that does not answer for a minute leaves a gap.
      if (isMeasuring || isClosed) return
      isMeasuring = true
      inProgress = measureAll()
        .catch(onUnexpectedError)
        .finally(() => {
          isMeasuring = false
        })
    })
  }

  async function measureAll(): Promise<void> {
    const running = deps
      .allEcsTables()
      .flatMap((ecsTables) => ecsTables.tasks.allByIndex('stopped', 'no').map((task) => ({ ecsTables, task })))
      .filter(({ task }) => task.lastStatus === 'RUNNING')
    const newMeasurements = new Map<string, Measurement>()
    const points = new Map<EcsTables, Map<string, UtilizationPoint>>()
    // A time in the minute that has just ended.
    const timeInMinute = clock.now() - MINUTE_MS / 2
    // All workers take their tasks from this one iterator.
    const remainingTasks = running.values()
    let measuredCount = 0
    await Promise.all(
      Array.from({ length: Math.min(MAX_CONCURRENT, running.length) }, async () => {
        for (const { ecsTables, task } of remainingTasks) {
          const pointsOfRegion = points.get(ecsTables) ?? new Map<string, UtilizationPoint>()
          points.set(ecsTables, pointsOfRegion)
          for (const value of await measure(ecsTables, task, newMeasurements)) addToPoints(pointsOfRegion, value)
          // Requests are answered in between: simulated containers are measured without waiting for anything.
          if (++measuredCount % TASKS_PER_TURN === 0) await nextTurn()
        }
      }),
    )
    lastMeasurements = newMeasurements
    for (const [{ account, region }, pointsOfState] of points)
      await deps.sink.publish(account, region, timeInMinute, [...pointsOfState.values()])
  }

  async function measure(
    ecsTables: EcsTables,
    task: TaskRecord,
    newMeasurements: Map<string, Measurement>,
  ): Promise<UtilizationPoint[]> {
    if (isClosed) return []
    const spec = taskSpec(ecsTables, task)
    // A task may end while it is measured, and a runtime may be away: both leave a gap.
    const usage = await deps.runtime.usage?.(spec).catch(() => undefined)
    if (!usage) return []
    const takenAt = clock.now()
    newMeasurements.set(task.taskArn, { takenAt, cpuNanoseconds: usage.cpuNanoseconds })
    return pointsOfTask(
      task,
      spec,
      usage,
      processorsUsed(lastMeasurements.get(task.taskArn) ?? measurementAtStart(task, startedAt), usage, takenAt),
    )
  }

  return async () => {
    isClosed = true
    cancel()
    await inProgress
  }
}

/** A measurement of 0 at the start of the task. Undefined when the task started before this engine did. */
function measurementAtStart({ internal: { observed } }: TaskRecord, engineStartedAt: number): Measurement | undefined {
  const starts = Object.values(observed).flatMap((container) =>
    container.state === 'waiting' ? [] : (container.since ?? []),
  )
  const start = Math.min(...starts)
  return Number.isFinite(start) && start >= engineStartedAt ? { takenAt: start, cpuNanoseconds: 0 } : undefined
}

/** The average number of processors used since the last measurement. */
function processorsUsed(last: Measurement | undefined, { cpuNanoseconds }: TaskUsage, now: number): number | undefined {
  if (!last || now - last.takenAt < MIN_INTERVAL_MS) return undefined
  // A container that the runtime restarted begins at 0 again.
  const used = cpuNanoseconds < last.cpuNanoseconds ? cpuNanoseconds : cpuNanoseconds - last.cpuNanoseconds
  return used / 1e6 / (now - last.takenAt)
}

function pointsOfTask(
  task: TaskRecord,
  { cpu, memoryMiB, definition }: TaskSpec,
  { memoryBytes }: TaskUsage,
  processors: number | undefined,
): UtilizationPoint[] {
  const cluster = ['ClusterName', shortName(task.clusterArn)] as const
  const service = task.internal.service && (['ServiceName', shortName(task.internal.service)] as const)
  const family = ['TaskDefinitionFamily', definition.replace(/:\d+$/, '')] as const
  const taskDimensions = [cluster, family, ['TaskId', shortName(task.taskArn)] as const]
  const percentPoints = (name: 'CPU' | 'Memory', value: number): UtilizationPoint[] => [
    ...(service
      ? [
          {
            namespace: 'AWS/ECS',
            name: `${name}Utilization`,
            dimensions: [cluster, service],
            unit: 'Percent' as const,
            ...statisticsOfOne(value),
          },
        ]
      : []),
    {
      namespace: 'ECS/ContainerInsights',
      name: name === 'CPU' ? 'TaskCpuUtilization' : 'TaskMemoryUtilization',
      dimensions: taskDimensions,
      unit: 'Percent',
      ...statisticsOfOne(value),
    },
  ]
  return [
    ...(processors === undefined || !cpu ? [] : percentPoints('CPU', (processors / (cpu / 1024)) * 100)),
    ...(memoryMiB ? percentPoints('Memory', (memoryBytes / 2 ** 20 / memoryMiB) * 100) : []),
  ]
}

function statisticsOfOne(value: number): Pick<UtilizationPoint, 'count' | 'sum' | 'min' | 'max'> {
  return { count: 1, sum: value, min: value, max: value }
}

/** Adds a point to the point of the same metric and dimensions: several tasks contribute to a service's metric. */
function addToPoints(points: Map<string, UtilizationPoint>, value: UtilizationPoint): void {
  const key = `${value.name} ${value.dimensions.map(([, dimensionValue]) => dimensionValue).join(' ')}`
  const total = points.get(key)
  if (!total) return void points.set(key, value)
  total.count += value.count
  total.sum += value.sum
  total.min = Math.min(total.min, value.min)
  total.max = Math.max(total.max, value.max)
}
