/** Reads the head of a request over TCP. The AwsRequest gets its body later. */
import type { IncomingMessage } from 'node:http'
import type { AwsRequest } from './exchange.ts'

const noBody = new Uint8Array()

/**
 * Never throws. If the request target is not a URL (`http://[`), the whole target becomes the path, which no service
 * has.
 */
export function requestHead({ method, url = '/', headers }: IncomingMessage): AwsRequest {
  // `//host` would be parsed as another host's address, so a scheme and host are put before the slash.
  const target = URL.parse(url.startsWith('/') ? `http://any${url}` : url, 'http://any')
  return {
    method: method ?? 'POST',
    path: target?.pathname ?? url,
    query: Object.fromEntries(target?.searchParams ?? []),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ),
    body: noBody,
  }
}
