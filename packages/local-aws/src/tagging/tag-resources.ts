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
import { parseArn, type Wire } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import type { TaggableService, Tagging } from './taggables.ts'

export const tagResourcesActions = {
  TagResources: tagResources,
  UntagResources: untagResources,
} satisfies JsonActions<Tagging>

function tagResources(
  tagging: Tagging,
  { ResourceARNList = [], Tags = {} }: Wire<TagResourcesInput>,
): Promise<Wire<TagResourcesOutput>> {
  return changeEach(tagging, ResourceARNList, (service, arn) => service.tag(tagging.caller, arn, Tags))
}

function untagResources(
  tagging: Tagging,
  { ResourceARNList = [], TagKeys = [] }: Wire<UntagResourcesInput>,
): Promise<Wire<UntagResourcesOutput>> {
  return changeEach(tagging, ResourceARNList, (service, arn) => service.untag(tagging.caller, arn, TagKeys))
}

async function changeEach(
  { services }: Tagging,
  arns: readonly string[],
  change: (service: TaggableService, arn: string) => Promise<object>,
): Promise<{ FailedResourcesMap: Record<string, Wire<FailureInfo>> }> {
  const failed: Record<string, Wire<FailureInfo>> = {}
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
