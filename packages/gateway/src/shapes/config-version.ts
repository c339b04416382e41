import { hash } from 'node:crypto'
import { pairs } from './rules.ts'

/**
 * A version of what a client can set of a thing: the same as long as these fields say the same, whatever else changes.
 * @param fields names in ECS's shape; the order of pairs and of fields counts for nothing
 */
export function configVersion(thing: object, fields: readonly string[]): string {
  const values = fields.map((field) => ordered((thing as Record<string, unknown>)[field], field))
  return hash('sha256', JSON.stringify(values), 'base64url').slice(0, 16)
}

function ordered(value: unknown, field = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => ordered(item))
    return pairs.has(field) ? items.map((item) => JSON.stringify(item)).sort() : items
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.entries(value)
    .filter(([, given]) => given !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, given]) => [name, ordered(given, name)])
}
