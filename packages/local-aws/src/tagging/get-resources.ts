/** GetResources: what carries tags, by tags and types, in pages. */
import type {
  GetResourcesInput,
  GetResourcesOutput,
  ResourceTagMapping,
  TagFilter,
} from '@aws-sdk/client-resource-groups-tagging-api'
import type { Wire } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOf } from '../protocol/pages.ts'
import type { TaggedResource } from '../protocol/tagged-resource.ts'
import { everythingTagged, type Tagging } from './taggables.ts'

export const findActions = { GetResources: getResources } satisfies JsonActions<Tagging>

const USUAL_PAGE = 50
const MAX_ON_A_PAGE = 100

function getResources(tagging: Tagging, input: Wire<GetResourcesInput>): Wire<GetResourcesOutput> {
  refuseTogether(input)
  if (input.IncludeComplianceDetails || input.ExcludeCompliantResources)
    throw new AwsError('UnsupportedFeatureException', 'This engine does not have tag policies.')
  const { ResourcesPerPage, TagsPerPage, ResourceARNList } = input
  if (ResourcesPerPage !== undefined && (ResourcesPerPage < 1 || ResourcesPerPage > MAX_ON_A_PAGE))
    throw invalid(`ResourcesPerPage must be between 1 and ${MAX_ON_A_PAGE}.`)
  if (TagsPerPage !== undefined && (TagsPerPage < 100 || TagsPerPage > 500 || TagsPerPage % 100 > 0))
    throw invalid('TagsPerPage must be between 100 and 500, in steps of 100.')

  const found = everythingTagged(tagging).filter(
    (resource) =>
      (ResourceARNList === undefined || ResourceARNList.includes(resource.arn)) &&
      isOfTypes(resource, input.ResourceTypeFilters ?? []) &&
      (input.TagFilters ?? []).every((filter) => hasTag(resource, filter)),
  )
  const { items, nextToken } = pageOf(found, pageAsked(input), {
    keyOf: ({ arn }) => arn,
    size: ResourcesPerPage ?? (TagsPerPage === undefined ? USUAL_PAGE : MAX_ON_A_PAGE),
    invalidToken: () => invalid('The PaginationToken is not one that this call gave out.'),
  })
  const shown = TagsPerPage === undefined ? items : withinTags(items, TagsPerPage)
  if (shown.length === items.length)
    return { PaginationToken: nextToken ?? '', ResourceTagMappingList: items.map(mapping) }
  // A page that is cut by its tags goes on behind the last resource that fitted.
  const cut = pageOf(found, { ...pageAsked(input), maxResults: shown.length }, { keyOf: ({ arn }) => arn })
  return { PaginationToken: cut.nextToken ?? '', ResourceTagMappingList: shown.map(mapping) }
}

/** An empty token is none. */
function pageAsked({ PaginationToken }: Wire<GetResourcesInput>): { nextToken: string | undefined } {
  return { nextToken: PaginationToken === '' ? undefined : PaginationToken }
}

/** As many as have no more than that many tags together, but always one: a resource is never split (API Reference, GetResources). */
function withinTags(items: readonly TaggedResource[], most: number): TaggedResource[] {
  let tags = 0
  const over = items.findIndex((resource) => {
    tags += Math.max(1, resource.tags.size)
    return tags > most
  })
  return over < 0 ? [...items] : items.slice(0, Math.max(1, over))
}

/** API Reference, GetResources: by ARNs or by all the rest. */
function refuseTogether({
  ResourceARNList,
  TagFilters,
  ResourceTypeFilters,
  ResourcesPerPage,
  TagsPerPage,
  PaginationToken,
}: Wire<GetResourcesInput>) {
  if (ResourceARNList === undefined) return
  if (
    TagFilters ||
    ResourceTypeFilters ||
    ResourcesPerPage !== undefined ||
    TagsPerPage !== undefined ||
    PaginationToken
  )
    throw invalid('ResourceARNList cannot be given together with filters or a page.')
}

function isOfTypes({ type }: TaggedResource, filters: readonly string[]): boolean {
  for (const filter of filters)
    if (!/^[a-z0-9-]+(:[a-zA-Z0-9-/]+)?$/.test(filter)) {
      const [service] = filter.split(':')
      // Seen from AWS for a service that it does not know.
      throw invalid(`Unsupported service=${service} in ResourceTypeFilter - ${filter}`)
    }
  return filters.length === 0 || filters.some((filter) => type === filter || type.startsWith(`${filter}:`))
}

/** Without values: whatever its value is. */
function hasTag({ tags }: TaggedResource, { Key, Values = [] }: Wire<TagFilter>): boolean {
  if (Key === undefined) throw invalid('A TagFilter needs a Key.')
  const value = tags.get(Key)
  return value !== undefined && (Values.length === 0 || Values.includes(value))
}

function mapping({ arn, tags }: TaggedResource): Wire<ResourceTagMapping> {
  return { ResourceARN: arn, Tags: Array.from(tags, ([Key, Value]) => ({ Key, Value })) }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
