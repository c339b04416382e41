/** The right side of a comparison in a JSON pattern: a number, a word or a text in quotes (both with `*` for anything). */
import { invalid, NO_REGEX } from './log-context.ts'

interface Comparison {
  fits: (value: unknown) => boolean
  length: number
}

/** @throws AwsError InvalidParameterException. */
export function fitsComparison(operator: string, text: string): Comparison {
  if (text.startsWith('%')) throw invalid(NO_REGEX)
  const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(text)
  if (quoted)
    return { fits: equality(operator, likeText(quoted[1]!.replace(/\\(["\\])/g, '$1'))), length: quoted[0].length }
  const word = /^[^\s()&|}"]+/.exec(text)?.[0]
  if (word === undefined) throw invalid('Invalid filter pattern')
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word))
    return { fits: numeric(operator, Number(word), word), length: word.length }
  return { fits: equality(operator, likeText(word)), length: word.length }
}

/** Text and the rest can only be equal or not. What is no text or number (an object, a list) is neither. */
function equality(operator: string, isEqual: (value: unknown) => boolean): (value: unknown) => boolean {
  if (operator === '=') return isEqual
  if (operator === '!=') return (value) => (typeof value === 'string' || typeof value === 'number') && !isEqual(value)
  throw invalid('Invalid filter pattern')
}

function likeText(pattern: string): (value: unknown) => boolean {
  const [start = '', ...rest] = pattern.split(/\*+/)
  const end = rest.pop()
  if (end === undefined) return (value) => value === pattern
  return (value) => typeof value === 'string' && holdsInOrder(value, start, rest, end)
}

/** In one walk along the text, however many `*` there are. */
function holdsInOrder(text: string, start: string, middle: readonly string[], end: string): boolean {
  if (!text.startsWith(start)) return false
  let at = start.length
  for (const part of middle) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - end.length >= at && text.endsWith(end)
}

function numeric(operator: string, number: number, word: string): (value: unknown) => boolean {
  // A number that the event has as text is equal as text: an account's id, say.
  if (operator === '=' || operator === '!=') return equality(operator, (value) => value === number || value === word)
  const compare = comparisons[operator]!
  return (value) => typeof value === 'number' && compare(value, number)
}

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
}
