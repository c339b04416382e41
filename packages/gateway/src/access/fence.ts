/** Fences: the accounts, clusters and task definition families that a token is for, as globs. `*` stands for any characters, `?` for one. */

export interface Fence {
  accounts: readonly string[]
  clusters: readonly string[]
  /** Families. */
  taskDefinitions: readonly string[]
}

export const everything = ['*'] as const

/** Tells whether a name is one that the globs mean. */
export function matcher(globs: readonly string[]): (name: string) => boolean {
  if (globs.includes('*')) return () => true
  return (name) => globs.some((glob) => fits(glob, name))
}

const lineBreak = /[\r\n\u2028\u2029]/

/**
 * Not by a regular expression: of one with many stars a long name would cost for ever. Of the stars only the last can still be wrong about how
 * much it stands for, so a step costs no more than the glob's length. No name has a line break.
 */
function fits(glob: string, name: string): boolean {
  if (lineBreak.test(name)) return false
  let at = 0
  let star: { after: number; until: number } | undefined
  for (let read = 0; read < name.length; ) {
    if (glob[at] === '*') {
      star = { after: ++at, until: read }
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === name[read])) {
      at++
      read++
    } else {
      if (!star) return false
      at = star.after
      read = ++star.until
    }
  }
  while (glob[at] === '*') at++
  return at === glob.length
}

export function isFenced(globs: readonly string[]): boolean {
  return !globs.includes('*')
}

/** Whether the one fence lets through nothing that the other does not. Globs are compared as written: a narrower one must be named as a name. */
export function isWithin(inner: Fence, outer: Fence): boolean {
  return (
    within(inner.accounts, outer.accounts) &&
    within(inner.clusters, outer.clusters) &&
    within(inner.taskDefinitions, outer.taskDefinitions)
  )
}

function within(inner: readonly string[], outer: readonly string[]): boolean {
  const matches = matcher(outer)
  return inner.every((glob) => outer.includes(glob) || (/[*?]/.test(glob) ? outer.includes('*') : matches(glob)))
}
