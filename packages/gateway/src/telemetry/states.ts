/**
 * Metrics that are read from other parts of the program at each scrape: states, and counts that are plain numbers
 * there. Between scrapes they cost nothing.
 */
import type { Registry } from 'prom-client'
import { Counter, Gauge } from './prometheus.ts'

/** The parts of the program that are read at a scrape. */
export interface StateMetricSources<Account extends MeteredAccount> {
  version: () => Promise<{ version: string; githash: string }>
  accounts: () => readonly Account[]
  cache: () => { entries: number; bytes: number; fetches: number }
  /** The state of the account's event queue; undefined for an account without one. */
  feedOf: (account: Account) => Feed | undefined
  streams: StreamFigures
  history: HistoryFigures
}

/** The part of an account that metrics read. */
export interface MeteredAccount {
  name: string
  requestBudget: {
    bucketStates: () => {
      group: string
      tokens: number
      rate: number
      waiting: number
      size: { burst: number; refill: number }
    }[]
  }
  circuitBreakers: Readonly<Record<string, { isOpen: boolean }>>
}

interface Feed {
  state: string
  lastEventAt?: number
}

type CountsByLabel = ReadonlyMap<string, number>

interface StreamFigures {
  /** By route. */
  open: CountsByLabel
  /** By the event's name. */
  sent: CountsByLabel
  /** By the reason. */
  ended: CountsByLabel
  refused: CountsByLabel
}

/** Records of history by kind and outcome (`history/history.ts`). */
type HistoryFigures = Readonly<Record<string, { kept: number; failed: number; dropped: number }>>

export function addStateMetrics<Account extends MeteredAccount>(
  sources: StateMetricSources<Account>,
  registers: Registry[],
): void {
  addVersion(sources, registers)
  addBudgets(sources, registers)
  addBreakers(sources, registers)
  addCacheEntries(sources, registers)
  addStreams(sources, registers)
  addEventQueues(sources, registers)
  addHistory(sources, registers)
}

function addVersion(
  { version: find }: Pick<StateMetricSources<MeteredAccount>, 'version'>,
  registers: Registry[],
): void {
  new Gauge({
    name: 'ecs_api_build_info',
    help: 'The version that runs.',
    labelNames: ['version', 'githash'],
    registers,
    async collect() {
      const { version, githash } = await find()
      this.set({ version, githash }, 1)
    },
  })
}

function addBudgets({ accounts }: Pick<StateMetricSources<MeteredAccount>, 'accounts'>, registers: Registry[]): void {
  const labelNames = ['account', 'group'] as const
  const otherGauges: Gauge<'account' | 'group'>[] = []
  const tokens = new Gauge({
    name: 'ecs_api_aws_budget_tokens',
    help: 'Calls to AWS that can be sent at once now.',
    labelNames,
    registers,
    // Registered first, so its `collect` runs first; it also sets the other gauges.
    collect() {
      for (const gauge of [tokens, ...otherGauges]) gauge.reset()
      for (const { name: account, requestBudget } of accounts()) {
        for (const { group, size, tokens: left, rate, waiting } of requestBudget.bucketStates()) {
          tokens.set({ account, group }, left)
          for (const [i, value] of [rate, waiting, size.burst, size.refill].entries())
            otherGauges[i]!.set({ account, group }, value)
        }
      }
    },
  })
  otherGauges.push(
    new Gauge({
      name: 'ecs_api_aws_budget_rate',
      help: 'Assumed refill rate of the request bucket, in calls a second.',
      labelNames,
      registers,
    }),
    new Gauge({
      name: 'ecs_api_aws_budget_waiting',
      help: 'Calls that wait for a token of the request bucket.',
      labelNames,
      registers,
    }),
    new Gauge({
      name: 'ecs_api_aws_budget_burst',
      help: 'Calls that a full request bucket allows at once.',
      labelNames,
      registers,
    }),
    new Gauge({
      name: 'ecs_api_aws_budget_refill',
      help: 'Configured refill rate of the request bucket, in calls a second.',
      labelNames,
      registers,
    }),
  )
}

