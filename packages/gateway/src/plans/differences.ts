/**
 * The differences of two documents, for plans and for comparisons of releases.
 *
 * Values that may be secret are masked by the rule of the audit log: people paste a difference into chats and tickets,
 * but not the document itself. Their names stay, so that a caller who may read the document knows where to look, and
 * for a command the number of words that differ. The values of `secrets` are references, so they are not masked.
 */
import type { Json, JsonObject } from '../shapes/present.ts'
import { isSame } from '../shapes/same.ts'

export interface Change {
  /** A JSON Pointer into the document. */
  path: string
  /** Null when the value is absent. */
  from: Json
  to: Json
}

/** The differences in the order of the members. Secrets are masked. */
export function differencesBetween(from: JsonObject, to: JsonObject): Change[] {
  return [...differences(from, to)]
}

function* differences(from: Json, to: Json, path: readonly string[] = []): Generator<Change> {
  if (isMap(from) && isMap(to)) {
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)]))
      yield* differences(from[name], to[name], [...path, name])
    return
  }
  if (isSame(from, to) || (isEmpty(from) && isEmpty(to))) return
  const isHidden = path.some((name) => mayBeSecret.has(name))
  const words = isHidden ? maskedWords(from, to) : undefined
  yield { path: pointerOf(path), from: masked(from, isHidden), to: words ?? masked(to, isHidden) }
}

/** How much of a command differs, without its words; undefined for values that are no two lists of words. */
function maskedWords(from: Json, to: Json): string | undefined {
  if (!isWords(from) || !isWords(to)) return undefined
  const count = Math.max(from.length, to.length)
  const differing = Array.from({ length: count }, (_, i) => from[i] !== to[i]).filter(Boolean).length
  return `${maskedValue}: ${differing} of ${count} ${count === 1 ? 'word differs' : 'words differ'}`
}

function isWords(value: Json): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

/** ECS returns an empty list or leaves it out: both are the same. */
function isEmpty(value: Json): boolean {
  if (value === undefined || value === null) return true
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
}

/** Members whose values may be secret, as in the audit log. */
const mayBeSecret: ReadonlySet<string> = new Set([
  'environment',
  'command',
  'entryPoint',
  'dockerLabels',
  'options',
  'driverOpts',
  'labels',
])
const maskedValue = '(hidden)'

function masked(value: Json, isHidden: boolean): Json {
  if (value === undefined || value === null) return null
  if (isHidden && !isMap(value)) return maskedValue
  if (Array.isArray(value)) return value.map((item) => masked(item, isHidden))
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, masked(item, isHidden || mayBeSecret.has(name))]),
  )
}

function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function isMap(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
