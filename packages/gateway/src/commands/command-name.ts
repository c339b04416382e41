import { accessSync, constants } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'

/** Whether the folder is a `node_modules/.bin`, which npm adds to the PATH of a script. Other shells do not have it. */
const isAddedByNpm = (folder: string) => basename(folder) === '.bin' && basename(dirname(folder)) === 'node_modules'

function hasProgram(folder: string): boolean {
  try {
    accessSync(join(folder, process.platform === 'win32' ? 'ecs-api.cmd' : 'ecs-api'), constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** How a person calls the command line in another shell: `npx ecs-api` where a shell does not find `ecs-api`. */
export function commandName({ PATH = '' }: NodeJS.ProcessEnv): string {
  const folders = PATH.split(delimiter).filter((folder) => folder !== '' && !isAddedByNpm(folder))
  return folders.some(hasProgram) ? 'ecs-api' : 'npx ecs-api'
}
