/**
 * Reserved disk space: a file in the data folder. It is deleted when the disk is full, so that a token can still be
 * revoked. It is created again at the next start.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isStoreUnavailable } from './unavailable.ts'

export interface Reserve {
  /** Deletes the file. @returns false when it was deleted before */
  release: () => boolean
}

const reserveBytes = 1_048_576

/** Creates the file, unless the disk is full. */
export function reserveIn(data: string): Reserve {
  const file = join(data, 'ecs-api.reserve')
  try {
    // Random bytes, so that a file system with compression stores all of them.
    if (!existsSync(file)) writeFileSync(file, randomBytes(reserveBytes), { mode: 0o600 })
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

/** Runs `work`. When the store is unavailable, it releases the reserve and runs `work` once more. */
export async function writeEvenWhenFull<T>(
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
