/**
 * The tag of the organisation boundary, which the key `org` of the configuration sets. The gateway adds it to every
 * resource that it creates in the account, and hides resources without it.
 */
import type { Tag } from '@aws-sdk/client-ecs'

export interface BoundaryTag {
  key: string
  value: string
}

/** Returns a text that identifies a boundary; empty for an account without a boundary. */
export function boundaryName(boundaryTag: BoundaryTag | undefined): string {
  return boundaryTag ? `${boundaryTag.key}=${boundaryTag.value}` : ''
}

export function hasBoundaryTag(boundaryTag: BoundaryTag, tags: readonly Tag[] | undefined): boolean {
  return tags?.some(({ key, value }) => key === boundaryTag.key && value === boundaryTag.value) ?? false
}

/** Adds the boundary's tag to `tags`, unless there is no boundary or `tags` already have its key. */
export function addBoundaryTag(boundaryTag: BoundaryTag | undefined, tags: readonly Tag[]): Tag[] {
  return boundaryTag && !tags.some(({ key }) => key === boundaryTag.key) ? [...tags, { ...boundaryTag }] : [...tags]
}

/**
 * Returns why a client may not change a tag: the tag of the boundary must keep its value. Undefined when the change is
 * allowed.
 * @param value the value that the client wants; null to remove the tag
 */
export function boundaryTagViolation(
  boundaryTag: BoundaryTag | undefined,
  key: string | undefined,
  value: unknown,
): string | undefined {
  if (!boundaryTag || key !== boundaryTag.key || value === boundaryTag.value) return undefined
  return `the tag ${boundaryTag.key} marks the resources of this gateway and must stay ${boundaryTag.value}`
}
