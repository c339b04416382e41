/** The tag that marks what is this organisation's: what is made gets it, and what lacks it is not seen. */
import type { Tag } from '@aws-sdk/client-ecs'

export interface OrgTag {
  key: string
  value: string
}

/** What tells one boundary from another; empty where there is none. */
export function boundaryName(org: OrgTag | undefined): string {
  return org ? `${org.key}=${org.value}` : ''
}

export function carries(org: OrgTag, tags: readonly Tag[] | undefined): boolean {
  return tags?.some(({ key, value }) => key === org.key && value === org.value) ?? false
}

/** The tags with the organisation's among them; as they are where there is no boundary. */
export function withOrgTag(org: OrgTag | undefined, tags: readonly Tag[]): Tag[] {
  return org && !tags.some(({ key }) => key === org.key) ? [...tags, { ...org }] : [...tags]
}

/** Why a client may not say this of the tag, with a value or (null) to remove it; undefined when it may. */
export function whyNotSaid(org: OrgTag | undefined, key: string | undefined, value: unknown): string | undefined {
  if (!org || key !== org.key || value === org.value) return undefined
  return `the tag ${org.key} is this service’s own: it stays ${org.value}`
}
