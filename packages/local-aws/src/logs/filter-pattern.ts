/**
 * Filter patterns (CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter
 * log events, and Live Tail"): terms, "phrases in quotes", -excluded and ?optional terms, and `{ $.x = … }` for JSON.
 *
 * Not supported: `[a, b, …]` for space-delimited events, and of %regular expressions% all but characters and classes of
 * them, such as `%[Ee]rror%`. (AWS's engine for regular expressions has a bounded running time, JavaScript's has not,
 * except for these.)
 */
import { compileJsonPattern } from './json-pattern.ts'
import { invalidParameter, NO_REGEX_TEXT } from './log-context.ts'

export type MessageMatcher = (message: string) => boolean

interface Term {
  kind: 'required' | 'excluded' | 'optional'
  matches: MessageMatcher
}

/**
 * Compiles a pattern.
 * @throws AwsError InvalidParameterException for an invalid or unsupported pattern.
 */
export function compileFilterPattern(pattern: string): MessageMatcher {
  const text = pattern.trim()
  if (text.startsWith('{')) return compileJsonPattern(text)
  if (text.startsWith('['))
    throw invalidParameter('This engine does not have patterns for space-delimited log events ([a, b, …]).')
  return termsMatcher(parseTerms(text))
}

/** Optional terms are ignored when there are other terms too, as the guide says. */
function termsMatcher(terms: readonly Term[]): MessageMatcher {
  const [required, excluded, optional] = (['required', 'excluded', 'optional'] as const).map((kind) =>
    terms.filter((term) => term.kind === kind),
  )
  if (optional!.length > 0 && optional!.length === terms.length)
    return (message) => optional!.some(({ matches }) => matches(message))
  return (message) =>
    required!.every(({ matches }) => matches(message)) && !excluded!.some(({ matches }) => matches(message))
}

function parseTerms(text: string): Term[] {
  const terms: Term[] = []
  let remainingText = text
  while (remainingText !== '') {
    const kind = remainingText.startsWith('-') ? 'excluded' : remainingText.startsWith('?') ? 'optional' : 'required'
    const { matches, length } = parseTerm(kind === 'required' ? remainingText : remainingText.slice(1))
    terms.push({ kind, matches })
    remainingText = remainingText.slice(length + (kind === 'required' ? 0 : 1))
    if (remainingText !== '' && !/^\s/.test(remainingText)) throw invalidParameter('Invalid filter pattern')
    remainingText = remainingText.trimStart()
  }
  return terms
}

function parseTerm(text: string): { matches: MessageMatcher; length: number } {
  const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(text)
  if (quoted) return { matches: substringMatcher(quoted[1]!.replace(/\\(.)/gs, '$1')), length: quoted[0].length }
  if (text.startsWith('%')) {
    const expression = /^%((?:[\w#=@/;,: -]|\[[\w#=@/;,: ]+\])+)%/.exec(text)
    if (!expression) throw invalidParameter(NO_REGEX_TEXT)
    const compiled = new RegExp(expression[1]!)
    return { matches: (message) => compiled.test(message), length: expression[0].length }
  }
  const word = /^[^\s"%]*/.exec(text)?.[0] ?? ''
  // The guide: "Terms that include characters other than alphanumeric or underscore must be placed inside double
  // quotes."
  if (!/^[\p{L}\p{N}_]+$/u.test(word))
    throw invalidParameter(word === '' ? 'Invalid filter pattern' : `Invalid character(s) in term '${word}'`)
  return { matches: substringMatcher(word), length: word.length }
}

function substringMatcher(part: string): MessageMatcher {
  return (message) => message.includes(part)
}
