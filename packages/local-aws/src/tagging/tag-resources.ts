/**
 * TagResources and UntagResources: each resource is changed by its own service, and failures are reported by resource.
 */
import type {
  FailureInfo,
  TagResourcesInput,
  TagResourcesOutput,
  UntagResourcesInput,
  UntagResourcesOutput,
} from '@aws-sdk/client-resource-groups-tagging-api'
import { type AwsJson, parseArn } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import type { TaggableService, TaggingContext } from './taggables.ts'

export const tagResourcesActions = {
  TagResources: tagResources,
  UntagResources: untagResources,
} satisfies JsonActions<TaggingContext>

function tagResources(
  tagging: TaggingContext,
  { ResourceARNList = [], Tags = {} }: AwsJson<TagResourcesInput>,
): Promise<AwsJson<TagResourcesOutput>> {
  return changeEach(tagging, ResourceARNList, (service, arn) => service.tag(tagging.caller, arn, Tags))
}

function untagResources(
  tagging: TaggingContext,
  { ResourceARNList = [], TagKeys = [] }: AwsJson<UntagResourcesInput>,
): Promise<AwsJson<UntagResourcesOutput>> {
  return changeEach(tagging, ResourceARNList, (service, arn) => service.untag(tagging.caller, arn, TagKeys))
}

async function changeEach(
  { services }: TaggingContext,
  arns: readonly string[],
  change: (service: TaggableService, arn: string) => Promise<object>,
): Promise<{ FailedResourcesMap: Record<string, AwsJson<FailureInfo>> }> {
  const failed: Record<string, AwsJson<FailureInfo>> = {}
  for (const arn of arns) {
    const name = parseArn(arn)?.service ?? ''
    const service = Object.hasOwn(services, name) ? services[name] : undefined
    try {
      if (!service)
        throw new AwsError(
          'InvalidParameterException',
          `The resource ${arn} is of a service that cannot be tagged here.`,
        )
      await change(service, arn)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      failed[arn] = {
        StatusCode: error.status,
        ErrorCode: error.code as 'InvalidParameterException',
        ErrorMessage: error.message,
      }
    }
  }
  return { FailedResourcesMap: failed }
}
