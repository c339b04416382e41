/**
 * What reads answer from. A view is at most as old as its account allows (2 s) while the request budget lasts; beyond that it is the
 * freshest there is. What this service writes is seen by every read after it: a thing's own writes are laid over it, and views that a
 * write may have changed are looked at anew.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { boundaryName } from '../aws/org-tag.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { ownWrites } from '../own-writes/of-account.ts'
import type { NotedWrite } from '../own-writes/own-writes.ts'
import { Memory } from './byte-budget.ts'
import type { Freshness, View } from './cached-answer.ts'
import { type Sight, SightOf } from './entry.ts'
import { everything, type Topic, type Touched, touchedBy, touchedByNote } from './invalidation.ts'
import type { News, Others } from './peer-messages.ts'
import { AccountStreams, type Stream } from './watch/account-streams.ts'
import { SharedFeeds, type SharedFeedsParts } from './watch/feed-leases.ts'
import type { Pace } from './watch/poller.ts'

/** A kind of thing that ECS describes. */
export interface Thing<Seen extends object> {
  topic: Topic
  action: string
  /** How many one call describes. */
  mostPerCall: number
  see: (account: Account, place: Place) => Promise<Described<Seen>>
  /** @throws NotFound */
  find: (account: Account, place: Place, seen: Seen | undefined) => Seen
  present: (found: Seen) => object
  /** How often it is worth a look while somebody watches it. */
  pace: (found: Seen) => Pace
}

/** As they were written in the path: names or ARNs. */
export interface Place {
  cluster: string
  ref: string
}

/** A list, or whatever else takes several calls. */
export interface Composition {
  /** What a write must concern to change it. */
  topics: readonly Topic[]
  /** As it was written; of all clusters when not given. */
  cluster?: string
  /** Among all of the account: path and query. */
  key: string
}

/** Things of a topic that one call can describe together, by reference. */
type Shelf = Map<string, Sight>

interface OfAccount {
  streams: AccountStreams
  shelves: Map<string, { topic: Topic; cluster: string; things: Shelf }>
  compositions: Map<string, { about: Composition; sight: Sight }>
}

/** Which action's budget tells whether a list can be had now. */
const actionOf: Readonly<Record<Topic, string>> = {
  clusters: 'DescribeClusters',
  services: 'DescribeServices',
  tasks: 'DescribeTasks',
  'task definitions': 'ListTaskDefinitions',
}

export class Views {
  readonly #memory: Memory
  #looks = 0
  readonly #accounts = new WeakMap<Account, OfAccount>()
  readonly #others: Others | undefined
  readonly #sharedFeeds: SharedFeeds | undefined

  /**
   * @param maxBytes what all views may take together; a view in use may go beyond it
   * @param shared where several processes work on one store: the others, and what streams share with them
   */
  constructor({ maxBytes, shared }: { maxBytes: number; shared?: SharedFeedsParts | undefined }) {
    this.#memory = new Memory(maxBytes)
    this.#others = shared?.others
    this.#sharedFeeds = shared && new SharedFeeds(shared)
  }

