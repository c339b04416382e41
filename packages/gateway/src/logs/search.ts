/** `?grep`: a case-sensitive substring, and the part of the search that CloudWatch Logs does. */

export interface Search {
  isMatch: (message: string) => boolean
  /** Every event that FilterLogEvents returns matches. */
  isEveryLine: boolean
  /** For FilterLogEvents; undefined where every event is needed. */
  pattern: string | undefined
}

/** The limit of FilterLogEvents for `filterPattern`. */
const maxPatternLength = 1024

export const everyLine: Search = { isMatch: () => true, isEveryLine: true, pattern: undefined }

/**
 * Terms in quotes match the events that contain all of them (CloudWatch Logs User Guide, "Using filter patterns to
 * match terms in unstructured log events"). The guide does not say how a term contains quotes, backslashes, percent
 * signs or characters beyond ASCII: the text is split there, so that the pattern matches at least the wanted events.
 * The gateway compares the whole text with each of them.
 */
export function searchFor(text: string | undefined): Search {
  if (text === undefined) return everyLine
  const terms = text
    .split(/["\\%]|[^\x20-\x7e]/)
    .map((term) => term.trim())
    .filter((term) => term.length > 1)
  const pattern = [...new Set(terms)].map((term) => `"${term}"`).join(' ')
  const canFilter = pattern !== '' && pattern.length <= maxPatternLength
  return {
    isMatch: (message) => message.includes(text),
    isEveryLine: false,
    pattern: canFilter ? pattern : undefined,
  }
}
