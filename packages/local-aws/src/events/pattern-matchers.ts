/** The matchers in the lists of an event pattern (EventBridge User Guide, "Comparison operators"). */
import { AwsError } from '../protocol/aws-error.ts'

/** Whether a leaf of an event matches. The leaf is undefined when the event has no such member. */
export type LeafMatcher = (leaf: unknown) => boolean

export function invalidPattern(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`)
}

/**
 * Compiles one item of a pattern's list: a value, or an object with one operator.
 * @throws AwsError InvalidEventPatternException
 */
export function compileLeafMatcher(item: unknown): LeafMatcher {
  if (typeof item !== 'object' || item === null) return (leaf) => leaf === item
  const [[operator, operand] = [], ...more] = Object.entries(item)
  if (Array.isArray(item) || operator === undefined || more.length > 0)
    throw invalidPattern('Only one key allowed in match expression')
  const compile = Object.hasOwn(operators, operator) ? operators[operator] : undefined
  if (!compile) throw invalidPattern(`Unrecognized match type ${operator}`)
  return compile(operand)
}

const operators: Readonly<Record<string, (operand: unknown) => LeafMatcher>> = {
  prefix: (operand) =>
    textMatcher(operand, 'prefix', (leaf, start, normalize) => normalize(leaf).startsWith(normalize(start))),
  suffix: (operand) =>
    textMatcher(operand, 'suffix', (leaf, end, normalize) => normalize(leaf).endsWith(normalize(end))),
  'equals-ignore-case': (operand) => {
    const expected = checkedText(operand, 'equals-ignore-case').toLowerCase()
    return (leaf) => typeof leaf === 'string' && leaf.toLowerCase() === expected
  },
  wildcard: (operand) => wildcardMatcher(checkedText(operand, 'wildcard')),
  exists: (operand) => {
    if (typeof operand !== 'boolean') throw invalidPattern('exists match pattern must be either true or false.')
    return (leaf) => (leaf !== undefined) === operand
  },
  numeric: numericMatcher,
  'anything-but': anythingButMatcher,
}

function textMatcher(
  operand: unknown,
  name: string,
  isMatch: (leaf: string, expected: string, normalize: (text: string) => string) => boolean,
): LeafMatcher {
  const ignoresCase = typeof operand === 'object' && operand !== null
  const expected = checkedText(ignoresCase ? (operand as Record<string, unknown>)['equals-ignore-case'] : operand, name)
  const normalize = (value: string) => (ignoresCase ? value.toLowerCase() : value)
  return (leaf) => typeof leaf === 'string' && isMatch(leaf, expected, normalize)
}

function checkedText(operand: unknown, name: string): string {
  if (typeof operand !== 'string' || operand === '')
    throw invalidPattern(`${name} match pattern must be a string that is not empty`)
  return operand
}

/**
 * `*` matches any characters, `\*` and `\\` the characters themselves. The pattern is not turned into a regular
 * expression, because a malicious one could take forever.
 */
function wildcardMatcher(pattern: string): LeafMatcher {
  if (/\\(?![*\\])/.test(pattern)) throw invalidPattern('Invalid escape character in wildcard')
  if (/(?<!\\)(?:\\\\)*\*\*/.test(pattern)) throw invalidPattern('Consecutive wildcard characters')
  const parts = pattern.split(/(?<=(?<!\\)(?:\\\\)*)\*/).map((part) => part.replace(/\\(.)/g, '$1'))
  const [first = '', ...others] = parts
  const last = others.pop()
  if (last === undefined) return (leaf) => leaf === first
  return (leaf) => {
    if (
      typeof leaf !== 'string' ||
      leaf.length < first.length + last.length ||
      !leaf.startsWith(first) ||
      !leaf.endsWith(last)
    )
      return false
    let position = first.length
    const end = leaf.length - last.length
    for (const part of others) {
      const found = leaf.indexOf(part, position)
      if (found === -1 || found + part.length > end) return false
      position = found + part.length
    }
    return true
  }
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** The operator `numeric`. Its operand is `["=", 5]`, or a range such as `[">", 0, "<=", 5]`. */
function numericMatcher(operand: unknown): LeafMatcher {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4))
    throw invalidPattern('Invalid member in numeric match')
  const checks: ((value: number) => boolean)[] = []
  for (let i = 0; i < operand.length; i += 2) {
    const compare = comparisons[String(operand[i])]
    const bound: unknown = operand[i + 1]
    if (!compare || typeof bound !== 'number')
      throw invalidPattern('Value of numeric match must be an operator and a number')
    checks.push((value) => compare(value, bound))
  }
  return (leaf) => typeof leaf === 'number' && checks.every((holds) => holds(leaf))
}

/**
 * The operator `anything-but`. Its operand is a value, a list of values, or another operator, which must not match. A
 * leaf that the event does not have never matches.
 */
function anythingButMatcher(operand: unknown): LeafMatcher {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const [[operator = '', values] = []] = Object.entries(operand)
    if (!['prefix', 'suffix', 'wildcard', 'equals-ignore-case'].includes(operator))
      throw invalidPattern(`Unsupported anything-but pattern: ${operator}`)
    const excluded = (Array.isArray(values) ? values : [values]).map((value: unknown) =>
      compileLeafMatcher({ [operator]: value }),
    )
    return (leaf) => leaf !== undefined && !excluded.some((matches) => matches(leaf))
  }
  const values: unknown[] = Array.isArray(operand) ? operand : [operand]
  if (values.length === 0 || !values.every((value) => typeof value === 'string' || typeof value === 'number'))
    throw invalidPattern('Inside anything but list, start|null|boolean is not supported.')
  return (leaf) => leaf !== undefined && !values.some((value) => value === leaf)
}
