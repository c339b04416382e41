/** GetResources: tagged resources, filtered by tags and types, in pages. */
import type {
  GetResourcesInput,
  GetResourcesOutput,
  ResourceTagMapping,
  TagFilter,
} from '@aws-sdk/client-resource-groups-tagging-api'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import type { TaggedResource } from '../protocol/tagged-resource.ts'
import { type TaggingContext, taggedResources } from './taggables.ts'

export const getResourcesActions = { GetResources: getResources } satisfies JsonActions<TaggingContext>

const DEFAULT_PAGE_SIZE = 50
const MAX_PAGE_SIZE = 100

function getResources(tagging: TaggingContext, input: AwsJson<GetResourcesInput>): AwsJson<GetResourcesOutput> {
  rejectCombinations(input)
  rejectInvalidFilters(input)
  if (input.IncludeComplianceDetails || input.ExcludeCompliantResources)
    throw new AwsError('UnsupportedFeatureException', 'This engine does not have tag policies.')
  const { ResourcesPerPage, TagsPerPage, ResourceARNList } = input
  if (ResourcesPerPage !== undefined && (ResourcesPerPage < 1 || ResourcesPerPage > MAX_PAGE_SIZE))
    throw invalidParameter(`ResourcesPerPage must be between 1 and ${MAX_PAGE_SIZE}.`)
  if (TagsPerPage !== undefined && (TagsPerPage < 100 || TagsPerPage > 500 || TagsPerPage % 100 > 0))
    throw invalidParameter('TagsPerPage must be between 100 and 500, in steps of 100.')

  const found = taggedResources(tagging).filter(
    (resource) =>
      (ResourceARNList === undefined || ResourceARNList.includes(resource.arn)) &&
      isOfTypes(resource, input.ResourceTypeFilters ?? []) &&
      (input.TagFilters ?? []).every((filter) => hasTag(resource, filter)),
  )
  const { items, nextToken } = pageOfList(found, pageRequest(input), {
    keyOf: ({ arn }) => arn,
    defaultSize: ResourcesPerPage ?? (TagsPerPage === undefined ? DEFAULT_PAGE_SIZE : MAX_PAGE_SIZE),
    invalidToken: () => invalidParameter('The PaginationToken was not returned by this action.'),
  })
  const itemsWithinTagLimit = TagsPerPage === undefined ? items : withinTagLimit(items, TagsPerPage)
  if (itemsWithinTagLimit.length === items.length)
    return { PaginationToken: nextToken ?? '', ResourceTagMappingList: items.map(resourceMapping) }
  // A page that is shortened by the number of tags continues after its last resource.
  const shortenedPage = pageOfList(
    found,
    { ...pageRequest(input), maxResults: itemsWithinTagLimit.length },
    { keyOf: ({ arn }) => arn },
  )
  return {
    PaginationToken: shortenedPage.nextToken ?? '',
    ResourceTagMappingList: itemsWithinTagLimit.map(resourceMapping),
  }
}

/** An empty token means the first page. */
function pageRequest({ PaginationToken }: AwsJson<GetResourcesInput>): { nextToken: string | undefined } {
  return { nextToken: PaginationToken === '' ? undefined : PaginationToken }
}

/**
 * The first resources that together have at most `max` tags; a resource without tags counts as one tag. At least one
 * resource is returned, because a resource is never split (API Reference, GetResources).
 */
function withinTagLimit(items: readonly TaggedResource[], max: number): TaggedResource[] {
  let tags = 0
  const end = items.findIndex((resource) => {
    tags += Math.max(1, resource.tags.size)
    return tags > max
  })
  return end < 0 ? [...items] : items.slice(0, Math.max(1, end))
}

/** ARNs cannot be given together with other members (API Reference, GetResources). */
function rejectCombinations({
  ResourceARNList,
  TagFilters,
  ResourceTypeFilters,
  ResourcesPerPage,
  TagsPerPage,
  PaginationToken,
}: AwsJson<GetResourcesInput>) {
  if (ResourceARNList === undefined) return
  if (
    TagFilters ||
    ResourceTypeFilters ||
    ResourcesPerPage !== undefined ||
    TagsPerPage !== undefined ||
    PaginationToken
  )
    throw invalidParameter('ResourceARNList cannot be given together with filters or a page.')
}

function rejectInvalidFilters({ TagFilters = [], ResourceTypeFilters = [] }: AwsJson<GetResourcesInput>): void {
  for (const filter of ResourceTypeFilters)
    if (!/^[a-z0-9-]+(:[a-zA-Z0-9-/]+)?$/.test(filter)) {
      const [service] = filter.split(':')
      // The text is AWS's recorded response for a service that it does not know. Here only a malformed filter gets it;
      // an unknown service matches nothing.
      throw invalidParameter(`Unsupported service=${service} in ResourceTypeFilter - ${filter}`)
    }
  if (TagFilters.some(({ Key }) => Key === undefined)) throw invalidParameter('A TagFilter needs a Key.')
}

function isOfTypes({ type }: TaggedResource, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((filter) => type === filter || type.startsWith(`${filter}:`))
}

/** A filter without values matches any value of the key. */
function hasTag({ tags }: TaggedResource, { Key, Values = [] }: AwsJson<TagFilter>): boolean {
  const value = tags.get(Key ?? '')
  return value !== undefined && (Values.length === 0 || Values.includes(value))
}

function resourceMapping({ arn, tags }: TaggedResource): AwsJson<ResourceTagMapping> {
  return { ResourceARN: arn, Tags: Array.from(tags, ([Key, Value]) => ({ Key, Value })) }
}

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
