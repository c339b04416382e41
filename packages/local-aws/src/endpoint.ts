/** Where the engine on a data folder listens, for `local-aws env` in another process. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function keepEndpoint(data: string, url: string): void {
  if (data !== ':memory:') writeFileSync(pathIn(data), `${url}\n`, { mode: 0o600 })
}

/** Undefined when it does not listen; after a kill -9 it still says where it did, so whoever asks looks whether the folder is held, too. */
export function keptEndpoint(data: string): string | undefined {
  return existsSync(pathIn(data)) ? readFileSync(pathIn(data), 'utf8').trim() : undefined
}

export function forgetEndpoint(data: string): void {
  if (data !== ':memory:') rmSync(pathIn(data), { force: true })
}

function pathIn(data: string): string {
  return join(data, 'endpoint')
}
