/** Kinds of hostile connections, each as steps that a seed reproduces. */
import type { Random } from './random.ts'
import { randomFrames } from './raw-frames.ts'
import {
  oddChunks,
  oddHeaders,
  oddLine,
  otherProtocols,
  requestBytes,
  type SoundRequest,
  wrongLength,
} from './raw-requests.ts'

export type Step = { send: Buffer } | { pauseMs: number } | 'answer' | 'end' | 'reset'

type Attack = (random: Random, sound: SoundRequest) => Step[]

const text = (content: string): Step => ({ send: Buffer.from(content, 'latin1') })
const pathOf = ({ line }: SoundRequest) => line.split(' ')[1]!

export const attacks: Readonly<Record<string, Attack>> = {
  bytes: (random) => [{ send: random.bytes(1 + random.below(2000)) }],
  'half a request': (random, sound) => {
    const whole = requestBytes(sound)
    return [text(whole.slice(0, random.below(whole.length)))]
  },
  'a damaged request': (random, sound) => {
    const bytes = Buffer.from(requestBytes(sound))
    for (let i = 0; i <= random.below(4); i++) bytes[random.below(bytes.length)] = random.below(256)
    return [{ send: bytes }]
  },
  'an odd request line': (random, sound) => [
    text(`${oddLine(random, pathOf(sound))}\r\nHost: localhost\r\n${sound.headers.join('\r\n')}\r\n\r\n`),
  ],
  'odd headers': (random, sound) => [
    text(requestBytes({ ...sound, headers: [...sound.headers, ...oddHeaders(random)] })),
  ],
  'a wrong length': (random, sound) => [
    text(
      [
        sound.line,
        'Host: localhost',
        ...sound.headers,
        `Content-Length: ${wrongLength(random)}`,
        '',
        sound.body ?? '{}',
      ].join('\r\n'),
    ),
  ],
  'odd chunks': (random, sound) => [
    text(
      [
        sound.line.replace(/^GET/, 'POST'),
        'Host: localhost',
        ...sound.headers,
        'Transfer-Encoding: chunked',
        '',
        oddChunks(random),
      ].join('\r\n'),
    ),
  ],
  pipelining: (random, sound) => {
    const whole = requestBytes(sound)
    const broken = () => random.pick([whole.slice(0, -3), `${oddLine(random, pathOf(sound))}\r\n\r\n`, whole])
    return [text(Array.from({ length: 1 + random.below(40) }, () => (random.oneIn(8) ? broken() : whole)).join(''))]
  },
  upgrade: (random, sound) => {
    const path = random.pick([
      pathOf(sound),
      '/',
      '/v1/data-channel/x',
      '/v1/data-channel/ecs-execute-command-0',
      '/v1/ecs/exec/x',
      '//[',
      '*',
    ])
    const to = random.pick(['websocket', 'websocket', 'websocket', 'h2c', 'TLS/1.0', 'tcp', ''])
    const key = random.pick(['AAAAAAAAAAAAAAAAAAAAAA==', 'AAAAAAAAAAAAAAAAAAAAAA==', 'x', ''])
    const head = [
      `${random.pick(['GET', 'GET', 'GET', 'POST', 'CONNECT'])} ${path} HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade',
      `Upgrade: ${to}`,
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
      text(`${head}\r\n\r\n`),
      ...(random.oneIn(2) ? ['answer' as const] : []),
      ...following,
      ...(random.oneIn(3) ? ['reset' as const] : []),
    ]
  },
  'another protocol': (random) => [{ send: random.pick(otherProtocols) }],
  'a slow request': (random, sound) => {
    const whole = requestBytes(sound)
    return Array.from({ length: 6 }, (_, i) => [
      text(whole.slice(i * 7, (i + 1) * 7)),
      { pauseMs: random.below(30) },
    ]).flat()
  },
  'an unread response': (random, sound) => [
    text(requestBytes(sound).repeat(1 + random.below(3))),
    { pauseMs: random.below(10) },
    'reset',
  ],
  'an event stream': (random, sound) => [
    text(requestBytes({ ...sound, headers: [...sound.headers, 'Accept: text/event-stream'] })),
    'answer',
    random.pick(['reset', 'end'] as const),
  ],
  nothing: (random) => [{ pauseMs: random.below(20) }, random.pick(['reset', 'end'] as const)],
}
