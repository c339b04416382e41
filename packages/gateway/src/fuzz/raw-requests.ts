/** Requests as text: valid requests, and invalid parts that a faulty client might send. */
import type { Random } from './random.ts'

/** A valid request that a port answers, in parts. */
export interface ValidRequest {
  line: string
  headers: readonly string[]
  body?: string
}

export function requestBytes({ line, headers, body }: ValidRequest): string {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  return [line, 'Host: localhost', ...headers, ...length, '', body ?? ''].join('\r\n')
}

const oddTargets = [
  '//',
  '//[',
  '*',
  'http://[',
  'http://localhost/v1/ecs/accounts',
  'localhost:443',
  '/%',
  '/%00',
  '/..%2f..%2f',
  `/${'a'.repeat(9000)}`,
  `/${'%41'.repeat(2000)}`,
  '/v1/ecs/local/clusters//services',
  '/v1/ecs/__proto__/clusters',
  '/v1/ecs/local/clusters?limit=1&limit=2&%zz',
  `/v1/ecs/local/clusters?${'a=b&'.repeat(2000)}`,
  '/metrics?x#y',
  '/v4/',
  '/v2/credentials/',
  '/v1/data-channel/',
  '/\u00ff\u00fe',
]

const methods = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'M-SEARCH',
  'PRI',
  'get',
  'G\u0000T',
  'QUERY',
  '',
]
const versions = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/1.1 HTTP/1.1',
  'HTTP/11',
  'http/1.1',
  '',
]

export function oddRequestLine(random: Random, target: string): string {
  return [random.pick(methods), random.pick([target, ...oddTargets]), random.pick(versions)].join(
    random.pick([' ', ' ', ' ', '  ', '\t']),
  )
}

/** Generates unusual header lines. Node's parser rejects some of them. */
export function oddHeaders(random: Random): string[] {
  const kinds: (() => string[])[] = [
    () => Array.from({ length: random.below(3000) }, (_, i) => `X-${i}: y`),
    () => [`X-Long: ${'z'.repeat(random.below(40_000))}`],
    () => Array.from({ length: random.below(200) }, () => 'Host: elsewhere'),
    () => ['Content-Length: 1', 'Content-Length: 2'],
    () => ['Transfer-Encoding: chunked', 'Content-Length: 5'],
    () => [
      `Transfer-Encoding: ${random.pick(['gzip', 'chunked, gzip', 'chunked, chunked', 'CHUNKED', 'identity', ''])}`,
    ],
    () => ['X-Folded: a', ' b', '\tc'],
    () => ['No colon here'],
    () => [': no name', 'Na me: x', 'X-Nul: a\u0000b', 'X-Bell: \u0007'],
    () => [
      `Authorization: ${random.pick(['Bearer', 'Bearer ', 'Basic eA==', 'Bearer x y', `Bearer ${'t'.repeat(5000)}`, 'AWS4-HMAC-SHA256 Credential=', 'Bearer \u00e9'])}`,
    ],
    () => [`Expect: ${random.pick(['100-continue', '100-Continue, x', 'nothing', ''])}`],
    () => [`Connection: ${random.pick(['close', 'keep-alive, upgrade', 'upgrade', 'Host', ''])}`],
    () => [`Accept: ${random.pick(['text/event-stream', '*/*;q=2', ','.repeat(5000), 'a/b;'.repeat(3000)])}`],
    () => [
      `If-None-Match: ${random.pick(['*', '"', 'W/', '"a", '.repeat(2000)])}`,
      `Idempotency-Key: ${'k'.repeat(random.below(400))}`,
    ],
    () => ['X-Amz-Target: AmazonEC2ContainerServiceV20141113.__proto__', 'Content-Type: application/x-amz-json-1.1'],
    () => [
      `X-Forwarded-For: ${'1.2.3.4, '.repeat(random.below(500))}`,
      'traceparent: 00-0-0-00',
      'X-Request-Id: \u00ff',
    ],
    () => [`Origin: ${random.pick(['null', 'http://evil.example', '%%%'])}`],
  ]
  return Array.from({ length: 1 + random.below(2) }, () => random.pick(kinds)()).flat()
}

/** Generates a chunked body that is broken or empty. */
export function oddChunks(random: Random): string {
  const chunk = () =>
    random.pick([
      '2\r\n{}\r\n',
      '1\r\n{}\r\n',
      'fffffffff\r\n',
      '-1\r\n',
      '0x2\r\n{}\r\n',
      `2;${'e'.repeat(random.below(20_000))}\r\n{}\r\n`,
      'zz\r\n',
      '2\n{}\n',
      '2\r\n{}',
    ])
  const end = random.pick([
    '0\r\n\r\n',
    '0\r\n',
    '',
    `0\r\n${'T: u\r\n'.repeat(random.below(2000))}\r\n`,
    '00000000000\r\n\r\n',
    '0\r\nContent-Length: 5\r\n\r\n',
  ])
  return Array.from({ length: random.below(50) }, chunk).join('') + end
}

/** Generates a value of Content-Length that differs from the body's length. */
export function wrongContentLength(random: Random): string {
  return random.pick(['5', '0', '-1', '+2', '2 ', '0x2', '2, 2', '9'.repeat(30), '1048577', '100000000', '1e3', ''])
}

/** First bytes of other protocols. */
export const otherProtocols: readonly Buffer[] = [
  // The first bytes of a TLS 1.2 ClientHello, with a length that the rest does not reach.
  Buffer.from('16030100c8010000c40303', 'hex'),
  Buffer.from(`1603010200010001fc0303${'5a'.repeat(300)}`, 'hex'),
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000', 'latin1'),
  Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'),
  Buffer.from('050100', 'hex'),
  Buffer.from('0000005300030000757365720070', 'hex'),
  Buffer.from('EHLO localhost\r\n'),
  Buffer.from('\r\n'.repeat(500)),
  Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n'),
]
