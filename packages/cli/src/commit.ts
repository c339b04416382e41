/** The commit of this command: as packaging wrote it, or of its checkout. git itself takes too long to start. */
import { readFileSync, statSync } from 'node:fs'

const root = new URL('../../../', import.meta.url)

/** @returns the beginning of its hash; undefined where it is not known */
export function findCommit(): string | undefined {
  try {
    const { githash } = JSON.parse(readFileSync(new URL('packages/gateway/build.json', root), 'utf8'))
    return short(githash)
  } catch {
    // It runs from a checkout.
  }
  try {
    return short(commitOf(new URL('.git', root)))
  } catch {
    return undefined
  }
}

/** "gitrepository-layout": a worktree has a file with its folder, which names the common one. */
function commitOf(git: URL): string | undefined {
  const read = (folder: URL, name: string) => readFileSync(new URL(name, folder), 'utf8').trim()
  const isFolder = statSync(git).isDirectory()
  const path = isFolder
    ? undefined
    : readFileSync(git, 'utf8')
        .replace(/^gitdir: /, '')
        .trim()
  const own = path === undefined ? new URL('.git/', root) : new URL(`${path}/`, root)
  const common = isFolder ? own : new URL(`${read(own, 'commondir')}/`, own)
  const head = read(own, 'HEAD')
  const [, ref] = /^ref: (.+)$/.exec(head) ?? []
  if (ref === undefined) return head
  try {
    return read(common, ref)
  } catch {
    return new RegExp(`^([0-9a-f]{40,64}) ${ref}$`, 'm').exec(read(common, 'packed-refs'))?.[1]
  }
}

function short(hash: unknown): string | undefined {
  return typeof hash === 'string' && /^[0-9a-f]{7,64}$/.test(hash) ? hash.slice(0, 12) : undefined
}
