/** What happens to an account's parts, counted as it happens: they are made anew when its settings change, and a counter must not go down. */
import { Counter, type Registry } from 'prom-client'

interface Counted {
  name: string
  breakers: Readonly<Record<string, unknown>>
}

/** What came of an account's event queue: events of ECS, other messages, messages deleted, calls that failed. */
interface QueueFigures {
  account: string
  what: 'ecs' | 'other' | 'deleted' | 'failed'
  count: number
}

export interface AccountCounters {
  circuitOpened: (breaker: { account: string; service: string }) => void
  queueCounted: (figures: QueueFigures) => void
  /** From now on these are there with 0 before anything has happened: of a counter that appears with its first event, that event is no increase. */
  begin: <Account extends Counted>(accounts: () => readonly Account[], hasQueue: (account: Account) => boolean) => void
}

export function accountCounters(registers: Registry[]): AccountCounters {
  let all: () => readonly Counted[] = () => []
  let withQueue: () => readonly Counted[] = () => []
  const openings = new Counter({
    name: 'ecs_api_aws_circuit_openings_total',
    help: 'How often calls began to fail at once.',
    labelNames: ['account', 'service'],
    registers,
    collect() {
      for (const { name: account, breakers } of all())
        for (const service of Object.keys(breakers)) this.inc({ account, service }, 0)
    },
  })
  const events = new Counter({
    name: 'ecs_api_events_total',
    help: 'Messages from the account’s event queue: events of ECS, and others.',
    labelNames: ['account', 'kind'],
    registers,
    collect() {
      for (const { name: account } of withQueue()) for (const kind of ['ecs', 'other']) this.inc({ account, kind }, 0)
    },
  })
  const ofQueue = (name: string, help: string) =>
    new Counter({
      name,
      help,
      labelNames: ['account'],
      registers,
      collect() {
        for (const { name: account } of withQueue()) this.inc({ account }, 0)
      },
    })
  const deleted = ofQueue('ecs_api_events_deleted_total', 'Messages deleted from the account’s event queue.')
  const failures = ofQueue('ecs_api_event_queue_failures_total', 'Calls to the event queue that failed.')
  return {
    circuitOpened: (breaker) => openings.inc({ ...breaker }),
    queueCounted: ({ account, what, count }) => {
      if (what === 'deleted') deleted.inc({ account }, count)
      else if (what === 'failed') failures.inc({ account }, count)
      else events.inc({ account, kind: what }, count)
    },
    begin: (accounts, hasQueue) => {
      all = accounts
      withQueue = () => accounts().filter(hasQueue)
    },
  }
}
