/** Pages: a list is cut at `maxResults`, and `nextToken` goes on after the last key that was shown, so it stays good whatever comes or goes. */
import { AwsError } from './aws-error.ts'

export interface PageRequest {
  maxResults?: number | undefined
  nextToken?: string | undefined
}

export interface Paging<T> {
  /** What the list is ordered by: unique for each item. */
  keyOf: (item: T) => string
  /** Of two keys, as `Array.sort` takes it; by default code units ascending. */
  compare?: (a: string, b: string) => number
  /** Items on a page when the request doesn't say. */
  size?: number
  /** The most that a request may ask for. */
  most?: number
  /** How a key is written as a token. */
  token?: (key: string) => string
  /** The key of a token; undefined when it is not one of ours. */
  keyOfToken?: (token: string) => string | undefined
  /** What the service answers to a token that is none of its own; ECS's unless given. */
  invalidToken?: () => AwsError
}

export interface Page<T> {
  items: T[]
  nextToken?: string
}

/** @throws AwsError for a token that is none of ours, or a page size that the service does not have. */
export function pageOf<T>(list: Iterable<T>, request: PageRequest, paging: Paging<T>): Page<T> {
  const { keyOf, compare = ascending } = paging
  const { after, size } = asked(request, paging)
  const keyed: [key: string, item: T][] = Array.from(list, (item) => [keyOf(item), item])
  const left = after === undefined ? keyed : keyed.filter(([key]) => compare(key, after) > 0)
  left.sort(([a], [b]) => compare(a, b))
  return cut(
    left.slice(0, size + 1).map(([, item]) => item),
    size,
    paging,
  )
}

/**
 * As `pageOf`, of a list that is in order already.
 * @param from the list from behind a key on, or from its beginning
 */
export function pageFrom<T>(
  from: (after: string | undefined) => IteratorObject<T>,
  request: PageRequest,
  paging: Paging<T>,
): Page<T> {
  const { after, size } = asked(request, paging)
  return cut(
    from(after)
      .take(size + 1)
      .toArray(),
    size,
    paging,
  )
}

function asked<T>(
  { maxResults, nextToken }: PageRequest,
  paging: Paging<T>,
): { after: string | undefined; size: number } {
  const { size = 100, most = 100, keyOfToken = decode, invalidToken = ecsInvalidToken } = paging
  // The first text was seen from ListServices (capture services 69), the second from none.
  if (maxResults !== undefined && maxResults > most) throw invalid(`Max results can not be greater than ${most}`)
  if (maxResults !== undefined && maxResults < 1) throw invalid('Max results can not be lesser than 1')
  const after = nextToken === undefined ? undefined : keyOfToken(nextToken)
  if (nextToken !== undefined && after === undefined) throw invalidToken()
  return { after, size: maxResults ?? size }
}

/** @param items those of the page, and one more where there is one */
function cut<T>(items: T[], size: number, { keyOf, token = encode }: Paging<T>): Page<T> {
  const shown = items.slice(0, size)
  const last = shown.at(-1)
  return { items: shown, ...(last !== undefined && items.length > size && { nextToken: token(keyOf(last)) }) }
}

export function ascending(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function descending(a: string, b: string): number {
  return ascending(b, a)
}

function encode(key: string): string {
  return Buffer.from(`after:${key}`).toString('base64')
}

function decode(token: string): string | undefined {
  const text = Buffer.from(token, 'base64').toString()
  return text.startsWith('after:') ? text.slice('after:'.length) : undefined
}

// The texts of these two were not seen from ECS.
const ecsInvalidToken = () => invalid('Invalid token.')

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
