/**
 * Feeds that several processes share: all SQL of the tables `feeds` and `feed_events`. A number of a feed is given
 * once, whoever gives it; who looks at the thing holds the feed for some seconds, and again.
 */
import { randomBytes } from 'node:crypto'
import { fromNow } from './clock.ts'
import type { Store } from './store.ts'
import { storeUnavailable } from './unavailable.ts'

/** How long a feed is held that nobody renews. */
const heldSeconds = 4
/** Of a feed that nobody has watched. */
const keptSeconds = 3_600
/** Names in one statement. */
const atOnce = 500

export interface FeedRecord {
  number: number
  name: string
  etag: string
  data: Buffer
}

/** Where a feed is: its numbers are of this epoch. */
export interface FeedState {
  epoch: string
  /** Of the last event; 0 before the first. */
  number: number
}

/** Undefined where there is no such feed. */
export async function epochOf({ db }: Store, name: string): Promise<string | undefined> {
  return (await db.selectFrom('feeds').select('epoch').where('name', '=', name).executeTakeFirst())?.epoch
}

/** @param epoch the feed's, unless another process was faster */
export async function createFeed({ db, kind }: Store, name: string, epoch: string): Promise<void> {
  await db
    .insertInto('feeds')
    .values({ name, epoch, holder: null, held_until: null, used_at: fromNow[kind](0) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}

/** Begins anew: numbers of before mean nothing any more. */
export async function restartFeed({ db }: Store, name: string, ended: string): Promise<void> {
  await db.updateTable('feeds').set({ epoch: newEpoch() }).where('name', '=', name).where('epoch', '=', ended).execute()
  await db.deleteFrom('feed_events').where('feed', '=', name).where('epoch', '=', ended).execute()
}

/** Those that come after a number, in order. */
export async function eventsAfter(
  { db, seal }: Store,
  feed: string,
  { epoch, number }: FeedState,
): Promise<FeedRecord[]> {
  const rows = await db
    .selectFrom('feed_events')
    .select(['number', 'name', 'etag', 'data'])
    .where('feed', '=', feed)
    .where('epoch', '=', epoch)
    .where('number', '>', number)
    .orderBy('number')
    .execute()
  return rows.map(({ data, ...row }) => {
    const opened = seal.open(data)
    if (!opened) throw storeUnavailable(new Error(`An event of ${feed} was sealed with another store key.`))
    return { ...row, data: opened }
  })
}

/**
 * @param keptFrom the first number that is still kept
 * @returns false when another process has given the number
 */
export async function addFeedEvent(
  { db, kind, seal }: Store,
  feed: string,
  epoch: string,
  { data, ...record }: FeedRecord,
  keptFrom: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('feed_events')
    .values({ feed, epoch, ...record, data: seal.close(data), at: fromNow[kind](0) })
    .onConflict((conflict) => conflict.columns(['feed', 'epoch', 'number']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) return false
  await db
    .deleteFrom('feed_events')
    .where('feed', '=', feed)
    .where('epoch', '=', epoch)
    .where('number', '<', keptFrom)
    .execute()
  return true
}

/** Where feeds are. */
export async function feedStates({ db }: Store, names: readonly string[]): Promise<Map<string, FeedState>> {
  const found = await inChunks(names, (chunk) =>
    db
      .selectFrom('feeds')
      .leftJoin('feed_events', (join) =>
        join.onRef('feed_events.feed', '=', 'feeds.name').onRef('feed_events.epoch', '=', 'feeds.epoch'),
      )
      .select((query) => ['feeds.name', 'feeds.epoch', query.fn.max('feed_events.number').as('number')])
      .where('feeds.name', 'in', chunk)
      .groupBy(['feeds.name', 'feeds.epoch'])
      .execute(),
  )
  return new Map(found.map(({ name, epoch, number }) => [name, { epoch, number: number ?? 0 }]))
}

/** Holds those that nobody holds, and those that this process holds already. */
export async function leaseFeeds({ db, kind, process }: Store, names: readonly string[]): Promise<string[]> {
  const held = await inChunks(names, (chunk) =>
    db
      .updateTable('feeds')
      .set({ holder: process, held_until: fromNow[kind](heldSeconds), used_at: fromNow[kind](0) })
      .where('name', 'in', chunk)
      .where(({ or, eb }) =>
        or([eb('holder', 'is', null), eb('holder', '=', process), eb('held_until', '<', fromNow[kind](0))]),
      )
      .returning('name')
      .execute(),
  )
  return held.map(({ name }) => name)
}

/** Another process may hold them at once. */
export async function releaseFeeds({ db, process }: Store, names: readonly string[]): Promise<void> {
  await inChunks(names, (chunk) =>
    db
      .updateTable('feeds')
      .set({ holder: null, held_until: null })
      .where('name', 'in', chunk)
      .where('holder', '=', process)
      .returning('name')
      .execute(),
  )
}

/** Of feeds that nobody has watched for an hour. */
export async function removeOldFeeds({ upkeep, kind }: Store): Promise<void> {
  const before = fromNow[kind](-keptSeconds)
  await upkeep.deleteFrom('feeds').where('used_at', '<', before).execute()
  await upkeep
    .deleteFrom('feed_events')
    .where('at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('feeds')
            .select('feeds.name')
            .whereRef('feeds.name', '=', 'feed_events.feed')
            .whereRef('feeds.epoch', '=', 'feed_events.epoch'),
        ),
      ),
    )
    .execute()
}

/** Who was given a number in another epoch must not take it for one of this. */
export function newEpoch(): string {
  return randomBytes(6).toString('hex')
}

async function inChunks<Row>(names: readonly string[], ask: (chunk: string[]) => Promise<Row[]>): Promise<Row[]> {
  const rows: Row[] = []
  for (let from = 0; from < names.length; from += atOnce) rows.push(...(await ask(names.slice(from, from + atOnce))))
  return rows
}
