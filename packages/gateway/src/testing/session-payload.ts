/**
 * Payloads of an encrypted session, in the form of AWS's agent and plugin: a nonce, the text encrypted with
 * AES-256-GCM, and its tag.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export function encryptedPayload(key: Uint8Array, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

export function decryptedPayload(key: Uint8Array, payload: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, payload.subarray(0, 12))
  cipher.setAuthTag(payload.subarray(-16))
  return Buffer.concat([cipher.update(payload.subarray(12, -16)), cipher.final()])
}
