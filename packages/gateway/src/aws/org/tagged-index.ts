/**
 * Which things carry the organisation's tag, by the Resource Groups Tagging API: a hundred in one call, whatever else the account holds. The
 * index is late, and shows what is gone for a while: it says what is ours, not what is there.
 */
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api'
import { TooManyRequests } from '../../problems/problem.ts'
import type { OrgTag } from '../org-tag.ts'
import { everyPage } from '../reads/paging.ts'

export type IndexedType = 'ecs:cluster' | 'ecs:service' | 'ecs:task-definition'

interface Entry {
  arns: ReadonlySet<string>
  /** When it was asked for, on the clock of `performance.now()`. */
  at: number
}

export class TaggedIndex {
  readonly #org: OrgTag
  readonly #client: () => Promise<ResourceGroupsTaggingAPI>
  readonly #freshMs: number
  readonly #entries = new Map<IndexedType, Entry>()
  readonly #underWay = new Map<IndexedType, Promise<Entry>>()

  constructor(org: OrgTag, client: () => Promise<ResourceGroupsTaggingAPI>, freshMs: number) {
    this.#org = org
    this.#client = client
    this.#freshMs = freshMs
  }

  /**
   * The ARNs of those that carry the tag: at most as old as the account allows, or the freshest there is when the budget is spent.
   * @param maxAgeMs for what goes on with a list whose beginning has asked
   */
  async of(type: IndexedType, maxAgeMs = this.#freshMs): Promise<ReadonlySet<string>> {
    const known = this.#entries.get(type)
    if (known && performance.now() - known.at <= maxAgeMs) return known.arns
    try {
      return (await this.#joined(type)).arns
    } catch (error) {
      if (known && error instanceof TooManyRequests) return known.arns
      throw error
    }
  }

  #joined(type: IndexedType): Promise<Entry> {
    const underWay = this.#underWay.get(type)
    if (underWay) return underWay
    const asked = this.#ask(type).finally(() => this.#underWay.delete(type))
    this.#underWay.set(type, asked)
    return asked
  }

  async #ask(type: IndexedType): Promise<Entry> {
    const at = performance.now()
    const client = await this.#client()
    const filters = {
      TagFilters: [{ Key: this.#org.key, Values: [this.#org.value] }],
      ResourceTypeFilters: [type],
      ResourcesPerPage: 100,
    }
    const arns = await everyPage(async (PaginationToken) => {
      const page = await client.getResources({ ...filters, PaginationToken })
      // The last page's token is empty.
      return {
        items: page.ResourceTagMappingList?.map(({ ResourceARN = '' }) => ResourceARN),
        nextToken: page.PaginationToken || undefined,
      }
    })
    const entry = { arns: new Set(arns), at }
    this.#entries.set(type, entry)
    return entry
  }
}
