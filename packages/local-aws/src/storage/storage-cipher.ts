/**
 * Encrypts values on disk, with AES-256-GCM and a key in the data folder that only the folder's owner can read.
 *
 * This keeps secrets out of copies, backups and searches of the database. It does not protect against a reader of the
 * whole folder.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Storage } from './storage.ts'

export interface StorageCipher {
  /**
   * @param resource identifies the resource that the value belongs to. A value encrypted for one resource cannot be
   *   decrypted for another.
   */
  encrypt(value: string, resource: string): string
  /** @throws Error when the value was not encrypted with this key for this resource. */
  decrypt(encrypted: string, resource: string): string
}

const KEY_FILE = 'seal.key'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** A known text, which is stored encrypted. If a key decrypts it, the key is the right one. */
const CHECK_TEXT = 'sealed with the key of this folder'

/**
 * Opens the key of the folder, or creates it. Call it only in the process that has locked the folder: two processes
 * would create two keys.
 * @throws Error when the data in the folder was encrypted with another key, or the key is missing.
 */
export function openStorageCipher(data: string, storage: Storage): StorageCipher {
  const encryptedChecks = storage.table<string>('sealing')
  const encryptedCheck = encryptedChecks.get('check')
  if (encryptedCheck === undefined && data !== ':memory:') createKeyIfMissing(data)
  const cipher = storageCipher(data === ':memory:' ? randomBytes(KEY_BYTES) : loadKey(data))
  if (encryptedCheck === undefined) encryptedChecks.set('check', cipher.encrypt(CHECK_TEXT, 'check'))
  else if (!canDecrypt(cipher, encryptedCheck))
    throw new Error(
      `${join(data, KEY_FILE)} is not the key that encrypted the secrets in ${data}. Restore that key, or begin with an empty folder.`,
    )
  return cipher
}

function canDecrypt(cipher: StorageCipher, encrypted: string): boolean {
  try {
    return cipher.decrypt(encrypted, 'check') === CHECK_TEXT
  } catch {
    return false
  }
}

function storageCipher(key: Buffer): StorageCipher {
  return {
    encrypt(value, resource) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(resource))
      return Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64',
      )
    },
    decrypt(encrypted, resource) {
      const bytes = Buffer.from(encrypted, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(resource)).setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      )
    },
  }
}

function createKeyIfMissing(data: string): void {
  const path = join(data, KEY_FILE)
  if (existsSync(path)) return
  // The key is written to another file and renamed, so that a crash leaves a whole key or none.
  writeFileSync(`${path}.new`, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
  syncFolder(data)
}

function loadKey(data: string): Buffer {
  const path = join(data, KEY_FILE)
  if (!existsSync(path))
    throw new Error(
      `${path}, the key that encrypted the secrets in ${data}, is missing. Restore it, or begin with an empty folder.`,
    )
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (key.length !== KEY_BYTES)
    throw new Error(`${path} does not contain a key of ${KEY_BYTES} bytes. Restore the original key.`)
  return key
}

/**
 * Makes the directory entry of the new key file durable, so that a power loss cannot remove the key and leave encrypted
 * data. Windows has no such call.
 */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
