/** What is state, or is counted elsewhere as a plain number: read when Prometheus asks, so that nothing is paid for it before. */
import { Counter, Gauge, type Registry } from 'prom-client'

export interface Sources<Account extends Reached> {
  version: () => Promise<{ version: string; githash: string }>
  accounts: () => readonly Account[]
  cache: () => { entries: number; bytes: number; fetches: number }
  /** Of an account that has a queue. */
  feedOf: (account: Account) => Feed | undefined
  streams: StreamFigures
  history: HistoryFigures
}

/** How an account is reached. */
export interface Reached {
  name: string
  budget: {
    headroom: () => {
      group: string
      tokens: number
      rate: number
      waiting: number
      size: { burst: number; refill: number }
    }[]
  }
  breakers: Readonly<Record<string, { isOpen: boolean }>>
}

interface Feed {
  state: string
  lastEventAt?: number
}

type Counts = ReadonlyMap<string, number>

interface StreamFigures {
  /** By route. */
  open: Counts
  /** By the event's name. */
  sent: Counts
  /** By the reason. */
  ended: Counts
  refused: Counts
}

/** What came of what was seen and ECS forgets, by kind. */
type HistoryFigures = Readonly<Record<string, { kept: number; failed: number; dropped: number }>>

export function readStates<Account extends Reached>(sources: Sources<Account>, registers: Registry[]): void {
  readVersion(sources, registers)
  readBudgets(sources, registers)
  readBreakers(sources, registers)
  readViews(sources, registers)
  readStreams(sources, registers)
  readFeeds(sources, registers)
  readHistory(sources, registers)
}

function readVersion({ version: find }: Pick<Sources<Reached>, 'version'>, registers: Registry[]): void {
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

function readBudgets({ accounts }: Pick<Sources<Reached>, 'accounts'>, registers: Registry[]): void {
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
          for (const [i, value] of [rate, waiting, size.burst, size.refill].entries())
            others[i]!.set({ account, group }, value)
        }
      }
    },
  })
  others.push(
    new Gauge({
      name: 'ecs_api_aws_budget_rate',
      help: 'Calls a second that AWS is believed to give.',
      labelNames,
      registers,
    }),
    new Gauge({ name: 'ecs_api_aws_budget_waiting', help: 'Calls that wait for their turn.', labelNames, registers }),
    new Gauge({
      name: 'ecs_api_aws_budget_burst',
      help: 'Calls that could be made at once when none was made lately.',
      labelNames,
      registers,
    }),
    new Gauge({
      name: 'ecs_api_aws_budget_refill',
      help: 'Calls a second that AWS gives at most.',
      labelNames,
      registers,
    }),
  )
}

function readBreakers({ accounts }: Pick<Sources<Reached>, 'accounts'>, registers: Registry[]): void {
  const labelNames = ['account', 'service'] as const
  new Gauge({
    name: 'ecs_api_aws_circuit_open',
    help: 'Whether calls fail at once, since nothing got through lately.',
    labelNames,
    registers,
    collect() {
      this.reset()
      for (const { name: account, breakers } of accounts()) {
        for (const [service, breaker] of Object.entries(breakers)) {
          this.set({ account, service }, breaker.isOpen ? 1 : 0)
        }
      }
    },
  })
}

function readStreams({ streams }: Pick<Sources<Reached>, 'streams'>, registers: Registry[]): void {
  new Gauge({
    name: 'ecs_api_streams_open',
    help: 'Event streams that are open, by route pattern.',
    labelNames: ['route'],
    registers,
    collect() {
      for (const [route, count] of streams.open) this.set({ route }, count)
    },
  })
  readCounts(
    {
      name: 'ecs_api_stream_events_total',
      help: 'Events sent on streams, by name.',
      label: 'event',
      counts: streams.sent,
    },
    registers,
  )
  readCounts(
    {
      name: 'ecs_api_streams_ended_total',
      help: 'Streams that ended, by the reason.',
      label: 'reason',
      counts: streams.ended,
    },
    registers,
  )
  readCounts(
    {
      name: 'ecs_api_streams_refused_total',
      help: 'Streams that were asked for and not begun.',
      label: 'reason',
      counts: streams.refused,
    },
    registers,
  )
}

function readCounts(
  { name, help, label, counts }: { name: string; help: string; label: string; counts: Counts },
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

function readHistory({ history }: Pick<Sources<Reached>, 'history'>, registers: Registry[]): void {
  new Counter({
    name: 'ecs_api_history_records_total',
    help: 'What was seen and ECS forgets: written down, not written since the store failed, not taken in since too much waited.',
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

function readViews({ cache }: Pick<Sources<Reached>, 'cache'>, registers: Registry[]): void {
  new Gauge({
    name: 'ecs_api_views',
    help: 'Views that are kept.',
    registers,
    collect() {
      this.set(cache().entries)
    },
  })
  new Gauge({
    name: 'ecs_api_view_bytes',
    help: 'What views take in memory.',
    registers,
    collect() {
      this.set(cache().bytes)
    },
  })
  new Counter({
    name: 'ecs_api_view_looks_total',
    help: 'Looks at AWS that views took.',
    registers,
    collect() {
      this.reset()
      this.inc(cache().fetches)
    },
  })
}

function readFeeds<Account extends Reached>({ accounts, feedOf }: Sources<Account>, registers: Registry[]): void {
  const labelNames = ['account'] as const
  const up = new Gauge({
    name: 'ecs_api_event_queue_up',
    help: 'Whether messages can be received from the account’s event queue.',
    labelNames,
    registers,
    // Registered first, so that it is asked first.
    collect() {
      for (const each of [up, age]) each.reset()
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
    help: 'How long ago the last event of ECS came.',
    labelNames,
    registers,
  })
}
