/** KMS's pages: a request has `Limit` and `Marker`, a response `NextMarker` and `Truncated`. */
import { AwsError } from '../protocol/aws-error.ts'
import { pageOfList } from '../protocol/pages.ts'

/** The numbers of items in a page (API Reference, ListKeys and ListAliases). */
const defaultLimit = 50
const maxLimit = 1000

export function pageByMarker<T>(
  list: Iterable<T>,
  { Limit, Marker }: { Limit?: number | undefined; Marker?: string | undefined },
  keyOf: (item: T) => string,
): { items: T[]; Truncated: boolean; NextMarker?: string } {
  const request = { maxResults: Limit, nextToken: Marker }
  const { items, nextToken } = pageOfList(list, request, {
    keyOf,
    defaultSize: defaultLimit,
    maxSize: maxLimit,
    invalidToken,
  })
  return { items, Truncated: nextToken !== undefined, ...(nextToken !== undefined && { NextMarker: nextToken }) }
}

// The text was not recorded from AWS.
const invalidToken = () => new AwsError('InvalidMarkerException', 'The marker is not valid.')
