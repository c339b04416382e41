/** The payloads of a channel that are JSON. A payload that is not an object is read as an empty one. */
import type { Message } from './message.ts'

export function jsonBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value))
}

export function objectIn(payload: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

export function acknowledgementOf({ type, id, sequence }: Message): Buffer {
  return jsonBytes({
    AcknowledgedMessageType: type,
    AcknowledgedMessageId: id,
    AcknowledgedMessageSequenceNumber: sequence,
    IsSequentialMessage: true,
  })
}

/** The number of the message that an acknowledgement is for; undefined where it has none. */
export function acknowledgedNumber(payload: Uint8Array): number | undefined {
  const { AcknowledgedMessageSequenceNumber: number } = objectIn(payload)
  return typeof number === 'number' ? number : undefined
}

/** AWS's reason for the end of a session, without the line that introduces an error; empty for a normal end. */
export function closingText(payload: Uint8Array): string {
  const { Output: text } = objectIn(payload)
  return typeof text === 'string' ? text.replace(/-{3,}ERROR-{3,}/, '').trim() : ''
}
