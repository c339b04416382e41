/** Encrypts data in the database that may contain secrets: AES-256-GCM with a key derived from the store's key. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export interface Seal {
  /** Encrypts, and returns base64. */
  encrypt: (bytes: Uint8Array) => string
  /** Decrypts; returns undefined when the text was sealed with another key or has been changed. */
  decrypt: (sealed: string) => Buffer | undefined
}

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

export function sealWith(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'ecs-api sealed content', 32))
  return {
    encrypt: (bytes) => {
      const nonce = randomBytes(nonceBytes)
      const sealing = createCipheriv(cipher, key, nonce)
      const content = Buffer.concat([sealing.update(bytes), sealing.final()])
      return Buffer.concat([nonce, sealing.getAuthTag(), content]).toString('base64')
    },
    decrypt: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64')
      if (bytes.length < nonceBytes + tagBytes) return undefined
      const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      opening.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      try {
        return Buffer.concat([opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()])
      } catch {
        return undefined
      }
    },
  }
}
