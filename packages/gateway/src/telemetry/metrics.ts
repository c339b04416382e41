/**
 * What is counted, as Prometheus reads it (docs/operating.md has the table). No label has values without a bound: routes are patterns,
 * outcomes are classes, and no resource, token or request has a name here.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Of a request, once it is answered. */
interface AnsweredRequest {
  method: string | undefined
  /** The route's pattern. */
  route: string | undefined
  status: number
  code: string | undefined
  ms: number
  awsCalls: number
  /** How old the answer was; of what is answered from a view. */
  ageMs: number | undefined
  /** Under an `Idempotency-Key`: whether the first answer was given again. */
  replayed: boolean | undefined
}

/** A finished call to AWS. */
interface AwsCall {
  account: string
  action: string
  ms: number
  attempts: number
  /** Attempts that AWS refused for too many. */
  throttles: number
  problem: { status: number; code: string } | undefined
}

interface StoreQuery {
  operation: string
  ms: number
  failed: boolean
}

/** What is read when it is asked for. */
interface Sources<Account extends Budgeted> {
  version: () => Promise<{ version: string; githash: string }>
  accounts: () => readonly Account[]
  views: () => { views: number; bytes: number; looks: number }
  /** Of an account that has a queue. */
  feedOf: (account: Account) => Feed | undefined
}

interface Feed {
  state: string
  events: number
  others: number
  failures: number
  lastEventAt?: number
}

interface Budgeted {
  name: string
  budget: { headroom: () => { group: string; tokens: number; rate: number; waiting: number; size: { burst: number; refill: number } }[] }
}

export interface Metrics {
  answered: (request: AnsweredRequest) => void
  awsCalled: (call: AwsCall) => void
  storeAsked: (query: StoreQuery) => void
  audited: (entry: { status: number | null }) => void
  /** From now on these are shown too. */
  read: <Account extends Budgeted>(sources: Sources<Account>) => void
  /** The text that Prometheus scrapes. */
  text: () => Promise<string>
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const eventLoopPrecisionMs = 50

export function openMetrics(): Metrics {
  const registers = [new Registry()]
  const [register] = registers as [Registry]
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: eventLoopPrecisionMs })

  const requests = new Histogram({
    name: 'ecs_api_http_request_duration_seconds',
    help: 'Requests answered, by route pattern and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60],
    registers,
  })
  const idempotent = new Counter({
    name: 'ecs_api_idempotent_requests_total',
    help: 'Requests with an Idempotency-Key, by what came of it.',
    labelNames: ['outcome'],
    registers,
  })
  const viewAnswers = new Counter({
    name: 'ecs_api_view_answers_total',
    help: 'Answers given from views: kept ones, and those that AWS was asked for first.',
    labelNames: ['from'],
    registers,
  })
  const viewAge = new Histogram({
    name: 'ecs_api_view_age_seconds',
    help: 'How old answers from views were when they were given.',
    buckets: [0.1, 0.5, 1, 2, 5, 15, 60],
    registers,
  })
  const awsCalls = new Histogram({
    name: 'ecs_api_aws_call_duration_seconds',
    help: 'Calls to AWS with all their attempts, by what came of them.',
    labelNames: ['account', 'action', 'outcome'],
    buckets: [0.01, 0.05, 0.2, 1, 5, 30],
    registers,
  })
  const awsAttempts = new Counter({
    name: 'ecs_api_aws_attempts_total',
    help: 'Attempts at calls to AWS, the first ones among them.',
    labelNames: ['account', 'action'],
    registers,
  })
  const awsThrottles = new Counter({
    name: 'ecs_api_aws_throttles_total',
    help: 'Attempts that AWS refused for too many.',
    labelNames: ['account', 'action'],
    registers,
  })
  const storeQueries = new Histogram({
    name: 'ecs_api_store_query_duration_seconds',
    help: 'Questions to the store.',
    labelNames: ['operation', 'outcome'],
    buckets: [0.0005, 0.002, 0.01, 0.05, 0.25, 1, 5],
    registers,
  })
  const audit = new Counter({
    name: 'ecs_api_audit_entries_total',
    help: 'Changes that were asked for, by the status of their answer.',
    labelNames: ['status'],
    registers,
  })

  return {
    answered: ({ method = '', route = 'none', status, code, ms, awsCalls, ageMs, replayed }) => {
      requests.observe({ method: methods.has(method) ? method : 'other', route, status }, ms / 1000)
      if (replayed !== undefined) idempotent.inc({ outcome: keyOutcome(replayed, code) })
      if (ageMs === undefined) return
      viewAnswers.inc({ from: awsCalls === 0 ? 'kept' : 'aws' })
      viewAge.observe(ageMs / 1000)
    },
    awsCalled: ({ account, action, ms, attempts, throttles, problem }) => {
      awsCalls.observe({ account, action, outcome: awsOutcome(problem) }, ms / 1000)
      awsAttempts.inc({ account, action }, attempts)
      if (throttles > 0) awsThrottles.inc({ account, action }, throttles)
    },
    storeAsked: ({ operation, ms, failed }) => storeQueries.observe({ operation, outcome: failed ? 'failed' : 'ok' }, ms / 1000),
    audited: ({ status }) => audit.inc({ status: status === null ? 'none' : `${Math.floor(status / 100)}xx` }),
    read: (sources) => {
      readVersion(sources, registers)
      readBudgets(sources, registers)
      readViews(sources, registers)
      readFeeds(sources, registers)
    },
    text: () => register.metrics(),
  }
}

