/** The time window and the period of a request for metrics, within the limits of CloudWatch. */
import { findMoment } from '../http/request/moment.ts'
import { BadRequest, detailAndErrorsOf, type Fault } from '../problems/problem.ts'

export interface WindowQuery {
  /** A time, or a duration back from now. */
  since: string
  /** Seconds; by default the shortest possible period for the time. */
  period?: number
}

/** A window of whole periods, in seconds since 1970. It ends before the current period, which has no value yet. */
export interface MetricWindow {
  start: number
  end: number
  period: number
}

/** A request for more points than this needs a longer period, because a screen has hardly more columns of pixels. */
const maxPoints = 1440
const periods = [60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400]
const daySeconds = 86_400
/**
 * CloudWatch keeps points of one minute for 15 days, of five minutes for 63 days and of an hour for 455 days
 * (CloudWatch User Guide, "Metrics retention").
 */
const retention = [
  { days: 15, period: 60 },
  { days: 63, period: 300 },
  { days: 455, period: 3600 },
]

/** The window and period of a query, when it is read at `nowMs`. @throws BadRequest `InvalidQuery` with every error */
export function metricWindow({ since, period }: WindowQuery, nowMs: number): MetricWindow {
  const now = Math.floor(nowMs / 1000)
  const moment = findMoment(since, nowMs)
  const from = Math.floor((moment ?? nowMs) / 1000)
  const retained = retention.find(({ days }) => now - from <= days * daySeconds)
  const faults: Fault[] = []
  const addFault = (name: string, message: string) => faults.push({ in: 'query', name, message })
  if (from >= now) addFault('since', 'must be before now')
  else if (!retained) addFault('since', 'CloudWatch keeps metrics for 455 days')
  const isPossible = (seconds: number) =>
    seconds % (retained?.period ?? 60) === 0 && (now - from) / seconds <= maxPoints
  const shortest = periods.find(isPossible) ?? daySeconds
  if (period !== undefined && period % 60 !== 0) addFault('period', 'must be a multiple of 60 (seconds)')
  else if (period !== undefined && faults.length === 0 && !isPossible(period))
    addFault('period', `is too short for this time, for which ${shortest} seconds are possible`)
  const [first] = faults
  if (first) {
    const { detail, ...options } = detailAndErrorsOf(`?${'name' in first ? first.name : ''}: ${first.message}`, faults)
    throw new BadRequest('InvalidQuery', detail, options)
  }
  const seconds = period ?? shortest
  const end = Math.floor(now / seconds) * seconds
  return { start: Math.min(Math.floor(from / seconds) * seconds, end - seconds), end, period: seconds }
}
