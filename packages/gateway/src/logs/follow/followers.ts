/** The followers of an account's logs: their channels, and the tails that read the groups. */
import { LRUCache } from 'lru-cache'
import type { Account } from '../../aws/account.ts'
import type { Caller } from '../../http/caller.ts'
import { maxEntries } from '../../lru-cache/max-entries.ts'
import { NotFound } from '../../problems/problem.ts'
import type { AccountLogs } from '../account-logs.ts'
import { type FoundSources, findSources, type LogTarget } from '../find-sources.ts'
import type { LogSource } from '../log-source.ts'
import { Channel, type ChannelDeps } from './channel.ts'
import { Tail } from './tail.ts'

const minIntervalMs = 1_000
/** Followers that begin at the same position within this time share one read. */
const shareForMs = 2_000
const maxShared = 200
const minuteMs = 60_000
/** The time between searches of a channel for new tasks. Each search takes about four calls to ECS. */
const minRefreshIntervalMs = 3_000
const maxRefreshIntervalMs = 12_000
const refreshMsPerChannel = 300
/** CloudWatch Logs accepts events up to two hours in the future. */
export const maxFutureMs = 2 * 3_600_000

export interface FollowersDeps {
  account: Account
  logs: AccountLogs
  onUnexpectedError: (error: unknown) => void
}

export class Followers {
  readonly #deps: FollowersDeps
  readonly #channels = new Map<string, Channel>()
  /** By region and group. */
  readonly #tails = new Map<string, Tail>()
  readonly #shared = new LRUCache<string, Promise<unknown>>({
    ...maxEntries(maxShared),
    ttl: shareForMs,
    // A page has megabytes. Without this option it would stay in memory until other pages replace it.
    ttlAutopurge: true,
  })

  constructor(deps: FollowersDeps) {
    this.#deps = deps
    deps.account.closedSignal.addEventListener('abort', () => this.#close(), { once: true })
  }

  /** The channel with this key. It is created if there is none. */
  channel(key: string, deps: Pick<ChannelDeps, 'search' | 'findSources'>): Channel {
    const known = this.#channels.get(key)
    if (known) return known
    const channel = new Channel({
      ...deps,
      tailOf: (source) => this.#tailOf(source),
      intervalMs: () => this.#intervalMs(),
      refreshIntervalMs: () =>
        Math.min(maxRefreshIntervalMs, Math.max(minRefreshIntervalMs, this.#channels.size * refreshMsPerChannel)),
      onIdle: () => {
        if (this.#channels.get(key) === channel) this.#channels.delete(key)
        this.#closeIdle()
      },
      onUnexpectedError: this.#deps.onUnexpectedError,
    })
    this.#channels.set(key, channel)
    return channel
  }

  /**
   * Finds the streams that can have lines from this moment on.
   * @throws the same problems as `findSources` of `find-sources.ts`
   */
  findSources(caller: Pick<Caller, 'isFencedToClusters'>, target: LogTarget, from: number): Promise<FoundSources> {
    const { account, logs } = this.#deps
    const range = { from: Math.floor(from / minuteMs) * minuteMs, to: Date.now() + maxFutureMs }
    const { cluster, service, task, container } = target
    const key = JSON.stringify([cluster, service, task, container, caller.isFencedToClusters, range.from])
    return this.share(`sources ${key}`, () => findSources(account, caller, target, range, logs))
  }

  /** Reads once for all calls with the same key within two seconds. */
  share<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#shared.get(key)
    if (known) return known as Promise<T>
    const reading = read()
    this.#shared.set(key, reading)
    reading.catch(() => this.#shared.delete(key))
    return reading
  }

  #tailOf({ region, group }: LogSource): Tail {
    const key = `${region} ${group}`
    const known = this.#tails.get(key)
    if (known) return known
    const tail = new Tail({
      region,
      group,
      streams: this.#deps.logs.streams,
      intervalMs: () => this.#intervalMs(),
      onUnexpectedError: this.#deps.onUnexpectedError,
    })
    this.#tails.set(key, tail)
    return tail
  }

  /** The interval at which all followers together use at most half of the quota of FilterLogEvents. */
  #intervalMs(): number {
    const calls = [...this.#tails.values()].reduce((sum, tail) => sum + tail.callsPerPoll, 0)
    const callsPerSecond = this.#deps.account.requestBudget.refillPerSecond('FilterLogEvents') / 2
    return Math.max(minIntervalMs, (calls / callsPerSecond) * 1000)
  }

  #closeIdle(): void {
    for (const [key, tail] of this.#tails) {
      if (!tail.isIdle) continue
      tail.close()
      this.#tails.delete(key)
    }
  }

  #close(): void {
    const { name } = this.#deps.account
    const gone = new NotFound('AccountNotFound', `Account ${name} is no longer configured.`)
    for (const channel of [...this.#channels.values()]) channel.abort(gone)
    for (const tail of this.#tails.values()) tail.close()
    this.#tails.clear()
  }
}
