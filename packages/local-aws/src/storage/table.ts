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

export interface TableParts<T> {
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

export function createTable<T, I extends string>(stored: Iterable<[string, T]>, indexes: Indexes<T, I>, parts: TableParts<T>): Table<T, I> {
  const records = new Map<string, T>()
  const names = Object.keys(indexes) as I[]
  const keysBy = new Map<string, Map<string, Set<string>>>(names.map((name) => [name, new Map()]))
  let history: Change<T>[] = []

  function replace(key: string, record: T | undefined): T | undefined {
    const before = records.get(key)
    if (record === undefined) records.delete(key)
    else records.set(key, record)
    for (const name of names) reindex(keysBy.get(name)!, key, foundUnder(indexes[name], before), foundUnder(indexes[name], record))
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
    by: (index, value) => Array.from(keysBy.get(index)!.get(value) ?? [], (key) => records.get(key)!),
    count: (index, value) => keysBy.get(index)!.get(value)?.size ?? 0,
    groups: (index) => keysBy.get(index)!.keys(),
    set: change,
    delete(key) {
      if (!records.has(key)) return false
      change(key, undefined)
      return true
    },
    asOf(time) {
      const earlier = new Map<string, T | undefined>()
      for (let i = history.length - 1; i >= 0 && history[i]!.at > time; i--) earlier.set(history[i]!.key, history[i]!.before)
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
    const by = (index: I, value: string) => {
      const unchanged = Array.from(keysBy.get(index)!.get(value) ?? []).filter((key) => !earlier.has(key))
      const then = [...earlier.values()].filter((record) => record !== undefined && foundUnder(indexes[index], record).includes(value))
      return [...unchanged.map((key) => records.get(key)!), ...then.map((record) => record!)]
    }
    return {
      get size() {
        return values().length
      },
      get,
      values,
      by,
      count: (index, value) => by(index, value).length,
    }
  }

  return table
}

/** The same table, which tells of each record that is set, and what was there before. */
export function heard<T, I extends string>(table: Table<T, I>, tell: (before: T | undefined, record: T) => void): Table<T, I> {
  const set = (key: string, record: T) => {
    const before = table.get(key)
    table.set(key, record)
    tell(before, record)
  }
  return Object.create(table, { set: { value: set } }) as Table<T, I>
}

function foundUnder<T>(index: (record: T) => string | readonly string[] | undefined, record: T | undefined): readonly string[] {
  const found = record === undefined ? undefined : index(record)
  if (found === undefined) return []
  return typeof found === 'string' ? [found] : found
}

function reindex(keys: Map<string, Set<string>>, key: string, before: readonly string[], after: readonly string[]): void {
  for (const value of before) {
    if (after.includes(value)) continue
    const group = keys.get(value)
    group?.delete(key)
    if (group?.size === 0) keys.delete(value)
  }
  for (const value of after) {
    if (before.includes(value)) continue
    const group = keys.get(value)
    if (group) group.add(key)
    else keys.set(value, new Set([key]))
  }
}
