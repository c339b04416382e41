/** Who may come in: tokens, kept as hashes and compared in constant time. For now there is one, the admin's. */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface TokenHolder {
  name: string
}

/** Tells who shows a token, or undefined. What is kept in memory is the hash only. */
export function adminOnly(adminToken: string): (token: string) => TokenHolder | undefined {
  const expected = digest(adminToken)
  const holder = { name: 'admin' }
  return (token) => (timingSafeEqual(digest(token), expected) ? holder : undefined)
}

/**
 * The admin's token from the data folder, made at first start with mode 0600.
 * @returns the token and the file that holds it
 */
export async function keptToken(dataFolder: string): Promise<{ token: string; file: string; made: boolean }> {
  const file = join(dataFolder, 'token')
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (kept.trim()) return { token: kept.trim(), file, made: false }
  const token = randomBytes(32).toString('base64url')
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  await writeFile(file, `${token}\n`, { mode: 0o600 })
  return { token, file, made: true }
}

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
