/** The head of a request over TCP, as a call without its body. */
import type { IncomingMessage } from 'node:http'
import type { Call } from './exchange.ts'

const noBody = new Uint8Array()

/** Never fails: a request target that no URL parser accepts (`http://[`) is the path as it stands, which nothing is found at. */
export function requestHead({ method, url = '/', headers }: IncomingMessage): Call {
  // `//host` would be read as another host's address, so the slash is not the first character that the parser sees.
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
