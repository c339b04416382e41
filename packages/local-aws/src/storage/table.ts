/**
 * A table of records with a key and indexes. To change a record, set a new one: a change in place would be neither
 * indexed nor stored.
 */

/** For each index: the values by which a record is found. Undefined or an empty list leaves the record out. */
export type Indexes<T, I extends string> = Record<I, (record: T) => string | readonly string[] | undefined>

/** The readable part of a table, as it is now or as it was at an earlier time. */
export interface View<T, I extends string = never> {
  readonly size: number
  get(key: string): T | undefined
  values(): Iterable<T>
  /** The records that the index `index` finds by this value. */
  allByIndex(index: I, value: string): T[]
  /**
   * The records that `allByIndex` finds, in the order of their keys (by code units), beginning after the key `after`.
   */
  inKeyOrder(index: I, value: string, after?: string): IteratorObject<T>
  /** The number of records that `allByIndex` finds. */
  countByIndex(index: I, value: string): number
}

export interface Table<T, I extends string = never> extends View<T, I> {
  set(key: string, record: T): void
  /** Returns false when there is no such record. */
  delete(key: string): boolean
  /** All values of the index by which a record is found. */
  indexedValues(index: I): Iterable<string>
  /** The table as it was at `time` (milliseconds since 1970), or as far back as the history reaches. */
  asOf(time: number): View<T, I>
}

export interface TableDeps<T> {
  historyMs: number
  now: () => number
  /** Called for every change, with a function that undoes it. */
  onChange: (key: string, record: T | undefined, undo: () => void) => void
}

interface Change<T> {
  changedAt: number
  key: string
  before: T | undefined
}

/** The keys of the records that one value of an index finds. */
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

  /** Sorted at the first use after a change. */
  get ordered(): readonly string[] {
    this.#ordered ??= [...this.keys].sort()
    return this.#ordered
  }
}

/** Creates a table with its stored records. */
export function createTable<T, I extends string>(
  stored: Iterable<[string, T]>,
  indexes: Indexes<T, I>,
  deps: TableDeps<T>,
): Table<T, I> {
  const records = new Map<string, T>()
  const names = Object.keys(indexes) as I[]
  const groupsBy = new Map<string, Map<string, Group>>(names.map((name) => [name, new Map()]))
  let history: Change<T>[] = []

  const keysOf = (index: I, value: string): Iterable<string> => groupsBy.get(index)!.get(value)?.keys ?? []

  function replace(key: string, record: T | undefined): T | undefined {
    const before = records.get(key)
    if (record === undefined) records.delete(key)
    else records.set(key, record)
    for (const name of names)
      reindex(groupsBy.get(name)!, key, indexValues(indexes[name], before), indexValues(indexes[name], record))
    return before
  }

  function change(key: string, record: T | undefined): void {
    const before = replace(key, record)
    if (deps.historyMs > 0) addHistory({ changedAt: deps.now(), key, before })
    deps.onChange(key, record, () => change(key, before))
  }

  function addHistory(entry: Change<T>): void {
    history.push(entry)
    const oldest = entry.changedAt - deps.historyMs
    // Old entries are removed when half of all are old, so that a busy table does not copy its history at every change.
    if (history[history.length >> 1]!.changedAt < oldest)
      history = history.filter(({ changedAt }) => changedAt >= oldest)
  }

  for (const [key, record] of stored) replace(key, record)

  const table: Table<T, I> = {
    get size() {
      return records.size
    },
    get: (key) => records.get(key),
    values: () => records.values(),
    allByIndex: (index, value) => Array.from(keysOf(index, value), (key) => records.get(key)!),
    *inKeyOrder(index, value, after) {
      const keys = groupsBy.get(index)!.get(value)?.ordered ?? []
      for (let i = after === undefined ? 0 : indexAfter(after, keys); i < keys.length; i++) yield records.get(keys[i]!)!
    },
    countByIndex: (index, value) => groupsBy.get(index)!.get(value)?.keys.size ?? 0,
    indexedValues: (index) => groupsBy.get(index)!.keys(),
    set: change,
    delete(key) {
      if (!records.has(key)) return false
      change(key, undefined)
      return true
    },
    asOf(time) {
      const earlier = new Map<string, T | undefined>()
      for (let i = history.length - 1; i >= 0 && history[i]!.changedAt > time; i--)
        earlier.set(history[i]!.key, history[i]!.before)
      return earlier.size === 0 ? table : viewBefore(earlier)
    },
  }

  /** The table with other versions of the records in `earlier`. */
  function viewBefore(earlier: Map<string, T | undefined>): View<T, I> {
    const get = (key: string) => (earlier.has(key) ? earlier.get(key) : records.get(key))
    const values = () => {
      const unchanged = [...records].filter(([key]) => !earlier.has(key)).map(([, record]) => record)
      return [...unchanged, ...[...earlier.values()].filter((record) => record !== undefined)]
    }
    const earlierKeys = (index: I, value: string) => {
      const unchanged = [...keysOf(index, value)].filter((key) => !earlier.has(key))
      const changed = [...earlier]
        .filter(([, record]) => indexValues(indexes[index], record).includes(value))
        .map(([key]) => key)
      return [...unchanged, ...changed]
    }
    const allBy = (index: I, value: string) => earlierKeys(index, value).map((key) => get(key)!)
    return {
      get size() {
        return values().length
      },
      get,
      values,
      allByIndex: allBy,
      *inKeyOrder(index, value, after) {
        const keys = earlierKeys(index, value).sort()
        for (const key of keys) if (after === undefined || key > after) yield get(key)!
      },
      countByIndex: (index, value) => allBy(index, value).length,
    }
  }

  return table
}

/** The same table, but `set` calls `onSet` with the new record and the record before it. */
export function observedTable<T, I extends string>(
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

function indexValues<T>(
  index: (record: T) => string | readonly string[] | undefined,
  record: T | undefined,
): readonly string[] {
  const values = record === undefined ? undefined : index(record)
  if (values === undefined) return []
  return typeof values === 'string' ? [values] : values
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

/** The index of the first key greater than `key`. */
function indexAfter(key: string, ordered: readonly string[]): number {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ordered[middle]! <= key) low = middle + 1
    else high = middle
  }
  return low
}
