/**
 * The differences between two documents, for plans and for comparisons of releases.
 *
 * Values that may be secret are masked, because people paste differences into chats and tickets. The names of the
 * values stay, so that a caller who may read the document knows where to look. For a command, the number of differing
 * words also stays. The values of `secrets` are references, so they are not masked.
 */

import { isSameJson } from '../shapes/same.ts'
import type { Json, JsonObject } from '../shapes/to-api-shape.ts'

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
  if (isSameJson(from, to) || (isEmpty(from) && isEmpty(to))) return
  const isHidden = path.some((name) => membersWithSecrets.has(name)) && !isLogOption(path)
  const words = isHidden ? maskedWords(from, to) : undefined
  yield { path: pointerOf(path), from: maskSecrets(from, isHidden), to: words ?? maskSecrets(to, isHidden) }
}

/** Says how many words of a command differ; undefined unless both values are lists of words. */
function maskedWords(from: Json, to: Json): string | undefined {
  if (!isWords(from) || !isWords(to)) return undefined
  const count = Math.max(from.length, to.length)
  const differing = Array.from({ length: count }, (_, i) => from[i] !== to[i]).filter(Boolean).length
  return `${maskedValue}: ${differing} of ${count} ${count === 1 ? 'word differs' : 'words differ'}`
}

function isWords(value: Json): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

/** Whether the value is absent or empty. Both are the same, because ECS may leave out an empty list. */
function isEmpty(value: Json): boolean {
  if (value === undefined || value === null) return true
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
}

/** Members whose values may be secret. */
const membersWithSecrets: ReadonlySet<string> = new Set([
  'environment',
  'command',
  'entryPoint',
  'dockerLabels',
  'options',
  'driverOpts',
  'labels',
])
const maskedValue = '(hidden)'

/**
 * Whether the value is an option of the log driver `awslogs`: where lines are written, and how. The options of other
 * drivers may be tokens.
 */
function isLogOption(path: readonly string[]): boolean {
  return path.at(-2) === 'options' && /^(awslogs-[a-z-]+|mode|max-buffer-size)$/.test(path.at(-1) ?? '')
}

function maskSecrets(value: Json, isHidden: boolean): Json {
  if (value === undefined || value === null) return null
  if (isHidden && !isMap(value)) return maskedValue
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, isHidden))
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const isHiddenMember = isHidden || membersWithSecrets.has(name)
      return [name, name === 'options' && isMap(item) ? maskOptions(item) : maskSecrets(item, isHiddenMember)]
    }),
  )
}

function maskOptions(options: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, maskSecrets(value, !isLogOption(['options', name]))]),
  )
}

function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function isMap(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
