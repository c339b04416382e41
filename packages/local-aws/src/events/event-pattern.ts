/**
 * Event patterns (EventBridge User Guide, "Creating Amazon EventBridge event patterns" and "Comparison operators"). A
 * pattern has the structure of an event, with a list of matchers in place of each value. The operator `cidr` is not
 * supported.
 */
import { compileLeafMatcher, invalidPattern, type LeafMatcher } from './pattern-matchers.ts'

export type EventMatcher = (event: object) => boolean

type Json = Record<string, unknown>

/**
 * Compiles a pattern.
 * @throws AwsError InvalidEventPatternException
 */
export function compileEventPattern(text: string): EventMatcher {
  const pattern = parsePattern(text)
  if (!isObject(pattern)) throw invalidPattern('Filter is not an object')
  if (Object.keys(pattern).length === 0) throw invalidPattern('Empty patterns are not allowed')
  return objectMatcher(pattern)
}

function parsePattern(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidPattern('The pattern is not JSON')
  }
}

function objectMatcher(pattern: Json): (value: unknown) => boolean {
  const fields = Object.entries(pattern).map(([name, inner]) =>
    name === '$or' ? anyMatcher(inner) : fieldMatcher(name, inner),
  )
  return (value) => fields.every((matches) => matches(value))
}

function anyMatcher(alternatives: unknown): (value: unknown) => boolean {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isObject))
    throw invalidPattern('$or must be a list of at least two objects')
  const matchers = alternatives.map((alternative) => objectMatcher(alternative))
  return (value) => matchers.some((matches) => matches(value))
}

function fieldMatcher(name: string, inner: unknown): (value: unknown) => boolean {
  if (Array.isArray(inner)) {
    if (inner.length === 0) throw invalidPattern('Empty arrays are not allowed')
    const matchers = inner.map(compileLeafMatcher)
    return (value) => matchesLeaf(matchers, memberOf(value, name))
  }
  if (!isObject(inner)) throw invalidPattern(`"${name}" must be an object or an array`)
  if (Object.keys(inner).length === 0) throw invalidPattern('Empty objects are not allowed')
  const matches = objectMatcher(inner)
  // In a list of objects, a single object must match all fields of the pattern.
  return (value) => {
    const member = memberOf(value, name)
    return Array.isArray(member) ? member.some(matches) : matches(member)
  }
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/**
 * Whether a leaf of the value matches. An object or an empty list has no leaves, so only `exists: false` matches it.
 */
function matchesLeaf(matchers: readonly LeafMatcher[], value: unknown): boolean {
  const leaves = (Array.isArray(value) ? value : [value]).filter((leaf) => typeof leaf !== 'object' || leaf === null)
  if (leaves.length === 0) return matchers.some((matches) => matches(undefined))
  return matchers.some((matches) => leaves.some((leaf) => matches(leaf)))
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
