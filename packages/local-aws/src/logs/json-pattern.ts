/**
 * Filter patterns for JSON events, such as `{ ($.level = "error" && $.status >= 500) || $.user.name = admin* }` (User
 * Guide, "Filter patterns for JSON log events").
 */
import { comparisonAt } from './json-comparison.ts'
import { readSelector, type Selector, valuesAt } from './json-selector.ts'
import { invalid } from './log-context.ts'

type EventMatcher = (event: unknown) => boolean

/**
 * Compiles a pattern. A message that is neither a JSON object nor an array never matches.
 * @param text begins with `{`
 * @throws AwsError InvalidParameterException.
 */
export function jsonPattern(text: string): (message: string) => boolean {
  const holds = readPattern(text)
  return (message) => {
    const event = parseObjectOrArray(message)
    return typeof event === 'object' && event !== null && holds(event)
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
  rest: string
}

function readPattern(text: string): EventMatcher {
  const source = { rest: text.slice(1).trimStart() }
  const holds = readOr(source)
  if (source.rest.trimEnd() !== '}') throw malformed()
  return holds
}

function readOr(source: Source): EventMatcher {
  const parts = [readAnd(source)]
  while (takeToken(source, /^\|\|/)) parts.push(readAnd(source))
  return parts.length === 1 ? parts[0]! : (event) => parts.some((holds) => holds(event))
}

function readAnd(source: Source): EventMatcher {
  const parts = [readTerm(source)]
  while (takeToken(source, /^&&/)) parts.push(readTerm(source))
  return parts.length === 1 ? parts[0]! : (event) => parts.every((holds) => holds(event))
}

function readTerm(source: Source): EventMatcher {
  if (!takeToken(source, /^\(/)) return readComparison(source)
  const holds = readOr(source)
  if (!takeToken(source, /^\)/)) throw malformed()
  return holds
}

function readComparison(source: Source): EventMatcher {
  const { selector, length } = readSelector(source.rest)
  source.rest = source.rest.slice(length).trimStart()
  if (takeToken(source, /^NOT\s+EXISTS\b/i)) return (event) => valuesAt(event, selector).length === 0
  if (takeToken(source, /^EXISTS\b/i)) return (event) => valuesAt(event, selector).length > 0
  const constant = takeToken(source, /^IS\s+(NULL|TRUE|FALSE)\b/i)
  if (constant) return anyValue(selector, constants[constant[1]!.toUpperCase()]!)
  const operator = takeToken(source, /^(!=|>=|<=|=|>|<)/)
  if (!operator) throw malformed()
  const { matches, length: comparisonLength } = comparisonAt(operator[0], source.rest)
  source.rest = source.rest.slice(comparisonLength).trimStart()
  return anyValue(selector, matches)
}

const constants: Record<string, (value: unknown) => boolean> = {
  NULL: (value) => value === null,
  TRUE: (value) => value === true,
  FALSE: (value) => value === false,
}

function anyValue(selector: Selector, matches: (value: unknown) => boolean): EventMatcher {
  return (event) => valuesAt(event, selector).some(matches)
}

/** Removes the expected token from the beginning of the source and returns it; undefined when it is not there. */
function takeToken(source: Source, expected: RegExp): RegExpExecArray | undefined {
  const found = expected.exec(source.rest)
  if (!found) return undefined
  source.rest = source.rest.slice(found[0].length).trimStart()
  return found
}

function malformed() {
  return invalid('Invalid filter pattern')
}
