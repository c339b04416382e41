/**
 * JSON Merge Patch (RFC 7396) on values in ECS's shapes. The API shows ECS's lists of pairs as maps, so the
 * `PairsPatch` of such a list is merged as a map is.
 */
import { keyAndValueNames, PairsPatch, type Shape, type StructureShape } from '@ecs-api/ecs-model'

/**
 * Returns `current` with the patch applied: `null` removes, structures and pairs merge, all other values replace.
 * Neither argument is changed.
 */
export function mergePatch(
  shape: StructureShape,
  current: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...current }
  for (const [name, change] of Object.entries(patch)) {
    const member = shape.members.get(name)
    if (!member) continue
    const merged = change === null ? undefined : mergeValue(member.shape, current[name], change)
    if (merged === undefined) delete result[name]
    else result[name] = merged
  }
  return result
}

function mergeValue(shape: Shape, current: unknown, change: unknown): unknown {
  if (change instanceof PairsPatch && shape.kind === 'list' && shape.of.kind === 'structure')
    return mergePairs(shape.of, current, change)
  if (shape.kind === 'structure' && isObject(change)) return mergePatch(shape, isObject(current) ? current : {}, change)
  // A list replaces the current one. Each of its items is merged with undefined: that removes the members of the item
  // that are null, and converts its maps to lists of pairs.
  if (shape.kind === 'list' && Array.isArray(change)) return change.map((item) => mergeValue(shape.of, undefined, item))
  if (shape.kind === 'map' && isObject(change)) {
    const merged = new Map(Object.entries(isObject(current) ? current : {}))
    for (const [key, value] of Object.entries(change))
      value === null ? merged.delete(key) : merged.set(key, mergeValue(shape.of, merged.get(key), value))
    return Object.fromEntries(merged)
  }
  return change
}

function mergePairs(pair: StructureShape, current: unknown, { entries }: PairsPatch): unknown[] {
  const [key, value] = keyAndValueNames(pair)
  const merged = new Map(
    (Array.isArray(current) ? current : []).map((item: Record<string, unknown>) => [item[key], item]),
  )
  for (const [name, change] of entries)
    change === null ? merged.delete(name) : merged.set(name, { [key]: name, [value]: change })
  return [...merged.values()]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof PairsPatch)
  )
}
