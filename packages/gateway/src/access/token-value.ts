/**
 * The value of a token: `ecsapi_<id>_<secret>`. The id is not secret; it identifies the token. The secret is 32 random
 * bytes, so its SHA-256 cannot be reversed by guessing. A slow hash would add no security, only time to every request.
 */
import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
const idLength = 10

export function newTokenValue(): { id: string; value: string; hash: string } {
  const id = Array.from({ length: idLength }, () => alphabet[randomInt(alphabet.length)]).join('')
  const value = `ecsapi_${id}_${randomBytes(32).toString('base64url')}`
  return { id, value, hash: sha256Hex(value) }
}

/** Returns the id in a token's value; undefined when the value does not have the form of a created token. */
export function tokenIdIn(value: string): string | undefined {
  return /^ecsapi_([a-z2-9]{10})_[\w-]{43}$/.exec(value)?.[1]
}

export function sha256Hex(value: string): string {
  return hash('sha256', value, 'hex')
}

/** Returns the bytes of a hexadecimal hash, for `isSameHash`. */
export function hashFromHex(hash: string): Buffer {
  return Buffer.from(hash, 'hex')
}

/**
 * Returns the SHA-256 in a buffer of Node's pool: to allocate a separate buffer takes four times as long as to hash.
 */
export function sha256Bytes(value: string): Buffer {
  return Buffer.from(hash('sha256', value, 'binary'), 'binary')
}

/** Compares in constant time. */
export function isSameHash(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b)
}
