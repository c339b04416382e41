/**
 * Lists: `?limit=`, `?cursor=`, `nextCursor`. A cursor contains the key of the last item that was sent, so it stays
 * valid when items are added or deleted.
 */
import type { Static, TSchema } from 'typebox'
import { BadRequest } from '../problems/problem.ts'
import { Type } from '../typebox/type.ts'

/** Spread it into a list route's `query`. */
export const pageQuery = {
  limit: Type.Integer({
    $id: 'Limit',
    minimum: 1,
    maximum: 1000,
    default: 100,
    description: 'Maximum number of items.',
  }),
  cursor: Type.Optional(Type.String({ $id: 'Cursor', description: '`nextCursor` of the previous page.' })),
}
const pageQueryObject = Type.Object(pageQuery)
export type PageQuery = Static<typeof pageQueryObject>

/**
 * The response of a list, as a component of openapi.json.
 * @param $id the name of the component
 */
export function listSchema(
  $id: `${string}List`,
  item: TSchema,
  additionalMembers: Record<string, TSchema> = {},
): TSchema {
  return Type.Object(
    {
      items: Type.Array(item),
      nextCursor: Type.Union([Type.String(), Type.Null()], {
        description: '`?cursor=` of the next page; null on the last page.',
      }),
      ...additionalMembers,
    },
    { $id },
  )
}

export interface Page<T> {
  items: T[]
  /** The next page's `?cursor=`; null on the last page. */
  nextCursor: string | null
}

type Key = readonly (string | number)[]

export interface Order<T> {
  /** The unique key of an item. Its parts order the list, the most significant first. */
  key: (item: T) => Key
  /** The direction of each part of the key; default ascending. Text is ordered by UTF-16 code units. */
  directions?: readonly ('ascending' | 'descending')[]
}

/**
 * One page of a complete list, in order. Give it the names of resources, and then describe only the resources of the
 * page.
 */
export function pageOf<T>(
  all: readonly T[],
  { key, directions = [] }: Order<T>,
  { limit, cursor }: PageQuery,
): Page<T> {
  const compareKeys = (a: Key, b: Key): number => {
    for (const [i, part] of a.entries()) {
      const other = b[i]!
      if (part !== other) return part < other === (directions[i] !== 'descending') ? -1 : 1
    }
    return 0
  }
  const keyed = all.map((item) => ({ item, key: key(item) })).sort((a, b) => compareKeys(a.key, b.key))
  const last = cursor === undefined ? undefined : readCursor(cursor, keyed[0]?.key)
  const rest = last ? keyed.filter((entry) => compareKeys(entry.key, last) > 0) : keyed
  const items = rest.slice(0, limit)
  return {
    items: items.map(({ item }) => item),
    nextCursor: rest.length > limit ? writeCursor(items.at(-1)!.key) : null,
  }
}

/** The cursor for a key. */
export function writeCursor(key: Key): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/**
 * The key in a cursor.
 * @param sample a key of this list, whose form the cursor's key must have
 * @throws BadRequest `InvalidCursor`
 */
export function readCursor(cursor: string, sample: Key | undefined): Key {
  let key: unknown
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw invalidCursor()
  }
  if (!isKey(key) || writeCursor(key) !== cursor) throw invalidCursor()
  // The cursor of another list mostly has a key of another form.
  if (sample && (key.length !== sample.length || key.some((part, i) => typeof part !== typeof sample[i])))
    throw invalidCursor()
  return key
}

/** The position in the cursor of a list that is ordered by time and id. @throws BadRequest `InvalidCursor` */
export function positionInCursor(cursor: string): { at: string; id: string } {
  const [time, id] = readCursor(cursor, [0, ''])
  const at = new Date(Number(time))
  if (Number.isNaN(at.getTime())) throw invalidCursor()
  return { at: at.toISOString(), id: String(id) }
}

function isKey(value: unknown): value is Key {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((part) => typeof part === 'string' || typeof part === 'number')
  )
}

function invalidCursor(): BadRequest {
  return new BadRequest('InvalidCursor', 'The cursor does not belong to this list.', {
    next: 'Use nextCursor unchanged, or begin again without ?cursor.',
    errors: [{ in: 'query', name: 'cursor', message: 'not a cursor of this list' }],
  })
}
