/**
 * The patterns of texts in bodies. An error describes its pattern in words, because few people read regular
 * expressions.
 */
export const tokenNamePattern = '^[A-Za-z0-9][\\w.@-]{0,62}$'
export const globPattern = '^[\\w*?-]+$'
export const pageKeyPattern = '^[\\w-]{43}$'

const words: Readonly<Record<string, string>> = {
  [tokenNamePattern]: 'must be 1 to 63 letters, digits, ".", "_", "@" or "-", and begin with a letter or digit',
  [globPattern]: 'must have letters, digits, "_", "-", "*" and "?" only',
  [pageKeyPattern]: 'must be 32 random bytes in base64url, which are 43 characters',
}

/** The words for texts with this pattern; undefined for a pattern of another file. */
export const wordsOfPattern = (pattern: unknown): string | undefined => words[String(pattern)]
