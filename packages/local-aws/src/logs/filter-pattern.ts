/**
 * Filter patterns (CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail"):
 * terms, "phrases in quotes", -excluded and ?optional ones, and `{ $.x = … }` for JSON. Not offered, so refused: `[a, b, …]` for events between spaces,
 * and %regular expressions%, which AWS runs in an engine that can't be made to take forever.
 */
import { jsonPattern } from './json-pattern.ts'
import { invalid, NO_REGEX } from './log-context.ts'

export type Fits = (message: string) => boolean

interface Term {
  kind: 'wanted' | 'excluded' | 'optional'
  isIn: Fits
}

/** @throws AwsError InvalidParameterException. */
export function filterPattern(pattern: string): Fits {
  const text = pattern.trim()
  if (text.startsWith('{')) return jsonPattern(text)
  if (text.startsWith('['))
    throw invalid('This engine does not have patterns for space-delimited log events ([a, b, …]).')
  return fitsAll(termsOf(text))
}

/** Beside terms of another kind the optional ones are ignored, as the guide says. */
function fitsAll(terms: readonly Term[]): Fits {
  const [wanted, excluded, optional] = (['wanted', 'excluded', 'optional'] as const).map((kind) =>
    terms.filter((term) => term.kind === kind),
  )
  if (optional!.length > 0 && optional!.length === terms.length)
    return (message) => optional!.some(({ isIn }) => isIn(message))
  return (message) => wanted!.every(({ isIn }) => isIn(message)) && !excluded!.some(({ isIn }) => isIn(message))
}

function termsOf(text: string): Term[] {
  const terms: Term[] = []
  let rest = text
  while (rest !== '') {
    const kind = rest.startsWith('-') ? 'excluded' : rest.startsWith('?') ? 'optional' : 'wanted'
    const { isIn, length } = termAt(kind === 'wanted' ? rest : rest.slice(1))
    terms.push({ kind, isIn })
    rest = rest.slice(length + (kind === 'wanted' ? 0 : 1))
    if (rest !== '' && !/^\s/.test(rest)) throw invalid('Invalid filter pattern')
    rest = rest.trimStart()
  }
  return terms
}

function termAt(text: string): { isIn: Fits; length: number } {
  const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(text)
  if (quoted) return { isIn: contains(quoted[1]!.replace(/\\(.)/gs, '$1')), length: quoted[0].length }
  if (text.startsWith('%')) throw invalid(NO_REGEX)
  const word = /^[^\s"%]*/.exec(text)?.[0] ?? ''
  // "Terms that include characters other than alphanumeric or underscore must be placed inside double quotes."
  if (!/^[\p{L}\p{N}_]+$/u.test(word))
    throw invalid(word === '' ? 'Invalid filter pattern' : `Invalid character(s) in term '${word}'`)
  return { isIn: contains(word), length: word.length }
}

function contains(part: string): Fits {
  return (message) => message.includes(part)
}
