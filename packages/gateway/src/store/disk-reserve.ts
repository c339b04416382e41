/**
 * Reserved disk space: a file in the data folder. The gateway deletes it when the disk is full, so that a token can
 * still be revoked. The next start creates it again.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isStoreUnavailable } from './unavailable.ts'

export interface DiskReserve {
  /** Deletes the file. @returns false when the file was already deleted */
  release: () => boolean
}

const reserveBytes = 1_048_576

/** Creates the file in the data folder. Without space for it, the gateway runs without a reserve. */
export function createDiskReserve(dataFolder: string): DiskReserve {
  const file = join(dataFolder, 'ecs-api.reserve')
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
  { diskReserve }: { diskReserve: DiskReserve | undefined },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isStoreUnavailable(error) || !diskReserve?.release()) throw error
    return work()
  }
}
