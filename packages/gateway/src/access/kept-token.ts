/** The first admin's token, where the configuration gives none. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

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
