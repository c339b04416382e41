/** The admin token in the data folder, for a configuration without one. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Reads the admin token from the data folder. At the first start it creates the token, in a file with mode 0600.
 * @returns the token and its file
 */
export async function adminTokenIn(dataFolder: string): Promise<{ token: string; file: string }> {
  const file = join(dataFolder, 'token')
  const existing = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (existing.trim()) return { token: existing.trim(), file }
  const token = randomBytes(32).toString('base64url')
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  await writeFile(file, `${token}\n`, { mode: 0o600 })
  return { token, file }
}
