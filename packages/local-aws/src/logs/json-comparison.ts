/**
 * The right side of a comparison in a JSON pattern: a number, a word, or a quoted text. In words and quoted texts `*`
 * matches any characters.
 */
import { invalidParameter, NO_REGEX_TEXT } from './log-context.ts'

interface Comparison {
  matches: (value: unknown) => boolean
  /** The number of characters that were read. */
  length: number
}

/**
 * Compiles the comparison at the beginning of the text.
 * @throws AwsError InvalidParameterException.
 */
export function parseComparison(operator: string, text: string): Comparison {
  if (text.startsWith('%')) throw invalidParameter(NO_REGEX_TEXT)
  const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(text)
  if (quoted)
    return {
      matches: equalityMatcher(operator, textMatcher(quoted[1]!.replace(/\\(["\\])/g, '$1'))),
      length: quoted[0].length,
    }
  const word = /^[^\s()&|}"]+/.exec(text)?.[0]
  if (word === undefined) throw invalidParameter('Invalid filter pattern')
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word))
    return { matches: numberMatcher(operator, Number(word), word), length: word.length }
  return { matches: equalityMatcher(operator, textMatcher(word)), length: word.length }
}

/**
 * The operators `=` and `!=`. A value that is neither text nor number, such as an object, is neither equal nor unequal.
 * @throws AwsError for other operators, which only numbers have
 */
function equalityMatcher(operator: string, isEqual: (value: unknown) => boolean): (value: unknown) => boolean {
  if (operator === '=') return isEqual
  if (operator === '!=') return (value) => (typeof value === 'string' || typeof value === 'number') && !isEqual(value)
  throw invalidParameter('Invalid filter pattern')
}

function textMatcher(pattern: string): (value: unknown) => boolean {
  const [start = '', ...rest] = pattern.split(/\*+/)
  const end = rest.pop()
  if (end === undefined) return (value) => value === pattern
  return (value) => typeof value === 'string' && containsInOrder(value, start, rest, end)
}

/** Whether the text has these parts in this order. It is read once, whatever the number of parts. */
function containsInOrder(text: string, start: string, middle: readonly string[], end: string): boolean {
  if (!text.startsWith(start)) return false
  let position = start.length
  for (const part of middle) {
    const found = text.indexOf(part, position)
    if (found < 0) return false
    position = found + part.length
  }
  return text.length - end.length >= position && text.endsWith(end)
}

function numberMatcher(operator: string, number: number, word: string): (value: unknown) => boolean {
  // A number that the event has as text, such as an account id, is compared as text.
  if (operator === '=' || operator === '!=')
    return equalityMatcher(operator, (value) => value === number || value === word)
  const compare = comparisons[operator]!
  return (value) => typeof value === 'number' && compare(value, number)
}

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
}
