/**
 * Counters of events of each account's circuit breakers and event queue. They are not stored in the account, because an
 * account is replaced when its settings change, and a counter must not decrease.
 */
import type { Registry } from 'prom-client'
import { Counter } from './prometheus.ts'

interface CountedAccount {
  name: string
  circuitBreakers: Readonly<Record<string, unknown>>
}

interface QueueFigures {
  account: string
  /** ECS events, other messages, deleted messages, failed calls. */
  kind: 'ecs' | 'other' | 'deleted' | 'failed'
  count: number
}

export interface AccountCounters {
  countCircuitOpening: (breaker: { account: string; service: string }) => void
  increaseQueueCounter: (figures: QueueFigures) => void
  /**
   * Exposes the counters of all accounts with the value 0 before their first event. Prometheus would not count the
   * first event of a counter that appears with it.
   */
  exposeZeros: <Account extends CountedAccount>(
    accounts: () => readonly Account[],
    hasQueue: (account: Account) => boolean,
  ) => void
}

export function createAccountCounters(registers: Registry[]): AccountCounters {
  let allAccounts: () => readonly CountedAccount[] = () => []
  let accountsWithQueue: () => readonly CountedAccount[] = () => []
  const openings = new Counter({
    name: 'ecs_api_aws_circuit_openings_total',
    help: 'How often the circuit breaker opened.',
    labelNames: ['account', 'service'],
    registers,
    collect() {
      for (const { name: account, circuitBreakers } of allAccounts())
        for (const service of Object.keys(circuitBreakers)) this.inc({ account, service }, 0)
    },
  })
  const events = new Counter({
    name: 'ecs_api_events_total',
    help: 'Messages from the account’s event queue: ECS events, and others.',
    labelNames: ['account', 'kind'],
    registers,
    collect() {
      for (const { name: account } of accountsWithQueue())
        for (const kind of ['ecs', 'other']) this.inc({ account, kind }, 0)
    },
  })
  const queueCounter = (name: string, help: string) =>
    new Counter({
      name,
      help,
      labelNames: ['account'],
      registers,
      collect() {
        for (const { name: account } of accountsWithQueue()) this.inc({ account }, 0)
      },
    })
  const deleted = queueCounter('ecs_api_events_deleted_total', 'Messages deleted from the account’s event queue.')
  const failures = queueCounter('ecs_api_event_queue_failures_total', 'Failed calls to the account’s event queue.')
  return {
    countCircuitOpening: (breaker) => openings.inc({ ...breaker }),
    increaseQueueCounter: ({ account, kind, count }) => {
      if (kind === 'deleted') deleted.inc({ account }, count)
      else if (kind === 'failed') failures.inc({ account }, count)
      else events.inc({ account, kind }, count)
    },
    exposeZeros: (accounts, hasQueue) => {
      allAccounts = accounts
      accountsWithQueue = () => accounts().filter(hasQueue)
    },
  }
}
