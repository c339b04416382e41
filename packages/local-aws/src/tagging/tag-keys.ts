/** GetTagKeys and GetTagValues: the keys of all tags, and the values of one key. */
import type {
  GetTagKeysInput,
  GetTagKeysOutput,
  GetTagValuesInput,
  GetTagValuesOutput,
} from '@aws-sdk/client-resource-groups-tagging-api'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import { type TaggingContext, taggedResources } from './taggables.ts'

export const tagKeyActions = {
  GetTagKeys: getTagKeys,
  GetTagValues: getTagValues,
} satisfies JsonActions<TaggingContext>

function getTagKeys(tagging: TaggingContext, { PaginationToken }: AwsJson<GetTagKeysInput>): AwsJson<GetTagKeysOutput> {
  const { items, nextToken } = pageOfTexts(
    new Set(taggedResources(tagging).flatMap(({ tags }) => [...tags.keys()])),
    PaginationToken,
  )
  return { PaginationToken: nextToken, TagKeys: items }
}

function getTagValues(
  tagging: TaggingContext,
  { Key = '', PaginationToken }: AwsJson<GetTagValuesInput>,
): AwsJson<GetTagValuesOutput> {
  const { items, nextToken } = pageOfTexts(
    new Set(taggedResources(tagging).flatMap(({ tags }) => tags.get(Key) ?? [])),
    PaginationToken,
  )
  return { PaginationToken: nextToken, TagValues: items }
}

/** AWS does not document the size of a page. */
const PAGE_SIZE = 100

function pageOfTexts(words: ReadonlySet<string>, token: string | undefined): { items: string[]; nextToken: string } {
  const invalidToken = () =>
    new AwsError('InvalidParameterException', 'The PaginationToken was not returned by this action.')
  const { items, nextToken = '' } = pageOfList(
    words,
    { nextToken: token === '' ? undefined : token },
    { keyOf: (word) => word, defaultSize: PAGE_SIZE, invalidToken },
  )
  return { items, nextToken }
}
