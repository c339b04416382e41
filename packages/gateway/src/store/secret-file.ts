import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Reads a secret of 32 random bytes in base64url, from a file with mode 0600. A missing or empty file is created. */
export async function readOrCreateSecret(file: string): Promise<string> {
  const existing = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (existing.trim()) return existing.trim()
  const secret = randomBytes(32).toString('base64url')
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  // The file gets its name when it is complete: a partial secret after a crash could be short enough to guess.
  await writeFile(`${file}.new`, `${secret}\n`, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return secret
}
