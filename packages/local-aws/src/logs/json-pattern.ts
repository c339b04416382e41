/** Patterns for JSON events: `{ ($.level = "error" && $.status >= 500) || $.user.name = admin* }` (User Guide, "Filter patterns for JSON log events"). */
import { fitsComparison } from './json-comparison.ts'
import { readSelector, type Selector, valuesAt } from './json-selector.ts'
import { invalid } from './log-context.ts'

type Holds = (event: unknown) => boolean

/** A message that is no JSON object fits none. @throws AwsError InvalidParameterException. */
export function jsonPattern(text: string): (message: string) => boolean {
  const holds = readPattern(text)
  return (message) => {
    const event = parsed(message)
    return typeof event === 'object' && event !== null && holds(event)
  }
}

function parsed(message: string): unknown {
  if (!/^\s*[{[]/.test(message)) return undefined
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}

/** What is left to read. */
interface Source {
  rest: string
}

function readPattern(text: string): Holds {
  const source = { rest: text.slice(1).trimStart() }
  const holds = readOr(source)
  if (source.rest.trimEnd() !== '}') throw malformed()
  return holds
}

function readOr(source: Source): Holds {
  const parts = [readAnd(source)]
  while (take(source, /^\|\|/)) parts.push(readAnd(source))
  return parts.length === 1 ? parts[0]! : (event) => parts.some((holds) => holds(event))
}

function readAnd(source: Source): Holds {
  const parts = [readOne(source)]
  while (take(source, /^&&/)) parts.push(readOne(source))
  return parts.length === 1 ? parts[0]! : (event) => parts.every((holds) => holds(event))
}

function readOne(source: Source): Holds {
  if (!take(source, /^\(/)) return readComparison(source)
  const holds = readOr(source)
  if (!take(source, /^\)/)) throw malformed()
  return holds
}

function readComparison(source: Source): Holds {
  const { selector, length } = readSelector(source.rest)
  source.rest = source.rest.slice(length).trimStart()
  if (take(source, /^NOT\s+EXISTS\b/i)) return (event) => valuesAt(event, selector).length === 0
  if (take(source, /^EXISTS\b/i)) return (event) => valuesAt(event, selector).length > 0
  const is = take(source, /^IS\s+(NULL|TRUE|FALSE)\b/i)
  if (is) return anyValue(selector, constants[is[1]!.toUpperCase()]!)
  const operator = take(source, /^(!=|>=|<=|=|>|<)/)
  if (!operator) throw malformed()
  const { fits, length: read } = fitsComparison(operator[0], source.rest)
  source.rest = source.rest.slice(read).trimStart()
  return anyValue(selector, fits)
}

const constants: Record<string, (value: unknown) => boolean> = {
  NULL: (value) => value === null,
  TRUE: (value) => value === true,
  FALSE: (value) => value === false,
}

function anyValue(selector: Selector, fits: (value: unknown) => boolean): Holds {
  return (event) => valuesAt(event, selector).some(fits)
}

function take(source: Source, what: RegExp): RegExpExecArray | undefined {
  const found = what.exec(source.rest)
  if (!found) return undefined
  source.rest = source.rest.slice(found[0].length).trimStart()
  return found
}

function malformed() {
  return invalid('Invalid filter pattern')
}
