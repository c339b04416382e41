/** Figures of several processes as those of one. How a metric is put together is said where it is made; unless said, values are added. */
import { type Aggregator, AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** All that a process counts, as data. */
export type Figures = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

const eventLoopPrecisionMs = 50

/** Node's own; prom-client would leave out when it all began, and hide the one process whose event loop is held up among those whose isn't. */
const ownWays: Readonly<Record<string, Aggregator>> = {
  process_start_time_seconds: 'min',
  nodejs_eventloop_lag_seconds: 'max',
  nodejs_eventloop_lag_p50_seconds: 'max',
  nodejs_eventloop_lag_p90_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
}

/** A register that has what Node and the system say of the process. */
export function processRegister(): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: eventLoopPrecisionMs })
  return register
}

export async function figuresOf(register: Registry): Promise<Figures> {
  const figures = await register.getMetricsAsJSON()
  return figures.map((figure) => ({ ...figure, aggregator: ownWays[figure.name] ?? figure.aggregator }))
}

export function together(all: readonly Figures[]): Promise<Figures> {
  return AggregatorRegistry.aggregate([...all]).getMetricsAsJSON()
}

/** As Prometheus scrapes it. */
export function textTogether(all: readonly Figures[]): Promise<string> {
  return AggregatorRegistry.aggregate([...all]).metrics()
}

/** What goes on counting when the process that counted it has ended; a gauge says what is, and of that nothing is left. */
export function lastingIn(figures: Figures): Figures {
  return figures.filter(({ type }) => ['counter', 'histogram'].includes(String(type)))
}

/** What the parent of workers says of them. */
export interface WorkerMetrics {
  /** Which of the workers have told their figures for this answer. */
  answered: (workers: ReadonlyMap<number, boolean>) => void
  ended: (worker: number) => void
  figures: () => Promise<Figures>
}

export function openWorkerMetrics(count: number): WorkerMetrics {
  const register = processRegister()
  const registers = [register]
  const up = new Gauge({
    name: 'ecs_api_worker_up',
    help: 'Whether the worker’s figures are those of now; else they are its last ones.',
    labelNames: ['worker'],
    registers,
  })
  const ends = new Counter({ name: 'ecs_api_worker_ends_total', help: 'How often the worker has ended.', labelNames: ['worker'], registers })
  for (let worker = 1; worker <= count; worker++) ends.inc({ worker }, 0)
  return {
    answered: (workers) => {
      for (const [worker, isThere] of workers) up.set({ worker }, isThere ? 1 : 0)
    },
    ended: (worker) => ends.inc({ worker }),
    figures: () => figuresOf(register),
  }
}
