/**
 * Measures the tasks that run, once a minute, and publishes what ECS publishes to CloudWatch: the CPU and memory
 * utilization of services (ECS Developer Guide, "Amazon ECS service utilization metrics") and of tasks (CloudWatch User
 * Guide, "Amazon ECS Container Insights with enhanced observability metrics").
 *
 * A value of CPU is the average since the task's last measurement; a value of memory is that of the moment. The sample
 * count of a service's metric is the number of its running tasks. A task that was not measured leaves a gap: after a
 * restart of the engine, the first measurement of a task has no CPU.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { shortName } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import type { Runtime, TaskSpec, TaskUsage } from '../../runtimes/runtime.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { taskSpec } from '../tasks/task-spec.ts'

const MINUTE_MS = 60_000
/** A shorter time has too few ticks of the kernel's accounting. */
const MIN_INTERVAL_MS = 1_000
/** The number of tasks that are measured at the same time. */
const AT_ONCE = 4
/** The number of tasks that are measured between two turns of the event loop, which takes about a millisecond. */
const TASKS_PER_TURN = 50

/** The values that are known of a metric in one minute. */
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
  ecsStates: () => readonly EcsState[]
  /** Receives errors that are defects of the engine. */
  onUnexpectedError: (error: unknown) => void
}

interface Measurement {
  at: number
  cpuNanoseconds: number
}

/** Starts the measurements. Returns a function that ends them and waits for the one in progress. */
export function measureUtilization(deps: UtilizationDeps): () => Promise<void> {
  const { clock, onUnexpectedError } = deps
  const startedAt = clock.now()
  /** The last measurement of each running task, by ARN. */
  let last = new Map<string, Measurement>()
  let inProgress = Promise.resolve()
  let isMeasuring = false
  let isClosed = false
  let cancel = next()

  function next(): () => void {
    return clock.at((Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS, () => {
      cancel = next()
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
      .ecsStates()
      .flatMap((ecsState) => ecsState.tasks.by('stopped', 'no').map((task) => ({ ecsState, task })))
      .filter(({ task }) => task.lastStatus === 'RUNNING')
    const measured = new Map<string, Measurement>()
    const points = new Map<EcsState, Map<string, UtilizationPoint>>()
    // The minute that has just ended.
    const minute = clock.now() - MINUTE_MS / 2
    const queue = running.values()
    let count = 0
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, running.length) }, async () => {
        for (const { ecsState, task } of queue) {
          const ofState = points.get(ecsState) ?? new Map<string, UtilizationPoint>()
          points.set(ecsState, ofState)
          for (const value of await measure(ecsState, task, measured)) add(ofState, value)
          // Requests are answered in between: simulated containers are measured without waiting for anything.
          if (++count % TASKS_PER_TURN === 0) await nextTurn()
        }
      }),
    )
    last = measured
    for (const [{ account, region }, ofState] of points)
      await deps.sink.publish(account, region, minute, [...ofState.values()])
  }

  async function measure(
    ecsState: EcsState,
    task: TaskRecord,
    measured: Map<string, Measurement>,
  ): Promise<UtilizationPoint[]> {
    if (isClosed) return []
    const spec = taskSpec(ecsState, task)
    // A task may end while it is measured, and a runtime may be away: both leave a gap.
    const usage = await deps.runtime.usage?.(spec).catch(() => undefined)
    if (!usage) return []
    const at = clock.now()
    measured.set(task.taskArn, { at, cpuNanoseconds: usage.cpuNanoseconds })
    return valuesOf(task, spec, usage, cpuSince(last.get(task.taskArn) ?? sinceStart(task, startedAt), usage, at))
  }

  return async () => {
    isClosed = true
    cancel()
    await inProgress
  }
}

/** The start of a task counts as its first measurement, if this engine saw it. */
function sinceStart({ engineState: { observed } }: TaskRecord, engineStartedAt: number): Measurement | undefined {
  const starts = Object.values(observed).flatMap((seen) => (seen.state === 'waiting' ? [] : (seen.since ?? [])))
  const start = Math.min(...starts)
  return Number.isFinite(start) && start >= engineStartedAt ? { at: start, cpuNanoseconds: 0 } : undefined
}

/** The average number of processors used since the last measurement. */
function cpuSince(since: Measurement | undefined, { cpuNanoseconds }: TaskUsage, now: number): number | undefined {
  if (!since || now - since.at < MIN_INTERVAL_MS) return undefined
  // A container that the runtime restarted begins at 0 again.
  const used = cpuNanoseconds < since.cpuNanoseconds ? cpuNanoseconds : cpuNanoseconds - since.cpuNanoseconds
  return used / 1e6 / (now - since.at)
}

function valuesOf(
  task: TaskRecord,
  { cpu, memoryMiB, definition }: TaskSpec,
  { memoryBytes }: TaskUsage,
  processors: number | undefined,
): UtilizationPoint[] {
  const cluster = ['ClusterName', shortName(task.clusterArn)] as const
  const service = task.engineState.service && (['ServiceName', shortName(task.engineState.service)] as const)
  const family = ['TaskDefinitionFamily', definition.replace(/:\d+$/, '')] as const
  const ofTask = [cluster, family, ['TaskId', shortName(task.taskArn)] as const]
  const percent = (name: 'CPU' | 'Memory', value: number): UtilizationPoint[] => [
    ...(service
      ? [
          {
            namespace: 'AWS/ECS',
            name: `${name}Utilization`,
            dimensions: [cluster, service],
            unit: 'Percent' as const,
            ...single(value),
          },
        ]
      : []),
    {
      namespace: 'ECS/ContainerInsights',
      name: name === 'CPU' ? 'TaskCpuUtilization' : 'TaskMemoryUtilization',
      dimensions: ofTask,
      unit: 'Percent',
      ...single(value),
    },
  ]
  return [
    ...(processors === undefined || !cpu ? [] : percent('CPU', (processors / (cpu / 1024)) * 100)),
    ...(memoryMiB ? percent('Memory', (memoryBytes / 2 ** 20 / memoryMiB) * 100) : []),
  ]
}

function single(value: number): Pick<UtilizationPoint, 'count' | 'sum' | 'min' | 'max'> {
  return { count: 1, sum: value, min: value, max: value }
}

/** Joins the values of a metric, by its dimensions: those of a service come from several tasks. */
function add(points: Map<string, UtilizationPoint>, value: UtilizationPoint): void {
  const key = `${value.name} ${value.dimensions.map(([, each]) => each).join(' ')}`
  const known = points.get(key)
  if (!known) return void points.set(key, value)
  known.count += value.count
  known.sum += value.sum
  known.min = Math.min(known.min, value.min)
  known.max = Math.max(known.max, value.max)
}
