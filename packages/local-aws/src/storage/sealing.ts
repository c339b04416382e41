/**
 * Values that are unreadable on disk: AES-256-GCM under a key of the data folder's own, which lies beside the data for its owner only. It keeps
 * secrets out of copies of the database, backups of it and searches through it; whoever can read the whole folder can read them.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Storage } from './storage.ts'

export interface Sealing {
  /** @param of what it is the value of: sealed for one thing, it can't be opened as another's. */
  seal(value: string, of: string): string
  /** @throws Error when it was not sealed with this key for that thing. */
  unseal(sealed: string, of: string): string
}

const KEY_FILE = 'seal.key'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

const CHECK = 'sealed with the key of this folder'

/**
 * For the process that holds the folder: two would make two keys.
 * @throws Error when the key is not the one that sealed what is in the folder.
 */
export function openSealing(data: string, storage: Storage): Sealing {
  const sealing = sealingWith(data === ':memory:' ? randomBytes(KEY_BYTES) : keptKey(data))
  const checks = storage.table<string>('sealing')
  const kept = checks.get('check')
  if (kept === undefined) checks.set('check', sealing.seal(CHECK, 'check'))
  else if (!opens(sealing, kept))
    throw new Error(
      `${join(data, KEY_FILE)} is not the key that sealed the secrets in ${data}. Put that key back, or begin with an empty folder.`,
    )
  return sealing
}

function opens(sealing: Sealing, sealed: string): boolean {
  try {
    return sealing.unseal(sealed, 'check') === CHECK
  } catch {
    return false
  }
}

function sealingWith(key: Buffer): Sealing {
  return {
    seal(value, of) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(of))
      return Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64',
      )
    },
    unseal(sealed, of) {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(of)).setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      )
    },
  }
}

function keptKey(data: string): Buffer {
  const path = join(data, KEY_FILE)
  if (!existsSync(path)) {
    // Written beside and renamed: a crash leaves a whole key or none.
    writeFileSync(`${path}.new`, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
    keepEntries(data)
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (key.length !== KEY_BYTES)
    throw new Error(`${path} does not hold a key of ${KEY_BYTES} bytes. Put back the one that was there.`)
  return key
}

/** So that no power cut takes the key away and leaves what it sealed. Windows has no such call for a folder. */
function keepEntries(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
