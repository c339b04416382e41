/**
 * An index of the resources with the boundary's tag, read from the Resource Groups Tagging API. The API returns only
 * resources with the tag, up to a hundred for each call, so the other resources of the account cost no calls.
 *
 * The API lags behind changes, and returns deleted resources for a while. So the index decides whether a resource is
 * within the boundary, but not whether it exists.
 */
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api'
import { TooManyRequests } from '../../problems/problem.ts'
import type { BoundaryTag } from '../boundary-tag.ts'
import { itemsOfAllPages } from '../reads/paging.ts'

export type IndexedType = 'ecs:cluster' | 'ecs:service' | 'ecs:task-definition'

interface Entry {
  arns: ReadonlySet<string>
  /** When the first page was requested, on the clock of `performance.now()`. */
  requestedAt: number
}

export class TaggedIndex {
  readonly #boundaryTag: BoundaryTag
  readonly #client: () => Promise<ResourceGroupsTaggingAPI>
  readonly #freshMs: number
  readonly #entries = new Map<IndexedType, Entry>()
  readonly #inFlight = new Map<IndexedType, Promise<Entry>>()

  constructor(boundaryTag: BoundaryTag, client: () => Promise<ResourceGroupsTaggingAPI>, freshMs: number) {
    this.#boundaryTag = boundaryTag
    this.#client = client
    this.#freshMs = freshMs
  }

  /**
   * Returns the ARNs of the resources with the tag, read at most `maxAgeMs` ago. Calls at the same time share one read.
   * While the request budget is exhausted or AWS throttles, the ARNs of the last read are returned, however old.
   * @param maxAgeMs the account's freshness by default
   */
  async arnsOf(type: IndexedType, maxAgeMs = this.#freshMs): Promise<ReadonlySet<string>> {
    const cached = this.#entries.get(type)
    if (cached && performance.now() - cached.requestedAt <= maxAgeMs) return cached.arns
    try {
      return (await this.#readOnce(type)).arns
    } catch (error) {
      if (cached && error instanceof TooManyRequests) return cached.arns
      throw error
    }
  }

  /** Reads the index, or waits for the read that is already in flight. */
  #readOnce(type: IndexedType): Promise<Entry> {
    const inFlight = this.#inFlight.get(type)
    if (inFlight) return inFlight
    const reading = this.#read(type).finally(() => this.#inFlight.delete(type))
    this.#inFlight.set(type, reading)
    return reading
  }

  async #read(type: IndexedType): Promise<Entry> {
    const requestedAt = performance.now()
    const client = await this.#client()
    const filters = {
      TagFilters: [{ Key: this.#boundaryTag.key, Values: [this.#boundaryTag.value] }],
      ResourceTypeFilters: [type],
      ResourcesPerPage: 100,
    }
    const arns = await itemsOfAllPages(async (PaginationToken) => {
      const page = await client.getResources({ ...filters, PaginationToken })
      // The token of the last page is an empty string.
      return {
        items: page.ResourceTagMappingList?.flatMap(({ ResourceARN }) => ResourceARN ?? []),
        nextToken: page.PaginationToken || undefined,
      }
    })
    const entry = { arns: new Set(arns), requestedAt }
    this.#entries.set(type, entry)
    return entry
  }
}
