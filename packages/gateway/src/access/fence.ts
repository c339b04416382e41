/**
 * Fences: the accounts, clusters and task definition families that a token may use, as globs. `*` stands for any number
 * of characters, `?` for one character.
 */

export interface Fence {
  accounts: readonly string[]
  clusters: readonly string[]
  /** Globs of task definition families. */
  taskDefinitions: readonly string[]
}

export const allNames = ['*'] as const

/** Returns a function that checks whether a name matches one of the globs. */
export function globMatcher(globs: readonly string[]): (name: string) => boolean {
  if (globs.includes('*')) return () => true
  return (name) => globs.some((glob) => matches(glob, name))
}

const lineBreak = /[\r\n\u2028\u2029]/

/**
 * Matches without a regular expression, because one with many stars could take exponential time. After a mismatch, only
 * the last star has to match one more character; earlier stars need not be tried again. A name with a line break never
 * matches.
 */
function matches(glob: string, name: string): boolean {
  if (lineBreak.test(name)) return false
  let globIndex = 0
  let nameIndex = 0
  /** The last star: the index after it in the glob, and the end of its match in the name. */
  let star: { after: number; matchEnd: number } | undefined
  while (nameIndex < name.length) {
    if (glob[globIndex] === '*') {
      star = { after: ++globIndex, matchEnd: nameIndex }
    } else if (globIndex < glob.length && (glob[globIndex] === '?' || glob[globIndex] === name[nameIndex])) {
      globIndex++
      nameIndex++
    } else {
      if (!star) return false
      globIndex = star.after
      nameIndex = ++star.matchEnd
    }
  }
  while (glob[globIndex] === '*') globIndex++
  return globIndex === glob.length
}

/** Whether the globs exclude some names. */
export function isFenced(globs: readonly string[]): boolean {
  return !globs.includes('*')
}

/**
 * Whether the outer fence allows everything that the inner fence allows. Globs are compared as written: each entry of
 * the inner fence must be an entry of the outer fence, or a name without wildcards that the outer fence allows.
 */
export function isFenceWithin(inner: Fence, outer: Fence): boolean {
  return (
    areGlobsWithin(inner.accounts, outer.accounts) &&
    areGlobsWithin(inner.clusters, outer.clusters) &&
    areGlobsWithin(inner.taskDefinitions, outer.taskDefinitions)
  )
}

function areGlobsWithin(inner: readonly string[], outer: readonly string[]): boolean {
  const isAllowed = globMatcher(outer)
  return inner.every((glob) => outer.includes(glob) || (/[*?]/.test(glob) ? outer.includes('*') : isAllowed(glob)))
}
