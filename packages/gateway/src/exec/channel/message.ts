/**
 * The binary messages on the data channel of an AWS Systems Manager session, as the AWS CLI's Session Manager plugin
 * reads and writes them (aws/session-manager-plugin, src/message). All numbers are big-endian.
 */
import { hash } from 'node:crypto'

export interface ChannelMessage {
  /** Such as `input_stream_data`. An unknown type is not an error: the plugin ignores it. */
  type: string
  sequence: number
  /** Bit 0 is set in the first message of a stream, bit 1 in the last. */
  flags: number
  /** A UUID. */
  id: string
  /** Milliseconds since 1970. */
  createdAt: number
  /** The kind of the payload in stream data; 0 in other messages. */
  payloadType: number
  payload: Uint8Array
}

/** Flags of the only message of a stream, such as an acknowledgement: this message is both the first and the last. */
export const onlyMessageFlags = 0b11

export const payloadTypes = {
  /** Input or output: the protocol has the same type for both directions. */
  bytes: 1,
  error: 2,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  challengeRequest: 8,
  challengeResponse: 9,
  stderr: 11,
  exitCode: 12,
} as const

/** The offset of each field in a message, in bytes. */
const offsets = {
  headerLength: 0,
  type: 4,
  version: 36,
  createdAt: 40,
  sequence: 48,
  flags: 56,
  id: 64,
  digest: 80,
  payloadType: 112,
  payloadLength: 116,
} as const
/** The length of the header, without the length field of the payload. */
const headerLength = offsets.payloadLength
const typeLength = offsets.version - offsets.type
const idLength = offsets.digest - offsets.id
const digestLength = offsets.payloadType - offsets.digest

export function encodeMessage({ type, sequence, flags, id, createdAt, payloadType, payload }: ChannelMessage): Buffer {
  const bytes = Buffer.alloc(headerLength + 4 + payload.byteLength)
  bytes.writeUInt32BE(headerLength, offsets.headerLength)
  bytes.write(type.padEnd(typeLength), offsets.type, typeLength, 'utf8')
  bytes.writeUInt32BE(1, offsets.version)
  bytes.writeBigUInt64BE(BigInt(createdAt), offsets.createdAt)
  bytes.writeBigInt64BE(BigInt(sequence), offsets.sequence)
  bytes.writeBigUInt64BE(BigInt(flags), offsets.flags)
  withSwappedHalves(Buffer.from(id.replaceAll('-', ''), 'hex')).copy(bytes, offsets.id)
  digestOf(payload).copy(bytes, offsets.digest)
  bytes.writeUInt32BE(payloadType, offsets.payloadType)
  bytes.writeUInt32BE(payload.byteLength, offsets.payloadLength)
  bytes.set(payload, headerLength + 4)
  return bytes
}

/** Messages whose headers may be incomplete: the plugin accepts them without a check. */
const uncheckedTypes: ReadonlySet<string> = new Set(['start_publication', 'pause_publication'])

/**
 * Reads a frame. Returns undefined for a message without a header, a type, a creation time, or the correct digest of
 * its payload: the plugin makes the same checks. The payload is the rest of the frame, whatever its length field says.
 */
export function decodeMessage(frame: Uint8Array): ChannelMessage | undefined {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  if (bytes.byteLength < headerLength) return undefined
  const length = bytes.readUInt32BE(offsets.headerLength)
  const type = bytes
    .toString('utf8', offsets.type, offsets.type + typeLength)
    .replace(/^\0+|\0+$/g, '')
    .trim()
  const createdAt = Number(bytes.readBigUInt64BE(offsets.createdAt))
  const message = {
    type,
    sequence: Number(bytes.readBigInt64BE(offsets.sequence)),
    flags: Number(bytes.readBigUInt64BE(offsets.flags)),
    id: uuidOf(bytes.subarray(offsets.id, offsets.id + idLength)),
    createdAt,
    payloadType: bytes.readUInt32BE(offsets.payloadType),
    payload: bytes.subarray(Math.min(length + 4, bytes.byteLength)),
  }
  if (uncheckedTypes.has(type)) return message
  if (length === 0 || type === '' || createdAt === 0) return undefined
  const digest = bytes.subarray(offsets.digest, offsets.digest + digestLength)
  return message.payload.byteLength > 0 && !digestOf(message.payload).equals(digest) ? undefined : message
}

function digestOf(payload: Uint8Array): Buffer {
  return hash('sha256', payload, 'buffer')
}

/** On the wire, the last eight bytes of a UUID come first. */
function withSwappedHalves(id: Buffer): Buffer {
  return Buffer.concat([id.subarray(idLength / 2), id.subarray(0, idLength / 2)])
}

function uuidOf(wire: Buffer): string {
  const hex = withSwappedHalves(wire).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
