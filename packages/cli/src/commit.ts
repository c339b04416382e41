/**
 * Finds the git commit of this program: in the file that packaging writes, or in the `.git` folder of the checkout. It
 * does not run git, which would take too long to start.
 */
import { readFileSync, statSync } from 'node:fs'

/** The folder of the package of the command line, or of the published program. */
const packageFolder = new URL('../', import.meta.url)

/** @returns the first 12 characters of its hash; undefined when it is not known */
export function findCommit(): string | undefined {
  try {
    const { githash } = JSON.parse(readFileSync(new URL('build.json', packageFolder), 'utf8'))
    return shortHash(githash)
  } catch {
    // A checkout has no such file.
  }
  try {
    return shortHash(headCommit(new URL('../../.git', packageFolder)))
  } catch {
    return undefined
  }
}

/**
 * git's manual page "gitrepository-layout": in a worktree, `.git` is a file with the path of the worktree's git folder.
 * That folder has HEAD, and its file `commondir` has the path of the repository's git folder, which has the branches.
 */
function headCommit(git: URL): string | undefined {
  const read = (folder: URL, name: string) => readFileSync(new URL(name, folder), 'utf8').trim()
  const isFolder = statSync(git).isDirectory()
  const worktreePath = isFolder
    ? undefined
    : readFileSync(git, 'utf8')
        .replace(/^gitdir: /, '')
        .trim()
  const gitFolder = new URL(worktreePath === undefined ? './.git/' : `${worktreePath}/`, git)
  const commonFolder = isFolder ? gitFolder : new URL(`${read(gitFolder, 'commondir')}/`, gitFolder)
  const head = read(gitFolder, 'HEAD')
  const [, ref] = /^ref: (.+)$/.exec(head) ?? []
  if (ref === undefined) return head
  try {
    return read(commonFolder, ref)
  } catch {
    return new RegExp(`^([0-9a-f]{40,64}) ${ref}$`, 'm').exec(read(commonFolder, 'packed-refs'))?.[1]
  }
}

function shortHash(hash: unknown): string | undefined {
  return typeof hash === 'string' && /^[0-9a-f]{7,64}$/.test(hash) ? hash.slice(0, 12) : undefined
}
