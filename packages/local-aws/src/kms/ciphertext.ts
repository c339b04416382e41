/**
 * The ciphertexts of KMS: AES-256-GCM with the encryption context as additional data. A ciphertext contains the id of
 * its key, so Decrypt needs no key id. Its format is the engine's own: a version, the key's id, the nonce, the data and
 * the tag.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Names and values that must be the same to decrypt. */
export type EncryptionContext = Readonly<Record<string, string>>

const version = 1
const idBytes = 16
const nonceBytes = 12
const tagBytes = 16
const headBytes = 1 + idBytes
const cipher = 'aes-256-gcm'

/** @param keyId a UUID */
export function encryptWithKey(material: Buffer, keyId: string, plaintext: Buffer, context: EncryptionContext): Buffer {
  const head = Buffer.concat([Buffer.from([version]), Buffer.from(keyId.replaceAll('-', ''), 'hex')])
  const nonce = randomBytes(nonceBytes)
  const encrypting = createCipheriv(cipher, material, nonce).setAAD(additionalData(head, context))
  return Buffer.concat([head, nonce, encrypting.update(plaintext), encrypting.final(), encrypting.getAuthTag()])
}

/** Returns the plaintext; undefined when the ciphertext was not encrypted with this key and context. */
export function decryptWithKey(material: Buffer, ciphertext: Buffer, context: EncryptionContext): Buffer | undefined {
  const head = ciphertext.subarray(0, headBytes)
  const nonce = ciphertext.subarray(headBytes, headBytes + nonceBytes)
  try {
    const decrypting = createDecipheriv(cipher, material, nonce, { authTagLength: tagBytes })
    decrypting.setAAD(additionalData(head, context)).setAuthTag(ciphertext.subarray(-tagBytes))
    return Buffer.concat([
      decrypting.update(ciphertext.subarray(headBytes + nonceBytes, -tagBytes)),
      decrypting.final(),
    ])
  } catch {
    return undefined
  }
}

/** The id of the key that encrypted the data; undefined for data that is not such a ciphertext. */
export function keyIdIn(ciphertext: Buffer): string | undefined {
  if (ciphertext.byteLength < headBytes + nonceBytes + tagBytes || ciphertext[0] !== version) return undefined
  const hex = ciphertext.toString('hex', 1, headBytes)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The additional data. It does not depend on the order of the pairs in the encryption context. */
function additionalData(head: Buffer, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat([head, Buffer.from(JSON.stringify(pairs))])
}
