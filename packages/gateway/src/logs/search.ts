/** `?grep`: the search for a substring. CloudWatch Logs does a part of it, the gateway does the rest. */

export interface Search {
  isMatch: (message: string) => boolean
  /** The search matches every line. */
  isEveryLine: boolean
  /** The `filterPattern` of FilterLogEvents; undefined when FilterLogEvents must return every event. */
  filterPattern: string | undefined
}

/** The limit of FilterLogEvents for `filterPattern`. */
const maxPatternLength = 1024
/** A class has four characters. */
const maxClasses = 200

export const everyLineSearch: Search = { isMatch: () => true, isEveryLine: true, filterPattern: undefined }

/** The search for the text `grep`; with `ignoreCase`, a capital and a small letter are the same. */
export function searchFor({
  grep: text,
  ignoreCase = false,
}: {
  grep?: string | undefined
  ignoreCase?: boolean | undefined
}): Search {
  if (text === undefined) return everyLineSearch
  const pattern = ignoreCase ? patternOfAnyCase(text) : patternOf(text)
  const smallText = text.toLowerCase()
  return {
    isMatch: (message) => (ignoreCase ? message.toLowerCase().includes(smallText) : message.includes(text)),
    isEveryLine: false,
    filterPattern: pattern !== '' && pattern.length <= maxPatternLength ? pattern : undefined,
  }
}

/**
 * A filter pattern of quoted terms matches the events that contain all of them (CloudWatch Logs User Guide, "Using
 * filter patterns to match terms in unstructured log events"). The guide does not say how a term can contain quotes,
 * backslashes, percent signs or characters beyond ASCII. The text is split at these characters, so the pattern matches
 * at least the wanted events. The gateway then searches each returned event for the whole text.
 */
function patternOf(text: string): string {
  const terms = text
    .split(/["\\%]|[^\x20-\x7e]/)
    .map((term) => term.trim())
    .filter((term) => term.length > 1)
  return [...new Set(terms)].map((term) => `"${term}"`).join(' ')
}

/**
 * Terms differ by case, so the pattern is one regular expression with a class for each letter: `%[Ee][Rr]%`. It has the
 * longest part of the text with characters that the guide allows ("Supported regular expressions (regex) syntax").
 */
function patternOfAnyCase(text: string): string {
  const parts = text.split(/[^0-9a-z_#=@/-]/i).toSorted((a, b) => b.length - a.length)
  const longest = parts[0]?.slice(0, maxClasses) ?? ''
  if (longest.length < 2) return ''
  const classes = longest.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`)
  return `%${classes}%`
}