  /** From now on the others are told of what is written to the account. */
  join(account: Account): void {
    this.#ofAccount(account)
    if (this.#others) ownWrites(account).onNote = (noted) => this.#others?.tell(written(account, noted))
  }

  /** Something may have changed: it is not believed any more, here and at the others. */
  touch(account: Account, touched: Touched): void {
    touch(this.#ofAccount(account), touched)
    this.#others?.tell({ about: 'touched', account: account.name, touched })
  }

  /** What others have told. */
  hear(heard: readonly News[], find: (account: string) => Account | undefined): void {
    const touched: [Account, Touched][] = []
    for (const news of heard) {
      if (news.about === 'fed' || news.about === 'released') {
        this.#sharedFeeds?.hear(news)
        continue
      }
      const account = find(news.account)
      if (!account) continue
      if (news.about === 'happened') {
        this.#stir(account, news.touched)
        continue
      }
      if (news.about === 'written' && news.boundary === boundaryName(account.org)) ownWrites(account).hear(news.noted)
      touched.push([account, news.about === 'written' ? touchedByNote(news.noted) : news.touched])
    }
    // Not before all is noted that is to be laid over what is seen from now on.
    for (const [account, what] of touched) touch(this.#ofAccount(account), what)
  }

  /** Lets other processes watch what this one did, at once. */
  async close(): Promise<void> {
    await this.#sharedFeeds?.close()
  }

  /** Others may have changed anything without it being heard here. */
  distrust(accounts: readonly Account[]): void {
    for (const account of accounts) touch(this.#ofAccount(account), everything)
  }

  /** What a process must be told that was not there before. */
  standing(accounts: readonly Account[]): News[] {
    return accounts.flatMap((account) =>
      ownWrites(account)
        .standing()
        .map((noted) => written(account, noted)),
    )
  }

  /** One thing. @throws NotFound */
  thing<Seen extends object>(
    thing: Thing<Seen>,
    account: Account,
    place: Place,
    freshness: Freshness,
  ): View | Promise<View> {
    return this.#sightOf(thing, account, place).read(freshness)
  }

  /** What `compose` makes of several calls. */
  composed(
    account: Account,
    about: Composition,
    freshness: Freshness,
    compose: () => Promise<object>,
  ): View | Promise<View> {
    return this.#compositionOf(account, about, compose).read(freshness)
  }

  /** A thing's changes. */
  thingStream<Seen extends object>(thing: Thing<Seen>, account: Account, place: Place): Stream {
    const { streams } = this.#ofAccount(account)
    const sight = () => this.#sightOf(thing, account, place)
    return streams.stream({
      poller: `${thing.topic} ${place.cluster}`,
      key: place.ref,
      sight,
      pace: (found) => thing.pace(found as Seen),
    })
  }

  /** The changes of what `compose` makes of several calls. */
  composedStream(
    account: Account,
    about: Composition,
    compose: () => Promise<object>,
    pace: (composed: object) => Pace,
  ): Stream {
    const { streams } = this.#ofAccount(account)
    const sight = () => this.#compositionOf(account, about, compose)
    return streams.stream({ poller: `composed ${about.cluster ?? ''}`, key: about.key, sight, pace })
  }

  /** Something happened to it elsewhere: who watches it, here or at the others, sees it looked at now. Nothing is believed of what was told but that. */
  happened(account: Account, touched: Touched): void {
    this.#stir(account, touched)
    this.#others?.tell({ about: 'happened', account: account.name, touched })
  }

  #stir(account: Account, touched: Touched): void {
    const ofAccount = this.#ofAccount(account)
    for (const sight of thingsConcerned(ofAccount, touched)) sight.onNews?.()
    for (const sight of compositionsConcerned(ofAccount, touched)) sight.onNews?.()
  }

  /** Whether `happened` is told of changes now: else, and until then, what is watched is looked at again and again. */
  relyOnNews(account: Account, isTold: boolean): void {
    this.#ofAccount(account).streams.isTold = isTold
  }

  #compositionOf(account: Account, about: Composition, compose: () => Promise<object>): Sight {
    const { compositions } = this.#ofAccount(account)
    const known = compositions.get(about.key)
    if (known) return known.sight
    const sight = new SightOf<object>(
      {
        account,
        action: actionOf[about.topics[0]!],
        ask: async () => {
          this.#looks++
          const at = performance.now()
          return { value: await compose(), at }
        },
        find: (seen) => seen!,
        present: (found) => found,
        forget: () => {
          if (compositions.get(about.key)?.sight === sight) compositions.delete(about.key)
        },
      },
      this.#memory,
    )
    compositions.set(about.key, { about, sight })
    return sight
  }

  /** How many views are kept, the bytes that they take, and how often one has looked at AWS. */
  size(): { views: number; bytes: number; looks: number } {
    return { views: this.#memory.count, bytes: this.#memory.bytes, looks: this.#looks }
  }

  #sightOf<Seen extends object>(thing: Thing<Seen>, account: Account, place: Place): Sight {
    const { shelves } = this.#ofAccount(account)
    const { topic } = thing
    const shelfName = `${topic} ${place.cluster}`
    let shelf = shelves.get(shelfName)
    if (!shelf) {
      shelf = { topic, cluster: shortName(place.cluster), things: new Map() }
      shelves.set(shelfName, shelf)
    }
    const { things } = shelf
    const known = things.get(place.ref)
    if (known) return known
    const sight = new SightOf<Seen>(
      {
        account,
        action: thing.action,
        ask: () => {
          this.#looks++
          return thing.see(account, place)
        },
        find: (seen) => thing.find(account, place, seen),
        present: thing.present,
        mostPerCall: thing.mostPerCall,
        companions: (room) => dueSoon(things, room),
        forget: () => {
          if (things.get(place.ref) === sight) things.delete(place.ref)
          if (things.size === 0 && shelves.get(shelfName)?.things === things) shelves.delete(shelfName)
        },
      },
      this.#memory,
    ) as unknown as Sight
    things.set(place.ref, sight)
    return sight
  }

  #ofAccount(account: Account): OfAccount {
    const known = this.#accounts.get(account)
    if (known) return known
    const streams = new AccountStreams(account, this.#memory, this.#sharedFeeds)
    const made: OfAccount = { streams, shelves: new Map(), compositions: new Map() }
    this.#accounts.set(account, made)
    account.onWrite((write) => this.touch(account, touchedBy(write)))
    account.closed.addEventListener('abort', () => letGo(this.#memory, made), { once: true })
    return made
  }
}

function written({ name, org }: Account, noted: NotedWrite): News {
  return { about: 'written', account: name, boundary: boundaryName(org), noted }
}

/** Nothing of an account that is closed is kept, and nobody watches it any more. */
function letGo(memory: Memory, { streams, shelves, compositions }: OfAccount): void {
  streams.close()
  for (const { things } of shelves.values()) for (const sight of things.values()) memory.drop(sight)
  for (const { sight } of compositions.values()) memory.drop(sight)
  shelves.clear()
  compositions.clear()
}

function dueSoon(things: Shelf, room: number): Sight[] {
  const now = performance.now()
  const due = [...things.values()].filter((sight) => sight.isDueSoon(now))
  return due.sort((a, b) => a.seenAt - b.seenAt).slice(0, room)
}

function touch(ofAccount: OfAccount, touched: Touched): void {
  for (const sight of thingsConcerned(ofAccount, touched)) sight.touch()
  for (const sight of compositionsConcerned(ofAccount, touched)) sight.clear()
}

function* thingsConcerned({ shelves }: OfAccount, { topics, cluster, only }: Touched): Iterable<Sight> {
  const isOfCluster = (name: string) => cluster === undefined || name === cluster
  for (const shelf of shelves.values()) {
    // A cluster counts its services and tasks.
    if (shelf.topic === 'clusters') {
      for (const [ref, sight] of shelf.things) if (isOfCluster(shortName(ref))) yield sight
    } else if (topics.includes(shelf.topic) && isOfCluster(shelf.cluster)) {
      for (const [ref, sight] of shelf.things) if (only === undefined || shortName(ref) === only) yield sight
    }
  }
}

function* compositionsConcerned({ compositions }: OfAccount, { topics, cluster }: Touched): Iterable<Sight> {
  for (const { about, sight } of compositions.values()) {
    const isMeant = about.topics.some((topic) => topics.includes(topic) || topic === 'clusters')
    if (isMeant && (about.cluster === undefined || cluster === undefined || shortName(about.cluster) === cluster))
      yield sight
  }
}
