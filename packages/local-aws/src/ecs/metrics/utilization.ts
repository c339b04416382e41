/**
 * Measures the tasks that run, once a minute, and publishes what ECS publishes to CloudWatch: the CPU and memory
 * utilization of services (ECS Developer Guide, "Amazon ECS service utilization metrics") and of tasks (CloudWatch User
 * Guide, "Amazon ECS Container Insights with enhanced observability metrics").
 *
 * A value of CPU is the average since the task's last measurement; a value of memory is that of the moment. The sample
 * count of a service's metric is the number of its running tasks. A task that was not measured leaves a gap: after a
 * restart of the engine, the first measurement of a task has no CPU.
 */
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

interface UtilizationValue {
  namespace: string
  name: string
  /** Sorted by name. */
  dimensions: readonly (readonly [name: string, value: string])[]
  unit: 'Percent'
  value: number
}

export interface MetricSink {
  /** Adds values to the points of the minute with this time (milliseconds since 1970). */
  publish(account: string, region: string, time: number, values: readonly UtilizationValue[]): Promise<void>
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
    const values = new Map<EcsState, UtilizationValue[]>()
    // The minute that has just ended.
    const minute = clock.now() - MINUTE_MS / 2
    const queue = running.values()
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, running.length) }, async () => {
        for (const { ecsState, task } of queue) {
          const ofTask = await measure(ecsState, task, measured)
          if (ofTask) values.set(ecsState, [...(values.get(ecsState) ?? []), ...ofTask])
        }
      }),
    )
    last = measured
    for (const [{ account, region }, found] of values) await deps.sink.publish(account, region, minute, found)
  }

  async function measure(
    ecsState: EcsState,
    task: TaskRecord,
    measured: Map<string, Measurement>,
  ): Promise<UtilizationValue[] | undefined> {
    if (isClosed) return undefined
    const spec = taskSpec(ecsState, task)
    // A task may end while it is measured, and a runtime may be away: both leave a gap.
    const usage = await deps.runtime.usage?.(spec).catch(() => undefined)
    if (!usage) return undefined
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
function sinceStart({ engine: { observed } }: TaskRecord, engineStartedAt: number): Measurement | undefined {
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
): UtilizationValue[] {
  const cluster = ['ClusterName', shortName(task.clusterArn)] as const
  const service = task.engine.service && (['ServiceName', shortName(task.engine.service)] as const)
  const family = ['TaskDefinitionFamily', definition.replace(/:\d+$/, '')] as const
  const ofTask = [cluster, family, ['TaskId', shortName(task.taskArn)] as const]
  const percent = (name: 'CPU' | 'Memory', value: number): UtilizationValue[] => [
    ...(service
      ? [
          {
            namespace: 'AWS/ECS',
            name: `${name}Utilization`,
            dimensions: [cluster, service],
            unit: 'Percent' as const,
            value,
          },
        ]
      : []),
    {
      namespace: 'ECS/ContainerInsights',
      name: name === 'CPU' ? 'TaskCpuUtilization' : 'TaskMemoryUtilization',
      dimensions: ofTask,
      unit: 'Percent',
      value,
    },
  ]
  return [
    ...(processors === undefined || !cpu ? [] : percent('CPU', (processors / (cpu / 1024)) * 100)),
    ...(memoryMiB ? percent('Memory', (memoryBytes / 2 ** 20 / memoryMiB) * 100) : []),
  ]
}
