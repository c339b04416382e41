/**
 * Reads and writes the JSON payloads of messages on the data channel of an ECS Exec session (SSM Session Manager). A
 * payload that is not a JSON object is read as an empty object.
 */
import type { ChannelMessage } from './message.ts'

export function jsonBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value))
}

export function parseObject(payload: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString())
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

export function acknowledgementOf({ type, id, sequence }: ChannelMessage): Buffer {
  return jsonBytes({
    AcknowledgedMessageType: type,
    AcknowledgedMessageId: id,
    AcknowledgedMessageSequenceNumber: sequence,
    IsSequentialMessage: true,
  })
}

/** Returns the number of the acknowledged message; undefined for an acknowledgement without a number. */
export function acknowledgedSequence(payload: Uint8Array): number | undefined {
  const { AcknowledgedMessageSequenceNumber: number } = parseObject(payload)
  return typeof number === 'number' ? number : undefined
}

/**
 * Returns AWS's reason for the end of a session, without the line of dashes at its beginning that marks an error; empty
 * for a normal end.
 */
export function closingText(payload: Uint8Array): string {
  const { Output: text } = parseObject(payload)
  return typeof text === 'string' ? text.replace(/^\s*-{3,}ERROR-{3,}/, '').trim() : ''
}
