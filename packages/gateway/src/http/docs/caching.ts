/** Which responses can be answered from the client's cache or from the gateway's. */
import type { Route } from '../route.ts'

/** Whether the response has an `ETag` and an `Age`, and can be 304. An event stream has none of these. */
export function hasEtag({ method, schema }: Pick<Route, 'method' | 'schema'>): boolean {
  return method === 'GET' && !schema.isStreamOnly
}

/** Whether the response can come from the cache of AWS's answers. */
export function isCached({ method, path, schema }: Pick<Route, 'method' | 'path' | 'schema'>): boolean {
  return hasEtag({ method, schema }) && path.includes('/:account/') && (schema.readsFrom ?? 'cache') === 'cache'
}
