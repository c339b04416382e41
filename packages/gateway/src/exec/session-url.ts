/**
 * The URL that opens a session for one WebSocket. The URL has a secret of 256 random bits. The store has the hash of
 * the secret, and the data for the connection, encrypted with a key derived from the secret. So neither the store nor a
 * backup of it is enough to open a session.
 */
import { hash, hkdfSync, randomBytes } from 'node:crypto'
import { type Cipher, createCipher } from '../store/cipher.ts'

const secretBytes = 32

export function newUrlSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** Returns the hash of a secret, under which the store has the URL. */
export function urlHash(secret: string): string {
  return hash('sha256', `ecs-api exec url ${secret}`, 'hex')
}

/** Encrypts data that only the holder of the URL may read. */
export function urlCipher(secret: string): Cipher {
  return createCipher(
    Buffer.from(hkdfSync('sha256', secret, '', 'ecs-api exec session', secretBytes)).toString('base64'),
  )
}
