/**
 * Finds out whether a shell finds the program `ecs-api`. In a clone of the repository a shell does not find it, and
 * `npx ecs-api` runs it.
 */
import { existsSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'

/** How the person calls the command line: `npx ecs-api` when npx runs it and their shell does not find `ecs-api`. */
export function findProgramName(environment: Readonly<Record<string, string | undefined>>): string {
  const isByNpx = environment.npm_lifecycle_event === 'npx' && folderMissingOnPath(environment) !== undefined
  return isByNpx ? 'npx ecs-api' : 'ecs-api'
}

/**
 * @returns undefined when the shell finds `ecs-api`; otherwise the folder to add to its PATH, or '' when that is not
 *   known
 */
export function folderMissingOnPath({ PATH = '' }: Readonly<Record<string, string | undefined>>): string | undefined {
  const folders = PATH.split(delimiter)
  const hasProgram = (folder: string) => existsSync(join(folder, 'ecs-api'))
  // npm and npx put their own folders before the PATH of the shell. The last one is that of node-gyp.
  const ofNpm = folders.slice(0, folders.findIndex((folder) => basename(folder) === 'node-gyp-bin') + 1)
  if (folders.slice(ofNpm.length).some(hasProgram)) return undefined
  return ofNpm.find(hasProgram) ?? ''
}
