/**
 * Encrypts the payloads of a session whose cluster has a KMS key: AES-256-GCM without additional data. A payload is the
 * nonce, the ciphertext and the tag (aws/session-manager-plugin, src/encryption).
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
/** The bytes by which a payload grows. */
export const overheadBytes = nonceBytes + tagBytes

/** The length of a session's data key: 32 bytes for the agent's payloads, then 32 for the client's. */
export const dataKeyBytes = 64

export interface PayloadCipher {
  encrypt: (bytes: Uint8Array) => Buffer
  /** @throws Error when the payload was not encrypted with the agent's key */
  decrypt: (payload: Uint8Array) => Buffer
}

export function createPayloadCipher(dataKey: Uint8Array): PayloadCipher {
  const agentKey = dataKey.subarray(0, dataKeyBytes / 2)
  const clientKey = dataKey.subarray(dataKeyBytes / 2, dataKeyBytes)
  return {
    encrypt(bytes) {
      const nonce = randomBytes(nonceBytes)
      const encrypting = createCipheriv(cipher, clientKey, nonce)
      return Buffer.concat([nonce, encrypting.update(bytes), encrypting.final(), encrypting.getAuthTag()])
    },
    decrypt(payload) {
      const opening = createDecipheriv(cipher, agentKey, payload.subarray(0, nonceBytes), { authTagLength: tagBytes })
      opening.setAuthTag(payload.subarray(-tagBytes))
      return Buffer.concat([opening.update(payload.subarray(nonceBytes, -tagBytes)), opening.final()])
    },
  }
}
