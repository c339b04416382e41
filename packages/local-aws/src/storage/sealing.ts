/**
 * Values that are unreadable on disk: AES-256-GCM under a key of the data folder's own, which lies beside the data for its owner only. It keeps
 * secrets out of copies of the database, backups of it and searches through it; whoever can read the whole folder can read them.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Sealing {
  /** @param of what it is the value of: sealed for one thing, it can't be opened as another's. */
  seal(value: string, of: string): string
  /** @throws Error when it was not sealed with this key for that thing. */
  unseal(sealed: string, of: string): string
}

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** Call it only by the process that holds the folder: two would make two keys. */
export function openSealing(data: string): Sealing {
  const key = data === ':memory:' ? randomBytes(KEY_BYTES) : keptKey(join(data, 'seal.key'))
  return {
    seal(value, of) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(of))
      return Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
    },
    unseal(sealed, of) {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(of)).setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
    },
  }
}

function keptKey(path: string): Buffer {
  if (!existsSync(path)) {
    // Written beside and renamed: a crash leaves a whole key or none.
    writeFileSync(`${path}.new`, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (key.length !== KEY_BYTES)
    throw new Error(`${path} does not hold a key of ${KEY_BYTES} bytes. Without the one that sealed them, secrets in this folder cannot be read.`)
  return key
}
