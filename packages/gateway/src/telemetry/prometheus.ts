/**
 * The classes of prom-client, loaded one by one. The index of prom-client also loads the metrics of the process and
 * OpenTelemetry's whole API, which takes 15 ms of each start. The metrics of the process are loaded at the first
 * scrape.
 */
import { createRequire } from 'node:module'
import type * as Prometheus from 'prom-client'

const require = createRequire(import.meta.url)

export const Counter: typeof Prometheus.Counter = require('prom-client/lib/counter')
export const Gauge: typeof Prometheus.Gauge = require('prom-client/lib/gauge')
export type Gauge<T extends string> = Prometheus.Gauge<T>
export const Histogram: typeof Prometheus.Histogram = require('prom-client/lib/histogram')
export const Registry: typeof Prometheus.Registry = require('prom-client/lib/registry')

/** Adds the metrics of the process: its memory, processor time, garbage collections and event loop. */
export function collectProcessMetrics(registry: Prometheus.Registry, eventLoopPrecisionMs: number): void {
  const { collectDefaultMetrics } = require('prom-client') as typeof Prometheus
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopPrecisionMs })
}
