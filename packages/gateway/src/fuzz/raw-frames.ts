/** WebSocket frames (RFC 6455, section 5), valid and broken. */
import type { Random } from './random.ts'

interface Frame {
  opcode: number
  payload: Buffer
  isLast?: boolean
  isMasked?: boolean
  /** The three reserved bits. */
  reserved?: number
  /** The length in the frame's head, by default that of the payload. */
  length?: number
}

const continuation = 0
const textOpcode = 1
const binary = 2
const close = 8
const ping = 9
const pong = 10

function encode({
  opcode,
  payload,
  isLast = true,
  isMasked = true,
  reserved = 0,
  length = payload.length,
}: Frame): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = (isLast ? 0x80 : 0) | (reserved << 4) | opcode
  const maskBit = isMasked ? 0x80 : 0
  if (head.length === 2) head[1] = maskBit | length
  else if (head.length === 4) {
    head[1] = maskBit | 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = maskBit | 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  // A mask of zeroes leaves the payload as it is.
  return Buffer.concat([head, ...(isMasked ? [Buffer.alloc(4)] : []), payload])
}

/** Generates frames to send after a WebSocket handshake. */
export function randomFrames(random: Random): Buffer {
  const payload = Buffer.from(
    random.pick(['{"TokenValue":"x"}', '{"TokenValue":', '[]', 'null', '', '{"TokenValue":{"a":1}}']),
  )
  const kinds: (() => Buffer[])[] = [
    () => [encode({ opcode: textOpcode, payload })],
    () => [encode({ opcode: binary, payload: random.bytes(random.below(300)) })],
    () => [encode({ opcode: textOpcode, payload, isMasked: false })],
    () => [encode({ opcode: textOpcode, payload: random.bytes(20) })],
    () => [encode({ opcode: random.below(16), payload, reserved: random.below(8) })],
    () => [encode({ opcode: binary, payload, length: random.pick([200, 70_000, 2 ** 31, 2 ** 40, 2 ** 53 - 1]) })],
    () => [encode({ opcode: ping, payload: random.bytes(random.pick([0, 125, 126, 1000])) })],
    () => [encode({ opcode: pong, payload, isLast: random.oneIn(2) })],
    () => [
      encode({
        opcode: close,
        payload: random.pick([Buffer.alloc(0), Buffer.alloc(1), Buffer.from([3, 232]), Buffer.from([0, 1, 255, 255])]),
      }),
    ],
    () => [
      encode({ opcode: textOpcode, payload, isLast: false }),
      encode({ opcode: ping, payload }),
      ...Array.from({ length: random.below(200) }, () => encode({ opcode: continuation, payload, isLast: false })),
      encode({ opcode: random.pick([continuation, textOpcode]), payload }),
    ],
    () => [encode({ opcode: continuation, payload })],
    () => [random.bytes(random.below(200))],
    () => Array.from({ length: random.below(300) }, () => encode({ opcode: ping, payload })),
  ]
  return Buffer.concat(Array.from({ length: 1 + random.below(3) }, () => Buffer.concat(random.pick(kinds)())))
}
