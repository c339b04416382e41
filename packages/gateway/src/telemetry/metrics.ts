/**
 * The metrics of this process, in Prometheus's text format (docs/operating.md has the table). Every label has a bounded
 * number of values: routes are patterns, outcomes are classes, and no label names a resource, a token or a request.
 */
import { type AccountCounters, createAccountCounters } from './account-counters.ts'
import { createPlainHistogram, type Series } from './plain-histogram.ts'
import { Counter, collectProcessMetrics, Histogram, Registry } from './prometheus.ts'
import { addStateMetrics, type MeteredAccount, type StateMetricSources } from './states.ts'

interface AnsweredRequest {
  method: string | undefined
  /** The route's pattern. */
  route: string | undefined
  status: number
  code: string | undefined
  ms: number
  awsCalls: number
  /** The age of a response from the cache; undefined for other responses. */
  ageMs: number | undefined
  /** For a request with an `Idempotency-Key`: whether it got a stored response. */
  replayed: boolean | undefined
}

/** A finished call to AWS. */
interface AwsCall {
  account: string
  action: string
  durationMs: number
  attempts: number
  /** Attempts that AWS throttled. */
  throttles: number
  problem: { status: number; code: string } | undefined
}

interface StoreQuery {
  operation: string
  ms: number
  failed: boolean
}

export interface Metrics extends Pick<AccountCounters, 'countCircuitOpening' | 'increaseQueueCounter'> {
  observeRequest: (request: AnsweredRequest) => void
  observeAwsCall: (call: AwsCall) => void
  observeStoreQuery: (query: StoreQuery) => void
  /** An ECS event was received from the account's queue, with its age. */
  observeEcsEvent: (event: { account: string; delayMs: number }) => void
  countAuditEntry: (entry: { status: number | null }) => void
  /** Adds the metrics whose values are read from other parts of the program at each scrape. */
  addStateMetrics: <Account extends MeteredAccount>(sources: StateMetricSources<Account>) => void
  /** The text that Prometheus scrapes. */
  text: () => Promise<string>
}

const eventLoopPrecisionMs = 50
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export function openMetrics(): Metrics {
  const register = new Registry()
  let hasProcessMetrics = false
  const registers = [register]

  const requests = createPlainHistogram({
    name: 'ecs_api_http_request_duration_seconds',
    help: 'Duration of requests, by route pattern and status.',
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60],
    register,
  })
  const requestSeries = new Map<string, Series>()
  const seriesOfRequest = (method: string, route: string, status: number): Series => {
    const key = `${method} ${status} ${route}`
    let series = requestSeries.get(key)
    if (series === undefined) {
      series = requests.addSeries({ method, route, status })
      requestSeries.set(key, series)
    }
    return series
  }
  const idempotent = new Counter({
    name: 'ecs_api_idempotent_requests_total',
    help: 'Requests with an Idempotency-Key, by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  // Plain numbers, read at a scrape: these events are more frequent than all others.
  const cacheAnswers = { kept: 0, aws: 0 }
  new Counter({
    name: 'ecs_api_view_answers_total',
    help: 'Responses from the cache: kept ones, and ones for which AWS was asked first.',
    labelNames: ['from'],
    registers,
    collect() {
      this.reset()
      for (const [from, count] of Object.entries(cacheAnswers)) this.inc({ from }, count)
    },
  })
  const viewAge = createPlainHistogram({
    name: 'ecs_api_view_age_seconds',
    help: 'Age of responses from the cache.',
    buckets: [0.1, 0.5, 1, 2, 5, 15, 60],
    register,
  }).addSeries({})
  const awsCalls = new Histogram({
    name: 'ecs_api_aws_call_duration_seconds',
    help: 'Duration of calls to AWS with all their attempts, by outcome.',
    labelNames: ['account', 'action', 'outcome'],
    buckets: [0.01, 0.05, 0.2, 1, 5, 30],
    registers,
  })
  const awsAttempts = new Counter({
    name: 'ecs_api_aws_attempts_total',
    help: 'Attempts of calls to AWS, first attempts included.',
    labelNames: ['account', 'action'],
    registers,
  })
  const awsThrottles = new Counter({
    name: 'ecs_api_aws_throttles_total',
    help: 'Attempts that AWS throttled.',
    labelNames: ['account', 'action'],
    registers,
  })
  const storeQueries = new Histogram({
    name: 'ecs_api_store_query_duration_seconds',
    help: 'Duration of queries to the store.',
    labelNames: ['operation', 'outcome'],
    buckets: [0.0005, 0.002, 0.01, 0.05, 0.25, 1, 5],
    registers,
  })
  const eventDelay = new Histogram({
    name: 'ecs_api_event_delay_seconds',
    help: 'Age of ECS events when they were received, exact to a second.',
    labelNames: ['account'],
    buckets: [1, 2, 5, 15, 60, 300],
    registers,
  })
  const audit = new Counter({
    name: 'ecs_api_audit_entries_total',
    help: 'Requested changes, by the status of the response.',
    labelNames: ['status'],
    registers,
  })

  const { countCircuitOpening, increaseQueueCounter, exposeZeros } = createAccountCounters(registers)

  return {
    observeRequest: ({ method = '', route = 'none', status, code, ms, awsCalls, ageMs, replayed }) => {
      seriesOfRequest(methods.has(method) ? method : 'other', route, status).observe(ms / 1000)
      if (replayed !== undefined) idempotent.inc({ outcome: keyOutcome(replayed, code) })
      if (ageMs === undefined) return
      cacheAnswers[awsCalls === 0 ? 'kept' : 'aws']++
      viewAge.observe(ageMs / 1000)
    },
    observeAwsCall: ({ account, action, durationMs, attempts, throttles, problem }) => {
      awsCalls.observe({ account, action, outcome: awsOutcome(problem) }, durationMs / 1000)
      awsAttempts.inc({ account, action }, attempts)
      if (throttles > 0) awsThrottles.inc({ account, action }, throttles)
    },
    observeStoreQuery: ({ operation, ms, failed }) =>
      storeQueries.observe({ operation, outcome: failed ? 'failed' : 'ok' }, ms / 1000),
    observeEcsEvent: ({ account, delayMs }) => eventDelay.observe({ account }, delayMs / 1000),
    countAuditEntry: ({ status }) => audit.inc({ status: status === null ? 'none' : `${Math.floor(status / 100)}xx` }),
    countCircuitOpening,
    increaseQueueCounter,
    addStateMetrics: (sources) => {
      exposeZeros(sources.accounts, (account) => sources.feedOf(account) !== undefined)
      addStateMetrics(sources, registers)
    },
    text: () => {
      if (!hasProcessMetrics) collectProcessMetrics(register, eventLoopPrecisionMs)
      hasProcessMetrics = true
      return register.metrics()
    },
  }
}

function keyOutcome(replayed: boolean, code: string | undefined): string {
  if (replayed) return 'replayed'
  switch (code) {
    case 'IdempotencyConflict':
      return 'conflict'
    case 'RequestInProgress':
      return 'in_progress'
    case 'OutcomeUnknown':
      return 'unknown'
    default:
      return 'made'
  }
}

/** The outcome of a call, by the problem into which its error was translated (`aws/calls/errors.ts`). */
function awsOutcome(problem: AwsCall['problem']): string {
  if (!problem) return 'ok'
  if (problem.code === 'AwsAccessDenied') return 'denied'
  switch (problem.status) {
    case 429:
      return 'throttled'
    case 502:
      return 'failed'
    case 503:
      return 'unavailable'
    case 504:
      return 'timeout'
    default:
      return 'refused'
  }
}
