/**
 * Filter patterns for JSON events, such as `{ ($.level = "error" && $.status >= 500) || $.user.name = admin* }` (User
 * Guide, "Filter patterns for JSON log events").
 */
import { parseComparison } from './json-comparison.ts'
import { parseSelector, type Selector, valuesAt } from './json-selector.ts'
import { invalidParameter } from './log-context.ts'

type EventMatcher = (event: unknown) => boolean

/**
 * Compiles a pattern. A message that is neither a JSON object nor an array never matches.
 * @param text begins with `{`
 * @throws AwsError InvalidParameterException.
 */
export function compileJsonPattern(text: string): (message: string) => boolean {
  const matches = parsePattern(text)
  return (message) => {
    const event = parseObjectOrArray(message)
    return typeof event === 'object' && event !== null && matches(event)
  }
}

function parseObjectOrArray(message: string): unknown {
  if (!/^\s*[{[]/.test(message)) return undefined
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}

/** The part of the pattern that has not been parsed yet. */
interface Source {
  remainingText: string
}

function parsePattern(text: string): EventMatcher {
  const source = { remainingText: text.slice(1).trimStart() }
  const matches = parseOr(source)
  if (source.remainingText.trimEnd() !== '}') throw malformed()
  return matches
}

function parseOr(source: Source): EventMatcher {
  const parts = [parseAnd(source)]
  while (takeToken(source, /^\|\|/)) parts.push(parseAnd(source))
  return parts.length === 1 ? parts[0]! : (event) => parts.some((matches) => matches(event))
}

function parseAnd(source: Source): EventMatcher {
  const parts = [parseTerm(source)]
  while (takeToken(source, /^&&/)) parts.push(parseTerm(source))
  return parts.length === 1 ? parts[0]! : (event) => parts.every((matches) => matches(event))
}

function parseTerm(source: Source): EventMatcher {
  if (!takeToken(source, /^\(/)) return parseSelectorTerm(source)
  const matches = parseOr(source)
  if (!takeToken(source, /^\)/)) throw malformed()
  return matches
}

function parseSelectorTerm(source: Source): EventMatcher {
  const { selector, length } = parseSelector(source.remainingText)
  source.remainingText = source.remainingText.slice(length).trimStart()
  if (takeToken(source, /^NOT\s+EXISTS\b/i)) return (event) => valuesAt(event, selector).length === 0
  if (takeToken(source, /^EXISTS\b/i)) return (event) => valuesAt(event, selector).length > 0
  const constant = takeToken(source, /^IS\s+(NULL|TRUE|FALSE)\b/i)
  if (constant) return anyValueMatcher(selector, constants[constant[1]!.toUpperCase()]!)
  const operator = takeToken(source, /^(!=|>=|<=|=|>|<)/)
  if (!operator) throw malformed()
  const { matches, length: comparisonLength } = parseComparison(operator[0], source.remainingText)
  source.remainingText = source.remainingText.slice(comparisonLength).trimStart()
  return anyValueMatcher(selector, matches)
}

const constants: Record<string, (value: unknown) => boolean> = {
  NULL: (value) => value === null,
  TRUE: (value) => value === true,
  FALSE: (value) => value === false,
}

/** Matches an event of which any selected value matches. */
function anyValueMatcher(selector: Selector, matches: (value: unknown) => boolean): EventMatcher {
  return (event) => valuesAt(event, selector).some(matches)
}

/** Removes the expected token from the beginning of the source and returns it; undefined when it is not there. */
function takeToken(source: Source, expected: RegExp): RegExpExecArray | undefined {
  const found = expected.exec(source.remainingText)
  if (!found) return undefined
  source.remainingText = source.remainingText.slice(found[0].length).trimStart()
  return found
}

function malformed() {
  return invalidParameter('Invalid filter pattern')
}
