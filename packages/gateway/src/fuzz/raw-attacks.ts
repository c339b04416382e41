/** Kinds of hostile connections. Each is a list of random steps, which a seed reproduces. */
import type { Random } from './random.ts'
import { randomFrames } from './raw-frames.ts'
import {
  oddChunks,
  oddHeaders,
  oddRequestLine,
  otherProtocols,
  requestBytes,
  type ValidRequest,
  wrongContentLength,
} from './raw-requests.ts'

/** A step of a connection. `answer` waits for a response, `end` closes the connection, and `reset` aborts it. */
export type Step = { send: Buffer } | { pauseMs: number } | 'answer' | 'end' | 'reset'

type Attack = (random: Random, valid: ValidRequest) => Step[]

const sendText = (content: string): Step => ({ send: Buffer.from(content, 'latin1') })
const pathOf = ({ line }: ValidRequest) => line.split(' ')[1]!

export const attacks: Readonly<Record<string, Attack>> = {
  bytes: (random) => [{ send: random.bytes(1 + random.below(2000)) }],
  'half a request': (random, valid) => {
    const whole = requestBytes(valid)
    return [sendText(whole.slice(0, random.below(whole.length)))]
  },
  'a damaged request': (random, valid) => {
    const bytes = Buffer.from(requestBytes(valid))
    for (let i = 0; i <= random.below(4); i++) bytes[random.below(bytes.length)] = random.below(256)
    return [{ send: bytes }]
  },
  'an odd request line': (random, valid) => [
    sendText(`${oddRequestLine(random, pathOf(valid))}\r\nHost: localhost\r\n${valid.headers.join('\r\n')}\r\n\r\n`),
  ],
  'odd headers': (random, valid) => [
    sendText(requestBytes({ ...valid, headers: [...valid.headers, ...oddHeaders(random)] })),
  ],
  'a wrong length': (random, valid) => [
    sendText(
      [
        valid.line,
        'Host: localhost',
        ...valid.headers,
        `Content-Length: ${wrongContentLength(random)}`,
        '',
        valid.body ?? '{}',
      ].join('\r\n'),
    ),
  ],
  'odd chunks': (random, valid) => [
    sendText(
      [
        valid.line.replace(/^GET/, 'POST'),
        'Host: localhost',
        ...valid.headers,
        'Transfer-Encoding: chunked',
        '',
        oddChunks(random),
      ].join('\r\n'),
    ),
  ],
  pipelining: (random, valid) => {
    const whole = requestBytes(valid)
    const broken = () => random.pick([whole.slice(0, -3), `${oddRequestLine(random, pathOf(valid))}\r\n\r\n`, whole])
    return [sendText(Array.from({ length: 1 + random.below(40) }, () => (random.oneIn(8) ? broken() : whole)).join(''))]
  },
  upgrade: (random, valid) => {
    const path = random.pick([
      pathOf(valid),
      '/',
      '/v1/data-channel/x',
      '/v1/data-channel/ecs-execute-command-0',
      '/v1/ecs/exec/x',
      '//[',
      '*',
    ])
    const protocol = random.pick(['websocket', 'websocket', 'websocket', 'h2c', 'TLS/1.0', 'tcp', ''])
    const key = random.pick(['AAAAAAAAAAAAAAAAAAAAAA==', 'AAAAAAAAAAAAAAAAAAAAAA==', 'x', ''])
    const head = [
      `${random.pick(['GET', 'GET', 'GET', 'POST', 'CONNECT'])} ${path} HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade',
      `Upgrade: ${protocol}`,
      `Sec-WebSocket-Version: ${random.pick(['13', '13', '8', '-1'])}`,
      `Sec-WebSocket-Key: ${key}`,
      ...(random.oneIn(4)
        ? ['Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=x', 'Sec-WebSocket-Protocol: ,,']
        : random.oneIn(2)
          ? ['Sec-WebSocket-Protocol: ecs-api.exec.v1']
          : []),
    ].join('\r\n')
    const following = random.oneIn(3) ? [] : [{ send: randomFrames(random) }]
    return [
      sendText(`${head}\r\n\r\n`),
      ...(random.oneIn(2) ? ['answer' as const] : []),
      ...following,
      ...(random.oneIn(3) ? ['reset' as const] : []),
    ]
  },
  'another protocol': (random) => [{ send: random.pick(otherProtocols) }],
  'a slow request': (random, valid) => {
    const whole = requestBytes(valid)
    return Array.from({ length: 6 }, (_, i) => [
      sendText(whole.slice(i * 7, (i + 1) * 7)),
      { pauseMs: random.below(30) },
    ]).flat()
  },
  'an unread response': (random, valid) => [
    sendText(requestBytes(valid).repeat(1 + random.below(3))),
    { pauseMs: random.below(10) },
    'reset',
  ],
  'an event stream': (random, valid) => [
    sendText(requestBytes({ ...valid, headers: [...valid.headers, 'Accept: text/event-stream'] })),
    'answer',
    random.pick(['reset', 'end'] as const),
  ],
  nothing: (random) => [{ pauseMs: random.below(20) }, random.pick(['reset', 'end'] as const)],
}
