/**
 * The gateway that runs with the data folder of this folder: `ecs-api serve` stores its address, its process id and the
 * host's name in `data/url`, and removes the file when it stops.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** @returns the address; undefined when the file is absent, or its process has ended or runs on another host */
export function findRunningGateway(workingFolder: string): string | undefined {
  const [url, pid = '', host] = wordsOf(join(workingFolder, 'data', 'url'))
  return host === hostname() && isRunning(Number(pid)) ? url : undefined
}

function wordsOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split(/\s+/)
  } catch {
    return []
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // The process exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