function readVersion({ version: find }: Pick<Sources<Budgeted>, 'version'>, registers: Registry[]): void {
  new Gauge({
    name: 'ecs_api_build_info',
    help: 'Which version runs.',
    labelNames: ['version', 'githash'],
    registers,
    async collect() {
      const { version, githash } = await find()
      this.set({ version, githash }, 1)
    },
  })
}

function readBudgets({ accounts }: Pick<Sources<Budgeted>, 'accounts'>, registers: Registry[]): void {
  const labelNames = ['account', 'group'] as const
  const others: Gauge<'account' | 'group'>[] = []
  const tokens = new Gauge({
    name: 'ecs_api_aws_budget_tokens',
    help: 'Calls that can be made at once now.',
    labelNames,
    registers,
    // Registered first, so that it is asked first.
    collect() {
      for (const each of [tokens, ...others]) each.reset()
      for (const { name: account, budget } of accounts()) {
        for (const { group, size, tokens: left, rate, waiting } of budget.headroom()) {
          tokens.set({ account, group }, left)
          for (const [i, value] of [rate, waiting, size.burst, size.refill].entries()) others[i]!.set({ account, group }, value)
        }
      }
    },
  })
  others.push(
    new Gauge({ name: 'ecs_api_aws_budget_rate', help: 'Calls a second that AWS is believed to give.', labelNames, registers }),
    new Gauge({ name: 'ecs_api_aws_budget_waiting', help: 'Calls that wait for their turn.', labelNames, registers }),
    new Gauge({ name: 'ecs_api_aws_budget_burst', help: 'Calls that could be made at once when none was made lately.', labelNames, registers }),
    new Gauge({ name: 'ecs_api_aws_budget_refill', help: 'Calls a second that AWS gives at most.', labelNames, registers }),
  )
}

function readViews({ views }: Pick<Sources<Budgeted>, 'views'>, registers: Registry[]): void {
  new Gauge({
    name: 'ecs_api_views',
    help: 'Views that are kept.',
    registers,
    collect() {
      this.set(views().views)
    },
  })
  new Gauge({
    name: 'ecs_api_view_bytes',
    help: 'What views take in memory.',
    registers,
    collect() {
      this.set(views().bytes)
    },
  })
  new Counter({
    name: 'ecs_api_view_looks_total',
    help: 'Looks at AWS that views took.',
    registers,
    collect() {
      this.reset()
      this.inc(views().looks)
    },
  })
}

function readFeeds<Account extends Budgeted>({ accounts, feedOf }: Sources<Account>, registers: Registry[]): void {
  const labelNames = ['account'] as const
  const up = new Gauge({
    name: 'ecs_api_event_queue_up',
    help: 'Whether messages can be received from the account’s event queue.',
    labelNames,
    registers,
    // Registered first, so that it is asked first.
    collect() {
      for (const each of [up, age, events, failures]) each.reset()
      for (const account of accounts()) {
        const feed = feedOf(account)
        if (!feed) continue
        const labels = { account: account.name }
        up.set(labels, feed.state === 'silent' || feed.state === 'receiving' ? 1 : 0)
        if (feed.lastEventAt !== undefined) age.set(labels, (Date.now() - feed.lastEventAt) / 1000)
        events.inc({ ...labels, kind: 'ecs' }, feed.events)
        events.inc({ ...labels, kind: 'other' }, feed.others)
        failures.inc(labels, feed.failures)
      }
    },
  })
  const age = new Gauge({ name: 'ecs_api_event_age_seconds', help: 'How long ago the last event of ECS came.', labelNames, registers })
  const events = new Counter({
    name: 'ecs_api_events_total',
    help: 'Messages from the account’s event queue: events of ECS, and others.',
    labelNames: ['account', 'kind'],
    registers,
  })
  const failures = new Counter({ name: 'ecs_api_event_queue_failures_total', help: 'Calls to the event queue that failed.', labelNames, registers })
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

/** By the problem that it became (aws/errors.ts). */
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
