/**
 * The attributes of a message, and the digest by which clients verify them (Developer Guide, "Calculating the MD5
 * message digest for message attributes").
 */
import { createHash } from 'node:crypto'
import { invalidParameter } from './errors.ts'
import type { MessageAttribute } from './queue-record.ts'

const MAX_ATTRIBUTES = 10
const transportTypes = { string: 1, binary: 2 }

/**
 * Validates the attributes of a message.
 * @throws AwsError. The texts of the limits were not recorded from AWS.
 */
export function checkedAttributes(
  attributes: Readonly<Record<string, MessageAttribute>>,
): Record<string, MessageAttribute> {
  const entries = Object.entries(attributes)
  if (entries.length > MAX_ATTRIBUTES)
    throw invalidParameter(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`)
  return Object.fromEntries(entries.map(([name, attribute]) => [name, checkedAttribute(name, attribute)]))
}

function checkedAttribute(
  name: string,
  { DataType = '', StringValue, BinaryValue }: MessageAttribute,
): MessageAttribute {
  if (!/^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i.test(name))
    throw invalidParameter(`The message attribute name '${name}' is invalid.`)
  const [, kind] = /^(String|Number|Binary)(\..+)?$/.exec(DataType) ?? []
  if (kind === undefined)
    throw invalidParameter(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    )
  if ((kind === 'Binary' ? BinaryValue : StringValue) === undefined)
    throw invalidParameter(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
    )
  return { DataType, ...(kind === 'Binary' ? { BinaryValue } : { StringValue }) }
}

/** The bytes that attributes add to a message's size. */
export function attributeBytes(attributes: Readonly<Record<string, MessageAttribute>>): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType = '', StringValue = '', BinaryValue = '' }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      Buffer.byteLength(StringValue) +
      Buffer.byteLength(BinaryValue, 'base64'),
    0,
  )
}

/** The digest of the attributes; undefined when there are none. */
export function attributesDigest(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort()
  if (names.length === 0) return undefined
  const hash = createHash('md5')
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  for (const name of names) {
    const { DataType = '', StringValue = '', BinaryValue } = attributes[name] ?? {}
    add(Buffer.from(name))
    add(Buffer.from(DataType))
    hash.update(Buffer.from([BinaryValue === undefined ? transportTypes.string : transportTypes.binary]))
    add(BinaryValue === undefined ? Buffer.from(StringValue) : Buffer.from(BinaryValue, 'base64'))
  }
  return hash.digest('hex')
}
