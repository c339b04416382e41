/** The version of this program, from the file that packaging wrote beside package.json, or from git, or unknown. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { packageFolder } from './program-folder.ts'

interface Version {
  version: string
  githash: string
  buildstamp: string
}

let found: Promise<Version> | undefined

export function findProgramVersion(): Promise<Version> {
  found ??= readVersion()
  return found
}

async function readVersion(): Promise<Version> {
  const { version } = JSON.parse(await readFile(new URL('package.json', packageFolder), 'utf8')) as { version: string }
  const packaged = await readFile(new URL('build.json', packageFolder), 'utf8').catch(() => undefined)
  if (packaged) return { version, ...(JSON.parse(packaged) as Pick<Version, 'githash' | 'buildstamp'>) }
  try {
    const git = async (...words: string[]) =>
      (await promisify(execFile)('git', words, { cwd: fileURLToPath(packageFolder), timeout: 3000 })).stdout.trim()
    // When the package is installed in another repository, that repository's git does not know it.
    const [isInGit, head] = await Promise.all([git('ls-files', 'package.json'), git('log', '-1', '--format=%H %cI')])
    const [githash, buildstamp] = head.split(' ')
    if (isInGit && githash && buildstamp) return { version, githash, buildstamp }
  } catch {
    // Without git or a clone, the version stays unknown.
  }
  return { version, githash: 'unknown', buildstamp: 'unknown' }
}
