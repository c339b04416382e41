import type { LogLine } from '@ecs-api/client'

/**
 * Adds lines that are not known yet, in order of time. Lines of the same millisecond keep the order in which they came.
 * @param known in order of time
 * @returns `known` itself when nothing is new
 */
export function mergedLines(known: readonly LogLine[], added: readonly LogLine[]): readonly LogLine[] {
  const earliest = added.reduce((first, { time }) => (time < first ? time : first), added[0]?.time ?? '')
  let overlapStart = known.length
  while (overlapStart > 0 && known[overlapStart - 1]!.time >= earliest) overlapStart--
  const overlap = known.slice(overlapStart)
  const ids = new Set(overlap.map(({ id }) => id))
  const fresh = added.filter(({ id }) => !ids.has(id) && ids.add(id))
  if (fresh.length === 0) return known
  const end = [...overlap, ...fresh].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  return [...known.slice(0, overlapStart), ...end]
}
