/** `?grep`: the search for a case-sensitive substring. CloudWatch Logs does a part of it, the gateway does the rest. */

export interface Search {
  isMatch: (message: string) => boolean
  /** The search matches every line. */
  isEveryLine: boolean
  /** The `filterPattern` of FilterLogEvents; undefined when FilterLogEvents must return every event. */
  filterPattern: string | undefined
}

/** The limit of FilterLogEvents for `filterPattern`. */
const maxPatternLength = 1024

export const everyLineSearch: Search = { isMatch: () => true, isEveryLine: true, filterPattern: undefined }

/**
 * The search for a text. A filter pattern of quoted terms matches the events that contain all of them (CloudWatch Logs
 * User Guide, "Using filter patterns to match terms in unstructured log events"). The guide does not say how a term can
 * contain quotes, backslashes, percent signs or characters beyond ASCII. The text is split at these characters, so the
 * pattern matches at least the wanted events. The gateway then searches each returned event for the whole text.
 */
export function searchFor(text: string | undefined): Search {
  if (text === undefined) return everyLineSearch
  const terms = text
    .split(/["\\%]|[^\x20-\x7e]/)
    .map((term) => term.trim())
    .filter((term) => term.length > 1)
  const pattern = [...new Set(terms)].map((term) => `"${term}"`).join(' ')
  const canFilter = pattern !== '' && pattern.length <= maxPatternLength
  return {
    isMatch: (message) => message.includes(text),
    isEveryLine: false,
    filterPattern: canFilter ? pattern : undefined,
  }
}
