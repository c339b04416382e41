/**
 * Reads a small YAML file with known keys. This program writes JSON, which it reads without loading the library `yaml`.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { UsageError } from '../errors.ts'
import { similarNames } from '../nearest.ts'

/** The kind of each key's value: text, a map, or one of the listed words. */
type Kinds = Readonly<Record<string, 'text' | 'map' | readonly string[]>>

const require = createRequire(import.meta.url)

/**
 * @returns undefined when there is no such file
 * @throws UsageError with every error of the file's top level: `checkKeys` checks the maps in it
 */
export function readYaml(file: string, kinds: Kinds): Record<string, unknown> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
  return checkKeys(file, parse(file, text), kinds)
}

function parse(file: string, text: string): unknown {
  try {
    if (text.startsWith('{')) return JSON.parse(text)
  } catch {
    // A YAML file can also begin with a brace.
  }
  try {
    return (require('yaml') as typeof import('yaml')).parse(text)
  } catch (error) {
    throw new UsageError(`${file} is not YAML: ${(error as Error).message}`)
  }
}

/** @param place the file, and the key in it, for errors @throws UsageError with every error */
export function checkKeys(place: string, value: unknown, kinds: Kinds): Record<string, unknown> {
  if (value === null || value === undefined) return {}
  if (!isMap(value)) throw new UsageError(`${place} is not a map of keys.`)
  const faults = Object.entries(value).flatMap(([key, content]) => {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined
    if (kind === undefined) {
      const [nearest] = similarNames(key, Object.keys(kinds), 1)
      return [`${key}: no such key${nearest ? `; did you mean ${nearest}?` : ''}`]
    }
    if (kind === 'map') return isMap(content) ? [] : [`${key}: expected a map`]
    if (typeof content !== 'string') return [`${key}: expected text`]
    return kind === 'text' || kind.includes(content) ? [] : [`${key}: expected ${kind.join(', ')}`]
  })
  if (faults.length > 0) throw new UsageError([`${place}:`, ...faults].join('\n  '))
  return value
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
