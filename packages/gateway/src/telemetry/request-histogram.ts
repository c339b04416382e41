/**
 * The histogram of requests. prom-client's own checks and hashes the labels of each observation, which costs a cached
 * response more than its token check; here an observation is a lookup and an addition, and the labels are written at a
 * scrape.
 */
import type { Metric, Registry } from 'prom-client'

/** Seconds. */
const buckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60] as const

interface Series {
  labels: { method: string; route: string; status: number }
  /** Observations by the first bucket that holds them; the last is beyond all buckets. */
  counts: number[]
  sum: number
}

export interface RequestHistogram {
  observe: (method: string, route: string, status: number, seconds: number) => void
}

export function requestHistogram(name: string, help: string, register: Registry): RequestHistogram {
  const known = new Map<string, Series>()
  const type = 'histogram'
  const values = () =>
    [...known.values()].flatMap(({ labels, counts, sum }) => {
      let total = 0
      const upToBucket = counts.map((count, i) => {
        total += count
        return { metricName: `${name}_bucket`, labels: { le: buckets[i] ?? '+Inf', ...labels }, value: total }
      })
      return [
        ...upToBucket,
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: total },
      ]
    })
  const metric = { name, help, type, aggregator: 'sum', get: async () => ({ name, help, type, values: values() }) }
  // The registry reads `name` and `get` of a metric, and nothing else.
  register.registerMetric(metric as unknown as Metric)
  return {
    observe: (method, route, status, seconds) => {
      const key = `${method} ${status} ${route}`
      let series = known.get(key)
      if (!series) {
        series = { labels: { method, route, status }, counts: new Array(buckets.length + 1).fill(0), sum: 0 }
        known.set(key, series)
      }
      let bucket = 0
      while (bucket < buckets.length && seconds > buckets[bucket]!) bucket++
      series.counts[bucket]!++
      series.sum += seconds
    },
  }
}
