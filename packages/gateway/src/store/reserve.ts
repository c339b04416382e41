/**
 * Room that a full disk still has for what takes rights away: a file in the data folder, given up when SQLite finds no room, so that a token
 * can be revoked whatever has filled the disk. It is laid again at the next start.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isStoreUnavailable } from './unavailable.ts'

export interface Reserve {
  /** Gives the room up. @returns false where there is none left */
  release: () => boolean
}

const bytes = 1_048_576

/** Lays the file where there is room for it. */
export function reserveIn(data: string): Reserve {
  const file = join(data, 'ecs-api.reserve')
  try {
    // Random, so that no file system stores it in less than its size.
    if (!existsSync(file)) writeFileSync(file, randomBytes(bytes), { mode: 0o600 })
  } catch {
    rmSync(file, { force: true })
  }
  return {
    release: () => {
      if (!existsSync(file)) return false
      rmSync(file)
      return true
    },
  }
}

/** Does it, and once more with the reserve given up where the store could not. */
export async function evenWhenFull<T>(
  { reserve }: { reserve: Reserve | undefined },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isStoreUnavailable(error) || !reserve?.release()) throw error
    return work()
  }
}
