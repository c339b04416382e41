/**
 * A token's value: `ecsapi_<id>_<secret>`. The id is no secret: it is what a token is recognised by. The secret is 32 random bytes, so a
 * plain SHA-256 of it can't be turned round by guessing, and a slow hash would only make every request slow.
 */
import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
const idLength = 10

export function newTokenValue(): { id: string; value: string; hash: string } {
  const id = Array.from({ length: idLength }, () => alphabet[randomInt(alphabet.length)]).join('')
  const value = `ecsapi_${id}_${randomBytes(32).toString('base64url')}`
  return { id, value, hash: hashOf(value) }
}

/** The id in what might be a token; undefined when it is none that was made here. */
export function idIn(value: string): string | undefined {
  return /^ecsapi_([a-z2-9]{10})_[\w-]{43}$/.exec(value)?.[1]
}

export function hashOf(value: string): string {
  return hash('sha256', value, 'hex')
}

/** What a hash stands for, to be compared with others. */
export function bytesOf(hash: string): Buffer {
  return Buffer.from(hash, 'hex')
}

/** In a buffer of Node's pool: to make one of its own takes four times as long as the hash. */
export function hashedBytes(value: string): Buffer {
  return Buffer.from(hash('sha256', value, 'binary'), 'binary')
}

/** In constant time. */
export function isSameHash(one: Buffer, other: Buffer): boolean {
  return timingSafeEqual(one, other)
}
