/** AES-256-GCM under a key that is derived from the store's: what passes through the database and may hold a secret. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export interface Seal {
  /** As base64. */
  close: (bytes: Uint8Array) => string
  /** Undefined when it was not closed with this key, or was changed since. */
  open: (sealed: string) => Buffer | undefined
}

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

export function sealWith(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'ecs-api sealed content', 32))
  return {
    close: (bytes) => {
      const nonce = randomBytes(nonceBytes)
      const sealing = createCipheriv(cipher, key, nonce)
      const content = Buffer.concat([sealing.update(bytes), sealing.final()])
      return Buffer.concat([nonce, sealing.getAuthTag(), content]).toString('base64')
    },
    open: (sealed) => {
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
