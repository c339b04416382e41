/**
 * Shared feeds: all SQL of the tables `feeds` and `feed_events`. A feed has the numbered events of a watched resource,
 * which every process sends to its own clients. The number of an event is part of the primary key, so no two events get
 * the same number. The process that polls the resource holds the lease of its feed.
 */
import { randomBytes } from 'node:crypto'
import { secondsFromNow } from './clock.ts'
import type { Store } from './store.ts'
import { storeUnavailable } from './unavailable.ts'

const leaseSeconds = 4
/** A feed that no process has watched for this long is removed. */
const removeUnusedAfterSeconds = 3_600
const namesPerStatement = 500

export interface FeedRecord {
  number: number
  name: string
  etag: string
  data: Buffer
}

/** A position in a feed. */
export interface FeedState {
  epoch: string
  /** The number of the last event; 0 before the first. */
  number: number
}

/** The feed's epoch; undefined when the feed does not exist. */
export async function findFeedEpoch({ db }: Store, name: string): Promise<string | undefined> {
  return (await db.selectFrom('feeds').select('epoch').where('name', '=', name).executeTakeFirst())?.epoch
}

/** Creates a feed, unless it exists. */
export async function createFeed({ db, kind }: Store, name: string, epoch: string): Promise<void> {
  await db
    .insertInto('feeds')
    .values({ name, epoch, holder: null, held_until: null, used_at: secondsFromNow[kind](0) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}

/**
 * Begins a new epoch and removes the events of the old one.
 * @param oldEpoch nothing happens when the feed is already in another epoch
 */
export async function restartFeed({ db }: Store, name: string, oldEpoch: string): Promise<void> {
  const feed = db.updateTable('feeds').where('name', '=', name).where('epoch', '=', oldEpoch)
  await feed.set({ epoch: newFeedEpoch() }).execute()
  await db.deleteFrom('feed_events').where('feed', '=', name).where('epoch', '=', oldEpoch).execute()
}

/** Returns the events after a number, in order. */
export async function listEventsAfter(
  { db, cipher }: Store,
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
    const opened = cipher.decrypt(data)
    if (!opened) throw storeUnavailable(new Error(`An event of the feed ${feed} is encrypted with another store key.`))
    return { ...row, data: opened }
  })
}

/**
 * Adds an event and removes old ones.
 * @param firstKeptNumber events with lower numbers are removed
 * @returns false when another process has added an event of the same number
 */
export async function addFeedEvent(
  { db, kind, cipher }: Store,
  feed: string,
  epoch: string,
  { data, ...record }: FeedRecord,
  firstKeptNumber: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('feed_events')
    .values({ feed, epoch, ...record, data: cipher.encrypt(data), at: secondsFromNow[kind](0) })
    .onConflict((conflict) => conflict.columns(['feed', 'epoch', 'number']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) return false
  await db
    .deleteFrom('feed_events')
    .where('feed', '=', feed)
    .where('epoch', '=', epoch)
    .where('number', '<', firstKeptNumber)
    .execute()
  return true
}

/** Returns the positions of the feeds that exist, by name. */
export async function getFeedStates({ db }: Store, names: readonly string[]): Promise<Map<string, FeedState>> {
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

/**
 * Acquires the leases that are free or have ended, and renews those of this process.
 * @returns the names of the feeds whose leases this process holds now
 */
export async function leaseFeeds({ db, kind, processId }: Store, names: readonly string[]): Promise<string[]> {
  const leased = await inChunks(names, (chunk) =>
    db
      .updateTable('feeds')
      .set({ holder: processId, held_until: secondsFromNow[kind](leaseSeconds), used_at: secondsFromNow[kind](0) })
      .where('name', 'in', chunk)
      .where(({ or, eb }) =>
        or([eb('holder', 'is', null), eb('holder', '=', processId), eb('held_until', '<', secondsFromNow[kind](0))]),
      )
      .returning('name')
      .execute(),
  )
  return leased.map(({ name }) => name)
}

/** Ends the leases that this process holds. */
export async function releaseFeeds({ db, processId }: Store, names: readonly string[]): Promise<void> {
  await inChunks(names, (chunk) =>
    db
      .updateTable('feeds')
      .set({ holder: null, held_until: null })
      .where('name', 'in', chunk)
      .where('holder', '=', processId)
      .returning('name')
      .execute(),
  )
}

/** Removes feeds that no process has watched for an hour, and old events of removed feeds and epochs. */
export async function removeOldFeeds({ backgroundDb, kind }: Store): Promise<void> {
  const before = secondsFromNow[kind](-removeUnusedAfterSeconds)
  await backgroundDb.deleteFrom('feeds').where('used_at', '<', before).execute()
  await backgroundDb
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

/** A new epoch is random, because the id of an event of one epoch must not be valid in another. */
export function newFeedEpoch(): string {
  return randomBytes(6).toString('hex')
}

async function inChunks<Row>(names: readonly string[], query: (chunk: string[]) => Promise<Row[]>): Promise<Row[]> {
  const rows: Row[] = []
  for (let start = 0; start < names.length; start += namesPerStatement)
    rows.push(...(await query(names.slice(start, start + namesPerStatement))))
  return rows
}
