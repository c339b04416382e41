/**
 * Paging of lists. A page has at most `maxResults` items. `nextToken` contains the key of the page's last item, so it
 * stays valid whatever items are added or deleted.
 */
import { AwsError } from './aws-error.ts'

export interface PageRequest {
  maxResults?: number | undefined
  nextToken?: string | undefined
}

export interface Paging<T> {
  /** The key by which the list is ordered. It must be unique. */
  keyOf: (item: T) => string
  /** Compares two keys, as for `Array.sort`. By default the order is ascending by code units. */
  compare?: (a: string, b: string) => number
  /** The page size when the request has none. */
  defaultSize?: number
  /** The largest page size that a request may have. */
  maxSize?: number
  /** Turns a key into a token. */
  tokenOf?: (key: string) => string
  /** Turns a token into a key. Undefined when the token is invalid. */
  keyOfToken?: (token: string) => string | undefined
  /** The error for an invalid token. By default it is ECS's error. */
  invalidToken?: () => AwsError
}

export interface Page<T> {
  items: T[]
  nextToken?: string
}

/**
 * Returns one page of the list.
 * @throws AwsError for an invalid token or page size.
 */
export function pageOfList<T>(list: Iterable<T>, request: PageRequest, paging: Paging<T>): Page<T> {
  const { keyOf, compare = ascending } = paging
  const { after, size } = readPageRequest(request, paging)
  const keyed: [key: string, item: T][] = Array.from(list, (item) => [keyOf(item), item])
  const remaining = after === undefined ? keyed : keyed.filter(([key]) => compare(key, after) > 0)
  remaining.sort(([a], [b]) => compare(a, b))
  return pageWithToken(
    remaining.slice(0, size + 1).map(([, item]) => item),
    size,
    paging,
  )
}

/**
 * Returns one page of a list that is already ordered.
 * @param listAfter returns the list after a key, or from its beginning
 */
export function pageOfOrderedList<T>(
  listAfter: (after: string | undefined) => IteratorObject<T>,
  request: PageRequest,
  paging: Paging<T>,
): Page<T> {
  const { after, size } = readPageRequest(request, paging)
  return pageWithToken(
    listAfter(after)
      .take(size + 1)
      .toArray(),
    size,
    paging,
  )
}

function readPageRequest<T>(
  { maxResults, nextToken }: PageRequest,
  paging: Paging<T>,
): { after: string | undefined; size: number } {
  const { defaultSize = 100, maxSize = 100, keyOfToken = defaultKeyOfToken, invalidToken = ecsInvalidToken } = paging
  // The first text was recorded from ListServices (AWS response recorded as services 69). The second was not recorded.
  if (maxResults !== undefined && maxResults > maxSize)
    throw invalidParameter(`Max results can not be greater than ${maxSize}`)
  if (maxResults !== undefined && maxResults < 1) throw invalidParameter('Max results can not be lesser than 1')
  const after = nextToken === undefined ? undefined : keyOfToken(nextToken)
  if (nextToken !== undefined && after === undefined) throw invalidToken()
  return { after, size: maxResults ?? defaultSize }
}

/** @param items the items of the page, and one more if there is a next page */
function pageWithToken<T>(items: T[], size: number, { keyOf, tokenOf = defaultTokenOf }: Paging<T>): Page<T> {
  const page = items.slice(0, size)
  const last = page.at(-1)
  return { items: page, ...(last !== undefined && items.length > size && { nextToken: tokenOf(keyOf(last)) }) }
}

export function ascending(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function descending(a: string, b: string): number {
  return ascending(b, a)
}

function defaultTokenOf(key: string): string {
  return Buffer.from(`after:${key}`).toString('base64')
}

function defaultKeyOfToken(token: string): string | undefined {
  const text = Buffer.from(token, 'base64').toString()
  return text.startsWith('after:') ? text.slice('after:'.length) : undefined
}

// The text was not recorded from ECS.
const ecsInvalidToken = () => invalidParameter('Invalid token.')

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
