/**
 * The agent's encryption of payloads: AES-256-GCM without additional data. A payload is the nonce, the ciphertext and
 * the tag (aws/amazon-ssm-agent, agent/session/crypto).
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export interface ExecCipher {
  encrypt(bytes: Uint8Array): Buffer
  /** @throws Error when the payload is not encrypted with the client's key */
  decrypt(payload: Uint8Array): Buffer
}

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** The agent's key, then the client's key. */
export const DATA_KEY_BYTES = 2 * KEY_BYTES

export function createExecCipher(dataKey: Uint8Array): ExecCipher {
  const agentKey = dataKey.subarray(0, KEY_BYTES)
  const clientKey = dataKey.subarray(KEY_BYTES, DATA_KEY_BYTES)
  // Like AWS's agent: the first nonce is random, and each further nonce is the one before it plus 1.
  const nonce = randomBytes(NONCE_BYTES)
  return {
    encrypt(bytes) {
      nonce.writeBigUInt64BE(BigInt.asUintN(64, nonce.readBigUInt64BE(4) + 1n), 4)
      const encrypting = createCipheriv(CIPHER, agentKey, nonce)
      return Buffer.concat([nonce, encrypting.update(bytes), encrypting.final(), encrypting.getAuthTag()])
    },
    decrypt(payload) {
      const opening = createDecipheriv(CIPHER, clientKey, payload.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      opening.setAuthTag(payload.subarray(-TAG_BYTES))
      return Buffer.concat([opening.update(payload.subarray(NONCE_BYTES, -TAG_BYTES)), opening.final()])
    },
  }
}
