/**
 * The cache that answers reads. While the request budget lasts, an answer is at most as old as its account allows
 * (2 s). When the budget is used up, the newest cached answer is served. Every read after a write through this gateway
 * shows the write. For this, an entry that the write may have changed is refreshed before it is served again, and
 * writes that ECS does not show yet ("recent writes") are added to the answer.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { boundaryName } from '../aws/boundary-tag.ts'
import type { RecentWrite } from '../recent-writes/recent-writes.ts'
import { ByteBudget } from './byte-budget.ts'
import { type AnyCacheEntry, CacheEntry } from './entry.ts'
import { type Change, changeOfAwsWrite, changeOfEverything, changeOfRecentWrite, type Topic } from './invalidation.ts'
import type { PeerBroadcast, PeerMessage } from './peer-messages.ts'
import type { ResourceKind, ResourceRef } from './resource-kind.ts'
import { AccountStreams, type Stream } from './watch/account-streams.ts'
import type { ChangeStreamOptions } from './watch/change-follower.ts'
import { type ChangeStream, ChangeStreams } from './watch/change-streams.ts'
import { FeedLeases, type FeedLeasesDeps } from './watch/feed-leases.ts'
import type { Pace } from './watch/poller.ts'
import type { Snapshot, SnapshotItem } from './watch/snapshot.ts'

/** A list, or another answer that takes several calls. */
export interface CompositeQuery {
  /** A change of one of these topics makes the answer stale. */
  topics: readonly Topic[]
  /** The cluster as the client wrote it, name or ARN. Absent for an answer about all clusters. */
  cluster?: string
  /** Unique in the account: path and query. */
  key: string
  /** The action whose request budget decides whether the answer can be refreshed; default: that of the first topic. */
  action?: string
  /** How old the answer may be, in milliseconds; default: the account's `freshMs`. */
  freshMs?: number
}

/** Entries of one topic and cluster, by reference. One call to AWS can refresh many of them. */
type BatchGroup = Map<string, AnyCacheEntry>

/** The entries of one account, and the streams of their changes. */
interface AccountEntries {
  streams: AccountStreams
  changeStreams: ChangeStreams
  batchGroups: Map<string, { topic: Topic; cluster: string; entries: BatchGroup }>
  composites: Map<string, { query: CompositeQuery; entry: AnyCacheEntry }>
}

/** The action whose request budget decides whether a composite answer can be refreshed now. */
const actionOfTopic: Readonly<Record<Topic, string>> = {
  clusters: 'DescribeClusters',
  services: 'DescribeServices',
  tasks: 'DescribeTasks',
  'task definitions': 'ListTaskDefinitions',
}

interface CacheDeps {
  /** The limit for all entries together; entries in use may exceed it. */
  maxBytes: number
  /** How several processes on one store share their feeds; undefined for a single process. */
  shared: FeedLeasesDeps | undefined
  onUnexpectedError: (error: unknown) => void
}

