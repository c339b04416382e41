/**
 * A histogram in plain numbers, for values that every request observes. prom-client's histogram checks and hashes the
 * labels of each observation, which would be a large part of the time that a cached response takes. Here an observation
 * is an addition, and the labels are written at a scrape.
 */
import type { Metric, Registry } from 'prom-client'

export interface PlainHistogramOptions {
  name: string
  help: string
  /** Upper limits, ascending. */
  buckets: readonly number[]
  register: Registry
}

export interface Series {
  observe: (value: number) => void
}

export interface PlainHistogram {
  /** Adds a series. It cannot be found again by its labels, so the caller keeps it, and adds each combination once. */
  addSeries: (labels: Readonly<Record<string, string | number>>) => Series
}

export function createPlainHistogram({ name, help, buckets, register }: PlainHistogramOptions): PlainHistogram {
  const readers: (() => object[])[] = []
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ name, help, type: 'histogram', values: readers.flatMap((read) => read()) }),
  }
  // The registry calls `get` and reads nothing else but the name.
  register.registerMetric(metric as unknown as Metric)
  return {
    addSeries: (labels) => {
      /** The number of observations in each bucket. The last number is for values beyond all buckets. */
      const counts: number[] = new Array(buckets.length + 1).fill(0)
      let sum = 0
      readers.push(() => {
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
      return {
        observe: (value) => {
          let bucket = 0
          while (bucket < buckets.length && value > buckets[bucket]!) bucket++
          counts[bucket]!++
          sum += value
        },
      }
    },
  }
}
