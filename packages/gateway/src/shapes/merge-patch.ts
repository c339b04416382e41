/** JSON Merge Patch (RFC 7396) on ECS's shapes, where lists of pairs merge as the maps that a client sees. */
import { keyAndValue, PairsPatch, type Shape, type StructureShape } from '@ecs-api/ecs-model'

/** What is there with the patch applied: `null` removes, structures and pairs merge, anything else replaces. Neither argument is changed. */
export function mergePatch(
  shape: StructureShape,
  current: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...current }
  for (const [name, given] of Object.entries(patch)) {
    const member = shape.members.get(name)
    if (!member) continue
    const merged = given === null ? undefined : mergeValue(member.shape, current[name], given)
    if (merged === undefined) delete result[name]
    else result[name] = merged
  }
  return result
}

function mergeValue(shape: Shape, current: unknown, given: unknown): unknown {
  if (given instanceof PairsPatch && shape.kind === 'list' && shape.of.kind === 'structure')
    return mergePairs(shape.of, current, given)
  if (shape.kind === 'structure' && isObject(given)) return mergePatch(shape, isObject(current) ? current : {}, given)
  // A list replaces, but a client may write in it what it may write elsewhere: pairs as maps, and nulls, of which nothing is to be left.
  if (shape.kind === 'list' && Array.isArray(given)) return given.map((item) => mergeValue(shape.of, undefined, item))
  if (shape.kind === 'map' && isObject(given)) {
    const merged = new Map(Object.entries(isObject(current) ? current : {}))
    for (const [key, value] of Object.entries(given))
      value === null ? merged.delete(key) : merged.set(key, mergeValue(shape.of, merged.get(key), value))
    return Object.fromEntries(merged)
  }
  return given
}

function mergePairs(pair: StructureShape, current: unknown, { entries }: PairsPatch): unknown[] {
  const [key, value] = keyAndValue(pair)
  const merged = new Map(
    (Array.isArray(current) ? current : []).map((item: Record<string, unknown>) => [item[key], item]),
  )
  for (const [name, given] of entries)
    given === null ? merged.delete(name) : merged.set(name, { [key]: name, [value]: given })
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
