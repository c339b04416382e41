/** Fences: the accounts and clusters that a token is for, as globs. `*` stands for any characters, `?` for one. */

export interface Fence {
  accounts: readonly string[]
  clusters: readonly string[]
}

export const everything = ['*'] as const

/** Tells whether a name is one that the globs mean. */
export function matcher(globs: readonly string[]): (name: string) => boolean {
  if (globs.includes('*')) return () => true
  const patterns = globs.map(
    (glob) =>
      new RegExp(
        `^${glob
          .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
      ),
  )
  return (name) => patterns.some((pattern) => pattern.test(name))
}

export function isFenced(globs: readonly string[]): boolean {
  return !globs.includes('*')
}

/** Whether the one fence lets through nothing that the other does not. Globs are compared as written: a narrower one must be named as a name. */
export function isWithin(inner: Fence, outer: Fence): boolean {
  return within(inner.accounts, outer.accounts) && within(inner.clusters, outer.clusters)
}

function within(inner: readonly string[], outer: readonly string[]): boolean {
  const matches = matcher(outer)
  return inner.every((glob) => outer.includes(glob) || (/[*?]/.test(glob) ? outer.includes('*') : matches(glob)))
}
