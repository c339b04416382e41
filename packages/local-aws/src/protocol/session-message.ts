/**
 * The binary messages on the data channel of an AWS Systems Manager session, as the AWS CLI's Session Manager plugin
 * reads and writes them (aws/session-manager-plugin, src/message). All numbers are big-endian.
 */
import { createHash } from 'node:crypto'

export interface SessionMessage {
  type:
    | 'input_stream_data'
    | 'output_stream_data'
    | 'acknowledge'
    | 'channel_closed'
    | 'start_publication'
    | 'pause_publication'
  sequence: number
  /** Bit 0 is set in the first message of a stream, bit 1 in the last. */
  flags: number
  /** A UUID. */
  id: string
  /** The kind of the payload in stream data; 0 in other messages. */
  payloadType: number
  payload: Uint8Array
}

/** Flags of a message that is the only one of its stream, such as an acknowledgement: the first and the last. */
export const SYN_AND_FIN = 0b11

export const payloadTypes = {
  /** Bytes of input or output: the protocol has one type for both directions. */
  bytes: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  challengeRequest: 8,
  challengeResponse: 9,
  flag: 10,
} as const

const OFFSETS = {
  headerLength: 0,
  type: 4,
  version: 36,
  created: 40,
  sequence: 48,
  flags: 56,
  id: 64,
  digest: 80,
  payloadType: 112,
  payloadLength: 116,
}
const HEADER_LENGTH = OFFSETS.payloadLength
const TYPE_LENGTH = 32

export function encodeMessage(
  { type, sequence, flags, id, payloadType, payload }: SessionMessage,
  createdAt: number,
): Uint8Array {
  const bytes = Buffer.alloc(HEADER_LENGTH + 4 + payload.byteLength)
  bytes.writeUInt32BE(HEADER_LENGTH, OFFSETS.headerLength)
  bytes.write(type.padEnd(TYPE_LENGTH), OFFSETS.type, 'latin1')
  bytes.writeUInt32BE(1, OFFSETS.version)
  bytes.writeBigUInt64BE(BigInt(createdAt), OFFSETS.created)
  bytes.writeBigInt64BE(BigInt(sequence), OFFSETS.sequence)
  bytes.writeBigUInt64BE(BigInt(flags), OFFSETS.flags)
  uuidBytes(id).copy(bytes, OFFSETS.id)
  createHash('sha256').update(payload).digest().copy(bytes, OFFSETS.digest)
  bytes.writeUInt32BE(payloadType, OFFSETS.payloadType)
  bytes.writeUInt32BE(payload.byteLength, OFFSETS.payloadLength)
  bytes.set(payload, HEADER_LENGTH + 4)
  return bytes
}

/**
 * Returns undefined for a message that AWS's agent would reject: it needs a header, a type and a creation time. The
 * agent does not compare the digest (aws/amazon-ssm-agent, agent/session/contracts); the plugin does, see
 * `digestMatches`.
 */
export function decodeMessage(data: Uint8Array): SessionMessage | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (bytes.byteLength < HEADER_LENGTH + 4) return undefined
  const headerLength = bytes.readUInt32BE(OFFSETS.headerLength)
  const type = bytes
    .toString('latin1', OFFSETS.type, OFFSETS.type + TYPE_LENGTH)
    .replace(/^\0+|\0+$/g, '')
    .trim()
  if (headerLength === 0 || type === '' || bytes.readBigUInt64BE(OFFSETS.created) === 0n) return undefined
  return {
    type: type as SessionMessage['type'],
    sequence: Number(bytes.readBigInt64BE(OFFSETS.sequence)),
    flags: Number(bytes.readBigUInt64BE(OFFSETS.flags)),
    id: uuidText(bytes.subarray(OFFSETS.id, OFFSETS.id + 16)),
    payloadType: bytes.readUInt32BE(OFFSETS.payloadType),
    payload: bytes.subarray(headerLength + 4, headerLength + 4 + bytes.readUInt32BE(OFFSETS.payloadLength)),
  }
}

/** Whether the payload of an encoded message matches the digest in it. */
export function digestMatches(data: Uint8Array, { payload }: SessionMessage): boolean {
  const digest = data.subarray(OFFSETS.digest, OFFSETS.digest + 32)
  return payload.byteLength === 0 || createHash('sha256').update(payload).digest().equals(digest)
}

/** The two halves of a UUID are swapped on the wire. */
function uuidBytes(id: string): Buffer {
  const plain = Buffer.from(id.replaceAll('-', ''), 'hex')
  return Buffer.concat([plain.subarray(8), plain.subarray(0, 8)])
}

function uuidText(wire: Buffer): string {
  const hex = Buffer.concat([wire.subarray(8), wire.subarray(0, 8)]).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