export class Cache {
  readonly #byteBudget: ByteBudget
  readonly #peerProcesses: PeerBroadcast | undefined
  readonly #feedLeases: FeedLeases | undefined
  readonly #onUnexpectedError: (error: unknown) => void
  /** Open accounts. */
  readonly #accounts = new Map<Account, AccountEntries>()
  #fetchCount = 0
  readonly #onFetch = () => {
    this.#fetchCount++
  }

  constructor({ maxBytes, shared, onUnexpectedError }: CacheDeps) {
    this.#byteBudget = new ByteBudget(maxBytes)
    this.#peerProcesses = shared?.peerProcesses
    this.#feedLeases = shared && new FeedLeases(shared)
    this.#onUnexpectedError = onUnexpectedError
  }

  /** Sends every later write in the account from this process to the other processes. */
  shareRecentWrites(account: Account): void {
    this.#accountEntries(account)
    if (this.#peerProcesses)
      account.recentWrites.onWrite = (recentWrite) =>
        this.#peerProcesses?.broadcast(writtenMessage(account, recentWrite))
  }

  /** Invalidates the entries that a change may concern, in this process and in the others. */
  invalidate(account: Account, change: Change): void {
    invalidate(this.#accountEntries(account), change)
    this.#peerProcesses?.broadcast({ about: 'changed', account: account.name, change })
  }

  /** Applies messages of other processes. */
  applyMessages(messages: readonly PeerMessage[], findAccount: (name: string) => Account | undefined): void {
    const changes: [Account, Change][] = []
    for (const message of messages) {
      if (message.about === 'event' || message.about === 'released') {
        this.#feedLeases?.receive(message)
        continue
      }
      const account = findAccount(message.account)
      if (!account) continue
      if (message.about === 'changeReported') {
        this.#pollEarly(account, message.change)
        continue
      }
      if (message.about === 'written' && message.boundary === boundaryName(account.boundaryTag))
        account.recentWrites.receive(message.ownWrite)
      changes.push([account, message.about === 'written' ? changeOfRecentWrite(message.ownWrite) : message.change])
    }
    // Entries are invalidated only after all recent writes are recorded, because refreshed entries include them.
    for (const [account, change] of changes) invalidate(this.#accountEntries(account), change)
  }

  /** Releases the feeds of this process, so that others can poll for them at once. */
  async close(): Promise<void> {
    await this.#feedLeases?.close()
  }

  /** Invalidates all entries: messages of other processes may have been lost. */
  invalidateAll(accounts: readonly Account[]): void {
    for (const account of accounts) invalidate(this.#accountEntries(account), changeOfEverything)
  }

  /** Returns messages for a process that has just joined: the recent writes of this process's accounts. */
  messagesForNewProcess(accounts: readonly Account[]): PeerMessage[] {
    return accounts.flatMap((account) =>
      account.recentWrites.snapshot().map((recentWrite) => writtenMessage(account, recentWrite)),
    )
  }

  /** Returns the entry of one resource. */
  resourceEntry<Value extends object>(
    kind: ResourceKind<Value>,
    account: Account,
    { cluster, ref }: ResourceRef,
  ): AnyCacheEntry {
    const { batchGroups } = this.#accountEntries(account)
    const groupName = `${kind.topic} ${cluster}`
    let batchGroup = batchGroups.get(groupName)
    if (!batchGroup) {
      batchGroup = { topic: kind.topic, cluster: shortName(cluster), entries: new Map() }
      batchGroups.set(groupName, batchGroup)
    }
    const { entries } = batchGroup
    const existing = entries.get(ref)
    if (existing) return existing
    const entry = new CacheEntry<Value>(
      {
        account,
        kind,
        ref: { cluster, ref },
        // The same call can refresh these entries, too.
        companions: (max) => dueSoon(entries, max),
        onFetch: this.#onFetch,
        forget: () => {
          if (entries.get(ref) === entry) entries.delete(ref)
          if (entries.size === 0 && batchGroups.get(groupName)?.entries === entries) batchGroups.delete(groupName)
        },
      },
      this.#byteBudget,
    ) as unknown as AnyCacheEntry
    entries.set(ref, entry)
    return entry
  }

  /** Returns the entry of a list, or of another answer that takes several calls. `composeAnswer` makes these calls. */
  compositeEntry(account: Account, query: CompositeQuery, composeAnswer: () => Promise<object>): AnyCacheEntry {
    const { composites } = this.#accountEntries(account)
    const existing = composites.get(query.key)
    if (existing) return existing.entry
    const kind = {
      action: query.action ?? actionOfTopic[query.topics[0]!],
      describe: async () => {
        const requestedAt = performance.now()
        return { value: await composeAnswer(), requestedAt }
      },
      applyRecentWrites: (_account: Account, _ref: ResourceRef, answer: object | undefined) => answer!,
      toApiResource: (described: object) => described,
    }
    const forget = () => {
      if (composites.get(query.key)?.entry === entry) composites.delete(query.key)
    }
    const ref = { cluster: query.cluster ?? '', ref: query.key }
    const entry = new CacheEntry<object>(
      { account, kind, ref, freshMs: query.freshMs, onFetch: this.#onFetch, forget },
      this.#byteBudget,
    )
    composites.set(query.key, { query, entry })
    return entry
  }

  /** Returns the stream of the changes of one resource. */
  resourceStream<Value extends object>(
    kind: ResourceKind<Value>,
    account: Account,
    { cluster, ref }: ResourceRef,
  ): Stream {
    return this.#accountEntries(account).streams.stream({
      poller: `${kind.topic} ${cluster}`,
      key: ref,
      entry: () => this.resourceEntry(kind, account, { cluster, ref }),
      pace: (described) => kind.pace(described as Value),
    })
  }

  /** Returns the stream of the changes of a composite answer. */
  compositeStream(
    account: Account,
    query: CompositeQuery,
    compose: () => Promise<object>,
    pace: (composite: object) => Pace,
  ): Stream {
    return this.#accountEntries(account).streams.stream({
      poller: `composed ${query.cluster ?? ''}`,
      key: query.key,
      entry: () => this.compositeEntry(account, query, compose),
      pace,
    })
  }

  /**
   * Returns the stream of the changes of many resources, with one event for each changed resource.
   * @param describe describes the present resources; gets the resources of the previous snapshot
   */
  changeStream(
    account: Account,
    query: CompositeQuery,
    describe: (previous: readonly SnapshotItem[]) => Promise<Snapshot>,
    options: ChangeStreamOptions,
  ): ChangeStream {
    const { streams, changeStreams } = this.#accountEntries(account)
    const compose = () => describe([...(changeStreams.find(query.key)?.existingItems() ?? [])])
    const snapshots = streams.stream({
      poller: `changes ${query.key}`,
      key: query.key,
      entry: () => this.compositeEntry(account, query, compose),
      pace: (described) => (described as Snapshot).pace,
      calls: (described) => (described as Snapshot).calls,
      onRefreshed: (described, at) => changeStreams.find(query.key)?.apply(described as Snapshot, at),
      isNotShared: true,
    })
    return changeStreams.stream(query.key, snapshots, options)
  }

  /**
   * Polls watched resources now, in this process and the others. Call it when an ECS event reports their change: the
   * event only triggers the poll, and its content is not used.
   */
  notifyChanged(account: Account, change: Change): void {
    this.#pollEarly(account, change)
    this.#peerProcesses?.broadcast({ about: 'changeReported', account: account.name, change })
  }

  #pollEarly(account: Account, change: Change): void {
    const accountEntries = this.#accountEntries(account)
    for (const entry of resourcesAffected(accountEntries, change)) entry.onReportedChange?.()
    for (const entry of compositesAffected(accountEntries, change)) entry.onReportedChange?.()
  }

  /**
   * Records whether ECS events of the account arrive, so that `notifyChanged` is called. Without events, watched
   * resources are polled more often.
   */
  setEventsArrive(account: Account, eventsArrive: boolean): void {
    this.#accountEntries(account).streams.eventsArrive = eventsArrive
  }

  /** Returns the number of entries, their bytes, and how often an entry was requested from AWS since the start. */
  statistics(): { entries: number; bytes: number; fetches: number } {
    return { entries: this.#byteBudget.count, bytes: this.#byteBudget.bytes, fetches: this.#fetchCount }
  }

  #accountEntries(account: Account): AccountEntries {
    const existing = this.#accounts.get(account)
    if (existing) return existing
    const streams = new AccountStreams(account, {
      byteBudget: this.#byteBudget,
      feedLeases: this.#feedLeases,
      onUnexpectedError: this.#onUnexpectedError,
    })
    const changeStreams = new ChangeStreams(this.#byteBudget)
    const created: AccountEntries = { streams, changeStreams, batchGroups: new Map(), composites: new Map() }
    if (account.closedSignal.aborted) return created
    this.#accounts.set(account, created)
    account.onWrite((write) => this.invalidate(account, changeOfAwsWrite(write)))
    const release = () => {
      this.#accounts.delete(account)
      dropAll(this.#byteBudget, created)
    }
    account.closedSignal.addEventListener('abort', release, { once: true })
    return created
  }
}

function writtenMessage({ name, boundaryTag }: Account, recentWrite: RecentWrite): PeerMessage {
  return { about: 'written', account: name, boundary: boundaryName(boundaryTag), ownWrite: recentWrite }
}

/** Ends the streams of a closed account and drops its entries. */
function dropAll(byteBudget: ByteBudget, { streams, changeStreams, batchGroups, composites }: AccountEntries): void {
  streams.close()
  changeStreams.close()
  for (const { entries } of batchGroups.values()) for (const entry of entries.values()) byteBudget.drop(entry)
  for (const { entry } of composites.values()) byteBudget.drop(entry)
  batchGroups.clear()
  composites.clear()
}

/** Returns entries that have been read and will soon be too old, the oldest first. */
function dueSoon(entries: BatchGroup, max: number): AnyCacheEntry[] {
  const now = performance.now()
  const due = [...entries.values()].filter((entry) => entry.isDueSoon(now))
  return due.sort((a, b) => a.fetchedAt - b.fetchedAt).slice(0, max)
}

function invalidate(accountEntries: AccountEntries, change: Change): void {
  for (const entry of resourcesAffected(accountEntries, change)) entry.invalidate()
  for (const entry of compositesAffected(accountEntries, change)) entry.clear()
}

function* resourcesAffected(
  { batchGroups }: AccountEntries,
  { topics, cluster, resource }: Change,
): Iterable<AnyCacheEntry> {
  const isOfCluster = (name: string) => cluster === undefined || name === cluster
  for (const group of batchGroups.values()) {
    // A cluster has counts of its services and tasks, so it changes with them.
    if (group.topic === 'clusters') {
      for (const [ref, entry] of group.entries) if (isOfCluster(shortName(ref))) yield entry
    } else if (topics.includes(group.topic) && isOfCluster(group.cluster)) {
      for (const [ref, entry] of group.entries) if (resource === undefined || shortName(ref) === resource) yield entry
    }
  }
}

function* compositesAffected({ composites }: AccountEntries, { topics, cluster }: Change): Iterable<AnyCacheEntry> {
  for (const { query, entry } of composites.values()) {
    const isAffected = query.topics.some((topic) => topics.includes(topic) || topic === 'clusters')
    if (isAffected && (query.cluster === undefined || cluster === undefined || shortName(query.cluster) === cluster))
      yield entry
  }
}
