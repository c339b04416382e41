/**
 * What reads answer from. A view is at most as old as its account allows (2 s) while the request budget lasts; beyond that it is the
 * freshest there is. What this service writes is seen by every read after it: a thing's own writes are laid over it, and views that a
 * write may have changed are looked at anew.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { boundaryName } from '../aws/org-tag.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import type { OwnWrite } from '../own-writes/own-writes.ts'
import { ByteBudget } from './byte-budget.ts'
import type { CachedAnswer, Freshness } from './cached-answer.ts'
import { type AnyCacheEntry, CacheEntry } from './entry.ts'
import { type Change, changeOf, changeOfOwnWrite, everything, type Topic } from './invalidation.ts'
import type { PeerBroadcast, PeerMessage } from './peer-messages.ts'
import { AccountStreams, type Stream } from './watch/account-streams.ts'
import { FeedLeases, type FeedLeasesDeps } from './watch/feed-leases.ts'
import type { Pace } from './watch/poller.ts'

/** A kind of thing that ECS describes. */
export interface ResourceKind<Seen extends object> {
  topic: Topic
  action: string
  /** How many one call describes. */
  maxPerCall: number
  describe: (account: Account, place: ResourceRef) => Promise<Described<Seen>>
  /** @throws NotFound */
  find: (account: Account, place: ResourceRef, seen: Seen | undefined) => Seen
  present: (found: Seen) => object
  /** How often it is worth a look while somebody watches it. */
  pace: (found: Seen) => Pace
}

/** As they were written in the path: names or ARNs. */
export interface ResourceRef {
  cluster: string
  ref: string
}

/** A list, or whatever else takes several calls. */
export interface CompositeQuery {
  /** What a write must concern to change it. */
  topics: readonly Topic[]
  /** As it was written; of all clusters when not given. */
  cluster?: string
  /** Among all of the account: path and query. */
  key: string
}

/** Things of a topic that one call can describe together, by reference. */
type BatchGroup = Map<string, AnyCacheEntry>

interface OfAccount {
  streams: AccountStreams
  batchGroups: Map<string, { topic: Topic; cluster: string; entries: BatchGroup }>
  composites: Map<string, { about: CompositeQuery; entry: AnyCacheEntry }>
}

/** Which action's budget tells whether a list can be had now. */
const actionOf: Readonly<Record<Topic, string>> = {
  clusters: 'DescribeClusters',
  services: 'DescribeServices',
  tasks: 'DescribeTasks',
  'task definitions': 'ListTaskDefinitions',
}

export class Cache {
  readonly #byteBudget: ByteBudget
  #fetches = 0
  /** Open accounts. */
  readonly #accounts = new Map<Account, OfAccount>()
  readonly #others: PeerBroadcast | undefined
  readonly #feedLeases: FeedLeases | undefined

  /**
   * @param maxBytes what all views may take together; a view in use may go beyond it
   * @param shared where several processes work on one store: the others, and what streams share with them
   */
  constructor({ maxBytes, shared }: { maxBytes: number; shared?: FeedLeasesDeps | undefined }) {
    this.#byteBudget = new ByteBudget(maxBytes)
    this.#others = shared?.others
    this.#feedLeases = shared && new FeedLeases(shared)
  }

