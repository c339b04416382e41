/**
 * The URL that opens a session for one WebSocket. It holds 256 random bits. The store has their hash, and what the
 * connection needs is encrypted with a key derived from them: neither the store nor a backup of it opens a session.
 */
import { hash, hkdfSync, randomBytes } from 'node:crypto'
import { type Seal, sealWith } from '../store/seal.ts'

const secretBytes = 32

export function newUrlSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** The hash under which the store has a URL. */
export function urlHash(secret: string): string {
  return hash('sha256', `ecs-api exec url ${secret}`, 'hex')
}

/** Encrypts what only the holder of the URL may read. */
export function urlSeal(secret: string): Seal {
  return sealWith(Buffer.from(hkdfSync('sha256', secret, '', 'ecs-api exec session', secretBytes)).toString('base64'))
}
