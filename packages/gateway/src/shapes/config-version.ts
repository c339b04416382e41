import { hash } from 'node:crypto'
import { pairMembers } from './rules.ts'

/**
 * The `configVersion` of a resource, for `If-Match`: a hash of the fields that a client can set. It changes only when
 * one of these fields does. The order of members and of pairs does not matter.
 * @param fields names in ECS's shape
 */
export function configVersionOf(resource: object, fields: readonly string[]): string {
  const values = fields.map((field) => normalise((resource as Record<string, unknown>)[field], field))
  return hash('sha256', JSON.stringify(values), 'base64url').slice(0, 16)
}

function normalise(value: unknown, field = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normalise(item))
    return pairMembers.has(field) ? items.map((item) => JSON.stringify(item)).sort() : items
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, normalise(member, name)])
}
