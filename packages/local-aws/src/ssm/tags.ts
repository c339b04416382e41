/** The actions on the tags of parameters. The error texts about limits were not recorded from AWS. */
import type {
  AddTagsToResourceRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  RemoveTagsFromResourceRequest,
} from '@aws-sdk/client-ssm'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { validationException } from './names.ts'
import type { ParameterRecord, ParameterTag, SsmContext } from './parameter-record.ts'

export const tagActions = {
  AddTagsToResource: addTags,
  RemoveTagsFromResource: removeTags,
  ListTagsForResource: listTags,
} satisfies JsonActions<SsmContext>

const MAX_TAGS = 50

/** @throws AwsError */
export function checkTags(tags: readonly ParameterTag[]): void {
  const keys = tags.map(({ Key = '' }) => Key)
  if (keys.some((key) => /^aws:/i.test(key)))
    throw validationException('Tag keys that start with aws: are reserved for Amazon Web Services use.')
  if (new Set(keys).size < keys.length) throw validationException('A tag key is given more than once.')
  if (tags.length > MAX_TAGS) throw new AwsError('TooManyTagsError', `A resource can have at most ${MAX_TAGS} tags.`)
}

function getTaggedParameter(
  { store }: SsmContext,
  { ResourceType, ResourceId = '' }: { ResourceType?: string | undefined; ResourceId?: string | undefined },
): ParameterRecord {
  if (ResourceType !== 'Parameter')
    throw new AwsError(
      'UnsupportedFeatureException',
      `This engine does not have the resource type ${ResourceType} of AWS Systems Manager.`,
    )
  const parameter = store.parameters.get(ResourceId)
  if (!parameter)
    throw new AwsError(
      'InvalidResourceId',
      'The resource ID is not valid. Verify that you entered the correct ID and try again.',
    )
  return parameter
}

function addTags(context: SsmContext, input: AwsJson<AddTagsToResourceRequest>): object {
  const parameter = getTaggedParameter(context, input)
  const tags = [...new Map([...parameter.tags, ...(input.Tags ?? [])].map((tag) => [tag.Key, tag])).values()]
  checkTags(tags)
  context.store.parameters.set(parameter.name, { ...parameter, tags })
  return {}
}

function removeTags(context: SsmContext, input: AwsJson<RemoveTagsFromResourceRequest>): object {
  const parameter = getTaggedParameter(context, input)
  const tags = parameter.tags.filter(({ Key = '' }) => !input.TagKeys?.includes(Key))
  context.store.parameters.set(parameter.name, { ...parameter, tags })
  return {}
}

function listTags(context: SsmContext, input: AwsJson<ListTagsForResourceRequest>): AwsJson<ListTagsForResourceResult> {
  const { tags } = getTaggedParameter(context, input)
  return { TagList: tags.map(({ Key, Value }) => ({ Key, Value })) }
}