function addBreakers({ accounts }: Pick<StateMetricSources<MeteredAccount>, 'accounts'>, registers: Registry[]): void {
  const labelNames = ['account', 'service'] as const
  new Gauge({
    name: 'ecs_api_aws_circuit_open',
    help: 'Whether the circuit breaker is open: calls fail at once, because the last ones got no response.',
    labelNames,
    registers,
    collect() {
      this.reset()
      for (const { name: account, circuitBreakers } of accounts()) {
        for (const [service, breaker] of Object.entries(circuitBreakers)) {
          this.set({ account, service }, breaker.isOpen ? 1 : 0)
        }
      }
    },
  })
}

function addStreams({ streams }: Pick<StateMetricSources<MeteredAccount>, 'streams'>, registers: Registry[]): void {
  new Gauge({
    name: 'ecs_api_streams_open',
    help: 'Open event streams, by route pattern.',
    labelNames: ['route'],
    registers,
    collect() {
      for (const [route, count] of streams.open) this.set({ route }, count)
    },
  })
  addCounts(
    {
      name: 'ecs_api_stream_events_total',
      help: 'Events sent on streams, by name.',
      label: 'event',
      counts: streams.sent,
    },
    registers,
  )
  addCounts(
    {
      name: 'ecs_api_streams_ended_total',
      help: 'Streams that ended, by reason.',
      label: 'reason',
      counts: streams.ended,
    },
    registers,
  )
  addCounts(
    {
      name: 'ecs_api_streams_refused_total',
      help: 'Requests for streams that were rejected, by reason.',
      label: 'reason',
      counts: streams.refused,
    },
    registers,
  )
}

function addCounts(
  { name, help, label, counts }: { name: string; help: string; label: string; counts: CountsByLabel },
  registers: Registry[],
): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers,
    collect() {
      this.reset()
      for (const [value, count] of counts) this.inc({ [label]: value }, count)
    },
  })
}

function addHistory({ history }: Pick<StateMetricSources<MeteredAccount>, 'history'>, registers: Registry[]): void {
  new Counter({
    name: 'ecs_api_history_records_total',
    help: 'Stopped tasks and service events: kept in history, failed in the store, or dropped because too many waited.',
    labelNames: ['kind', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const [kind, outcomes] of Object.entries(history)) {
        for (const [outcome, count] of Object.entries(outcomes)) this.inc({ kind, outcome }, count)
      }
    },
  })
}

function addCacheEntries({ cache }: Pick<StateMetricSources<MeteredAccount>, 'cache'>, registers: Registry[]): void {
  new Gauge({
    name: 'ecs_api_views',
    help: 'Entries in the cache.',
    registers,
    collect() {
      this.set(cache().entries)
    },
  })
  new Gauge({
    name: 'ecs_api_view_bytes',
    help: 'Memory that cache entries take, in bytes.',
    registers,
    collect() {
      this.set(cache().bytes)
    },
  })
  new Counter({
    name: 'ecs_api_view_looks_total',
    help: 'Refreshes of cache entries, each of which asked AWS.',
    registers,
    collect() {
      this.reset()
      this.inc(cache().fetches)
    },
  })
}

function addEventQueues<Account extends MeteredAccount>(
  { accounts, feedOf }: StateMetricSources<Account>,
  registers: Registry[],
): void {
  const labelNames = ['account'] as const
  const up = new Gauge({
    name: 'ecs_api_event_queue_up',
    help: 'Whether messages can be received from the account’s event queue.',
    labelNames,
    registers,
    // Registered first, so its `collect` runs first; it also sets the other gauge.
    collect() {
      for (const gauge of [up, age]) gauge.reset()
      for (const account of accounts()) {
        const feed = feedOf(account)
        if (!feed) continue
        const labels = { account: account.name }
        up.set(labels, feed.state === 'silent' || feed.state === 'receiving' ? 1 : 0)
        if (feed.lastEventAt !== undefined) age.set(labels, (Date.now() - feed.lastEventAt) / 1000)
      }
    },
  })
  const age = new Gauge({
    name: 'ecs_api_event_age_seconds',
    help: 'Time since the last ECS event was received.',
    labelNames,
    registers,
  })
}
