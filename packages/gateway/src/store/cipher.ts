/** Encrypts data in the database that may contain secrets: AES-256-GCM with a key derived from the store's key. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export interface Cipher {
  /** Encrypts, and returns base64. */
  encrypt: (bytes: Uint8Array) => string
  /** Decrypts; returns undefined when the text was encrypted with another key or has been changed. */
  decrypt: (encrypted: string) => Buffer | undefined
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

export function createCipher(secret: string): Cipher {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'ecs-api sealed content', 32))
  return {
    encrypt: (bytes) => {
      const nonce = randomBytes(nonceBytes)
      const encrypting = createCipheriv(algorithm, key, nonce)
      const content = Buffer.concat([encrypting.update(bytes), encrypting.final()])
      return Buffer.concat([nonce, encrypting.getAuthTag(), content]).toString('base64')
    },
    decrypt: (encrypted) => {
      const bytes = Buffer.from(encrypted, 'base64')
      if (bytes.length < nonceBytes + tagBytes) return undefined
      const opening = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      opening.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      try {
        return Buffer.concat([opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()])
      } catch {
        return undefined
      }
    },
  }
}
