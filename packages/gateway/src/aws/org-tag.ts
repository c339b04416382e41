/**
 * The tag of a boundary (the configuration key `org`). The gateway adds it to every resource that it creates in the
 * account, and hides resources without it.
 */
import type { Tag } from '@aws-sdk/client-ecs'

export interface OrgTag {
  key: string
  value: string
}

/** Identifies a boundary; empty for an account without one. */
export function boundaryName(org: OrgTag | undefined): string {
  return org ? `${org.key}=${org.value}` : ''
}

export function hasOrgTag(org: OrgTag, tags: readonly Tag[] | undefined): boolean {
  return tags?.some(({ key, value }) => key === org.key && value === org.value) ?? false
}

/** Adds the boundary's tag, unless its key is among the tags; without a boundary the tags stay as they are. */
export function withOrgTag(org: OrgTag | undefined, tags: readonly Tag[]): Tag[] {
  return org && !tags.some(({ key }) => key === org.key) ? [...tags, { ...org }] : [...tags]
}

/**
 * Returns why a client may not change a tag: the tag of the boundary keeps its value. Undefined when the client may.
 * @param value the value that the client wants; null to remove the tag
 */
export function orgTagViolation(org: OrgTag | undefined, key: string | undefined, value: unknown): string | undefined {
  if (!org || key !== org.key || value === org.value) return undefined
  return `the tag ${org.key} belongs to this service and must stay ${org.value}`
}
