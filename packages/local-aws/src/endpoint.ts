/** The file with the engine's address in the data folder, which `local-aws env` reads in another process. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function storeEndpoint(data: string, url: string): void {
  if (data !== ':memory:') writeFileSync(pathIn(data), `${url}\n`, { mode: 0o600 })
}

/**
 * The stored address; undefined when no engine has stored one. A killed engine leaves its address behind, so also check
 * whether the folder is locked.
 */
export function storedEndpoint(data: string): string | undefined {
  return existsSync(pathIn(data)) ? readFileSync(pathIn(data), 'utf8').trim() : undefined
}

export function deleteEndpoint(data: string): void {
  if (data !== ':memory:') rmSync(pathIn(data), { force: true })
}

function pathIn(data: string): string {
  return join(data, 'endpoint')
}