  /** From now on the others are told of what is written to the account. */
  join(account: Account): void {
    this.#ofAccount(account)
    if (this.#others) account.ownWrites.onWrite = (ownWrite) => this.#others?.broadcast(written(account, ownWrite))
  }

  /** Something may have changed: it is not believed any more, here and at the others. */
  invalidate(account: Account, change: Change): void {
    invalidate(this.#ofAccount(account), change)
    this.#others?.broadcast({ about: 'changed', account: account.name, change })
  }

  /** What others have told. */
  receive(messages: readonly PeerMessage[], find: (account: string) => Account | undefined): void {
    const change: [Account, Change][] = []
    for (const message of messages) {
      if (message.about === 'event' || message.about === 'released') {
        this.#feedLeases?.receive(message)
        continue
      }
      const account = find(message.account)
      if (!account) continue
      if (message.about === 'poked') {
        this.#poke(account, message.change)
        continue
      }
      if (message.about === 'written' && message.boundary === boundaryName(account.org))
        account.ownWrites.receive(message.ownWrite)
      change.push([account, message.about === 'written' ? changeOfOwnWrite(message.ownWrite) : message.change])
    }
    // Not before all is noted that is to be laid over what is seen from now on.
    for (const [account, what] of change) invalidate(this.#ofAccount(account), what)
  }

  /** Lets other processes watch what this one did, at once. */
  async close(): Promise<void> {
    await this.#feedLeases?.close()
  }

  /** Others may have changed anything without it being heard here. */
  invalidateAll(accounts: readonly Account[]): void {
    for (const account of accounts) invalidate(this.#ofAccount(account), everything)
  }

  /** What a process must be told that was not there before. */
  snapshot(accounts: readonly Account[]): PeerMessage[] {
    return accounts.flatMap((account) => account.ownWrites.snapshot().map((ownWrite) => written(account, ownWrite)))
  }

  /** One thing. @throws NotFound */
  resource<Seen extends object>(
    resource: ResourceKind<Seen>,
    account: Account,
    place: ResourceRef,
    freshness: Freshness,
  ): CachedAnswer | Promise<CachedAnswer> {
    return this.#entryOf(resource, account, place).read(freshness)
  }

  /** What `compose` makes of several calls. */
  composite(
    account: Account,
    about: CompositeQuery,
    freshness: Freshness,
    compose: () => Promise<object>,
  ): CachedAnswer | Promise<CachedAnswer> {
    return this.#compositeEntryOf(account, about, compose).read(freshness)
  }

  /** A thing's changes. */
  resourceStream<Seen extends object>(resource: ResourceKind<Seen>, account: Account, place: ResourceRef): Stream {
    const { streams } = this.#ofAccount(account)
    const entry = () => this.#entryOf(resource, account, place)
    return streams.stream({
      poller: `${resource.topic} ${place.cluster}`,
      key: place.ref,
      entry,
      pace: (found) => resource.pace(found as Seen),
    })
  }

  /** The changes of what `compose` makes of several calls. */
  compositeStream(
    account: Account,
    about: CompositeQuery,
    compose: () => Promise<object>,
    pace: (composite: object) => Pace,
  ): Stream {
    const { streams } = this.#ofAccount(account)
    const entry = () => this.#compositeEntryOf(account, about, compose)
    return streams.stream({ poller: `composed ${about.cluster ?? ''}`, key: about.key, entry, pace })
  }

  /** Something happened to it elsewhere: who watches it, here or at the others, sees it looked at now. Nothing is believed of what was told but that. */
  notifyChanged(account: Account, change: Change): void {
    this.#poke(account, change)
    this.#others?.broadcast({ about: 'poked', account: account.name, change })
  }

  #poke(account: Account, change: Change): void {
    const ofAccount = this.#ofAccount(account)
    for (const entry of resourcesAffected(ofAccount, change)) entry.onPoke?.()
    for (const entry of compositesAffected(ofAccount, change)) entry.onPoke?.()
  }

  /** Whether `happened` is told of changes now: else, and until then, what is watched is looked at again and again. */
  relyOnEvents(account: Account, eventsArrive: boolean): void {
    this.#ofAccount(account).streams.eventsArrive = eventsArrive
  }

  #compositeEntryOf(account: Account, about: CompositeQuery, compose: () => Promise<object>): AnyCacheEntry {
    const { composites } = this.#ofAccount(account)
    const known = composites.get(about.key)
    if (known) return known.entry
    const entry = new CacheEntry<object>(
      {
        account,
        action: actionOf[about.topics[0]!],
        ask: async () => {
          this.#fetches++
          const at = performance.now()
          return { value: await compose(), at }
        },
        find: (seen) => seen!,
        present: (found) => found,
        forget: () => {
          if (composites.get(about.key)?.entry === entry) composites.delete(about.key)
        },
      },
      this.#byteBudget,
    )
    composites.set(about.key, { about, entry })
    return entry
  }

  /** How many views are kept, the bytes that they take, and how often one has looked at AWS. */
  size(): { entries: number; bytes: number; fetches: number } {
    return { entries: this.#byteBudget.count, bytes: this.#byteBudget.bytes, fetches: this.#fetches }
  }

  #entryOf<Seen extends object>(resource: ResourceKind<Seen>, account: Account, place: ResourceRef): AnyCacheEntry {
    const { batchGroups } = this.#ofAccount(account)
    const { topic } = resource
    const groupName = `${topic} ${place.cluster}`
    let batchGroup = batchGroups.get(groupName)
    if (!batchGroup) {
      batchGroup = { topic, cluster: shortName(place.cluster), entries: new Map() }
      batchGroups.set(groupName, batchGroup)
    }
    const { entries } = batchGroup
    const known = entries.get(place.ref)
    if (known) return known
    const entry = new CacheEntry<Seen>(
      {
        account,
        action: resource.action,
        ask: () => {
          this.#fetches++
          return resource.describe(account, place)
        },
        find: (seen) => resource.find(account, place, seen),
        present: resource.present,
        maxPerCall: resource.maxPerCall,
        companions: (room) => dueSoon(entries, room),
        forget: () => {
          if (entries.get(place.ref) === entry) entries.delete(place.ref)
          if (entries.size === 0 && batchGroups.get(groupName)?.entries === entries) batchGroups.delete(groupName)
        },
      },
      this.#byteBudget,
    ) as unknown as AnyCacheEntry
    entries.set(place.ref, entry)
    return entry
  }

  #ofAccount(account: Account): OfAccount {
    const known = this.#accounts.get(account)
    if (known) return known
    const streams = new AccountStreams(account, this.#byteBudget, this.#feedLeases)
    const made: OfAccount = { streams, batchGroups: new Map(), composites: new Map() }
    if (account.closed.aborted) return made
    this.#accounts.set(account, made)
    account.onWrite((write) => this.invalidate(account, changeOf(write)))
    const release = () => {
      this.#accounts.delete(account)
      letGo(this.#byteBudget, made)
    }
    account.closed.addEventListener('abort', release, { once: true })
    return made
  }
}

function written({ name, org }: Account, ownWrite: OwnWrite): PeerMessage {
  return { about: 'written', account: name, boundary: boundaryName(org), ownWrite }
}

/** Nothing of an account that is closed is kept, and nobody watches it any more. */
function letGo(byteBudget: ByteBudget, { streams, batchGroups, composites }: OfAccount): void {
  streams.close()
  for (const { entries } of batchGroups.values()) for (const entry of entries.values()) byteBudget.drop(entry)
  for (const { entry } of composites.values()) byteBudget.drop(entry)
  batchGroups.clear()
  composites.clear()
}

function dueSoon(entries: BatchGroup, room: number): AnyCacheEntry[] {
  const now = performance.now()
  const due = [...entries.values()].filter((entry) => entry.isDueSoon(now))
  return due.sort((a, b) => a.seenAt - b.seenAt).slice(0, room)
}

function invalidate(ofAccount: OfAccount, change: Change): void {
  for (const entry of resourcesAffected(ofAccount, change)) entry.invalidate()
  for (const entry of compositesAffected(ofAccount, change)) entry.clear()
}

function* resourcesAffected({ batchGroups }: OfAccount, { topics, cluster, only }: Change): Iterable<AnyCacheEntry> {
  const isOfCluster = (name: string) => cluster === undefined || name === cluster
  for (const batchGroup of batchGroups.values()) {
    // A cluster counts its services and tasks.
    if (batchGroup.topic === 'clusters') {
      for (const [ref, entry] of batchGroup.entries) if (isOfCluster(shortName(ref))) yield entry
    } else if (topics.includes(batchGroup.topic) && isOfCluster(batchGroup.cluster)) {
      for (const [ref, entry] of batchGroup.entries) if (only === undefined || shortName(ref) === only) yield entry
    }
  }
}

function* compositesAffected({ composites }: OfAccount, { topics, cluster }: Change): Iterable<AnyCacheEntry> {
  for (const { about, entry } of composites.values()) {
    const isMeant = about.topics.some((topic) => topics.includes(topic) || topic === 'clusters')
    if (isMeant && (about.cluster === undefined || cluster === undefined || shortName(about.cluster) === cluster))
      yield entry
  }
}
