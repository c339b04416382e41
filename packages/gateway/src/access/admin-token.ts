/** The admin token in the data folder, for a configuration without one. */
import { join } from 'node:path'
import { readOrCreateSecret } from '../store/secret-file.ts'

/**
 * Reads the admin token from the data folder. The first start creates it.
 * @returns the token and its file
 */
export async function adminTokenIn(dataFolder: string): Promise<{ token: string; file: string }> {
  const file = join(dataFolder, 'token')
  return { token: await readOrCreateSecret(file), file }
}
