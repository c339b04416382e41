/**
 * A table: records by key, and by what its indexes say of them. Records are values: to change one, set a new one; a record changed in place
 * would be neither indexed nor stored.
 */

/** For each index, what a record is found under; undefined or an empty list leaves it out. */
export type Indexes<T, I extends string> = Record<I, (record: T) => string | readonly string[] | undefined>

/** A table as it can be read: as it is now, or as it was. */
export interface View<T, I extends string = never> {
  readonly size: number
  get(key: string): T | undefined
  values(): Iterable<T>
  by(index: I, value: string): T[]
  /** What `by` finds, by key in code units ascending, from the first key behind `after`. */
  inOrder(index: I, value: string, after?: string): IteratorObject<T>
  /** How many records `by` would find. */
  count(index: I, value: string): number
}

export interface Table<T, I extends string = never> extends View<T, I> {
  set(key: string, record: T): void
  /** False when there was none. */
  delete(key: string): boolean
  /** Every value under which the index has a record. */
  groups(index: I): Iterable<string>
  /** The table as it was at that time (milliseconds since 1970), as far back as history is kept. */
  asOf(time: number): View<T, I>
}

export interface TableDeps<T> {
  historyMs: number
  now: () => number
  /** Told of every change, and how to take it back. */
  changed: (key: string, record: T | undefined, takeBack: () => void) => void
}

interface Change<T> {
  at: number
  key: string
  before: T | undefined
}

/** The keys of the records that are found under one value of an index. */
class Group {
  readonly keys = new Set<string>()
  #ordered: string[] | undefined

  add(key: string): void {
    this.keys.add(key)
    this.#ordered = undefined
  }

  delete(key: string): void {
    this.keys.delete(key)
    this.#ordered = undefined
  }

  /** Sorted when asked for, and then no more until a key comes or goes. */
  get ordered(): readonly string[] {
    this.#ordered ??= [...this.keys].sort()
    return this.#ordered
  }
}

export function createTable<T, I extends string>(
  stored: Iterable<[string, T]>,
  indexes: Indexes<T, I>,
  parts: TableDeps<T>,
): Table<T, I> {
  const records = new Map<string, T>()
  const names = Object.keys(indexes) as I[]
  const groupsBy = new Map<string, Map<string, Group>>(names.map((name) => [name, new Map()]))
  let history: Change<T>[] = []

  const keysUnder = (index: I, value: string): Iterable<string> => groupsBy.get(index)!.get(value)?.keys ?? []

  function replace(key: string, record: T | undefined): T | undefined {
    const before = records.get(key)
    if (record === undefined) records.delete(key)
    else records.set(key, record)
    for (const name of names)
      reindex(groupsBy.get(name)!, key, foundUnder(indexes[name], before), foundUnder(indexes[name], record))
    return before
  }

  function change(key: string, record: T | undefined): void {
    const before = replace(key, record)
    if (parts.historyMs > 0) remember({ at: parts.now(), key, before })
    parts.changed(key, record, () => change(key, before))
  }

  function remember(entry: Change<T>): void {
    history.push(entry)
    const oldest = entry.at - parts.historyMs
    // Dropped in halves, so that a busy table does not move its history at every change.
    if (history[history.length >> 1]!.at < oldest) history = history.filter(({ at }) => at >= oldest)
  }

  for (const [key, record] of stored) replace(key, record)

  const table: Table<T, I> = {
    get size() {
      return records.size
    },
    get: (key) => records.get(key),
    values: () => records.values(),
    by: (index, value) => Array.from(keysUnder(index, value), (key) => records.get(key)!),
    *inOrder(index, value, after) {
      const keys = groupsBy.get(index)!.get(value)?.ordered ?? []
      for (let i = after === undefined ? 0 : firstBehind(after, keys); i < keys.length; i++)
        yield records.get(keys[i]!)!
    },
    count: (index, value) => groupsBy.get(index)!.get(value)?.keys.size ?? 0,
    groups: (index) => groupsBy.get(index)!.keys(),
    set: change,
    delete(key) {
      if (!records.has(key)) return false
      change(key, undefined)
      return true
    },
    asOf(time) {
      const earlier = new Map<string, T | undefined>()
      for (let i = history.length - 1; i >= 0 && history[i]!.at > time; i--)
        earlier.set(history[i]!.key, history[i]!.before)
      return earlier.size === 0 ? table : viewBefore(earlier)
    },
  }

  /** The table, but for the keys in `earlier` with the record that these had then. */
  function viewBefore(earlier: Map<string, T | undefined>): View<T, I> {
    const get = (key: string) => (earlier.has(key) ? earlier.get(key) : records.get(key))
    const values = () => {
      const unchanged = [...records].filter(([key]) => !earlier.has(key)).map(([, record]) => record)
      return [...unchanged, ...[...earlier.values()].filter((record) => record !== undefined)]
    }
    const keysThen = (index: I, value: string) => {
      const unchanged = [...keysUnder(index, value)].filter((key) => !earlier.has(key))
      const then = [...earlier]
        .filter(([, record]) => foundUnder(indexes[index], record).includes(value))
        .map(([key]) => key)
      return [...unchanged, ...then]
    }
    const by = (index: I, value: string) => keysThen(index, value).map((key) => get(key)!)
    return {
      get size() {
        return values().length
      },
      get,
      values,
      by,
      *inOrder(index, value, after) {
        const keys = keysThen(index, value).sort()
        for (const key of keys) if (after === undefined || key > after) yield get(key)!
      },
      count: (index, value) => by(index, value).length,
    }
  }

  return table
}

/** The same table, which tells of each record that is set, and what was there before. */
export function observed<T, I extends string>(
  table: Table<T, I>,
  onSet: (before: T | undefined, record: T) => void,
): Table<T, I> {
  const set = (key: string, record: T) => {
    const before = table.get(key)
    table.set(key, record)
    onSet(before, record)
  }
  return Object.create(table, { set: { value: set } }) as Table<T, I>
}

function foundUnder<T>(
  index: (record: T) => string | readonly string[] | undefined,
  record: T | undefined,
): readonly string[] {
  const found = record === undefined ? undefined : index(record)
  if (found === undefined) return []
  return typeof found === 'string' ? [found] : found
}

function reindex(groups: Map<string, Group>, key: string, before: readonly string[], after: readonly string[]): void {
  for (const value of before) {
    if (after.includes(value)) continue
    const group = groups.get(value)
    group?.delete(key)
    if (group?.keys.size === 0) groups.delete(value)
  }
  for (const value of after) {
    if (before.includes(value)) continue
    const group = groups.get(value) ?? new Group()
    group.add(key)
    groups.set(value, group)
  }
}

/** Where the keys begin that are greater. */
function firstBehind(key: string, ordered: readonly string[]): number {
  let from = 0
  let to = ordered.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (ordered[middle]! <= key) from = middle + 1
    else to = middle
  }
  return from
}
