/** Which version this is: as packaging wrote it beside package.json, else as git says, else unknown. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

interface Version {
  version: string
  githash: string
  buildstamp: string
}

const packageFolder = new URL('../../', import.meta.url)
let found: Promise<Version> | undefined

export function version(): Promise<Version> {
  found ??= findVersion()
  return found
}

async function findVersion(): Promise<Version> {
  const { version } = JSON.parse(await readFile(new URL('package.json', packageFolder), 'utf8')) as { version: string }
  const packaged = await readFile(new URL('build.json', packageFolder), 'utf8').catch(() => undefined)
  if (packaged) return { version, ...(JSON.parse(packaged) as Pick<Version, 'githash' | 'buildstamp'>) }
  try {
    const git = await promisify(execFile)('git', ['log', '-1', '--format=%H %cI', '--', '.'], { cwd: fileURLToPath(packageFolder), timeout: 3000 })
    const [githash, buildstamp] = git.stdout.trim().split(' ')
    if (githash && buildstamp) return { version, githash, buildstamp }
  } catch {
    // No git, or not a clone: then it is unknown.
  }
  return { version, githash: 'unknown', buildstamp: 'unknown' }
}
