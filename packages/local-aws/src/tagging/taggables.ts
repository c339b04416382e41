/** The services whose resources can be found and tagged, with the actions of each that do so. */
import type { Ecs } from '../ecs/service.ts'
import type { Caller } from '../protocol/exchange.ts'
import { ascending } from '../protocol/pages.ts'
import type { TaggedResource } from '../protocol/tagged-resource.ts'
import type { SecretsManager } from '../secrets-manager/service.ts'
import type { Ssm } from '../ssm/service.ts'

export interface EngineServices {
  ecs: Ecs
  secretsManager: SecretsManager
  ssm: Ssm
}

export interface TaggableService {
  resources: (caller: Caller) => TaggedResource[]
  /** @throws AwsError of the service */
  tag: (caller: Caller, arn: string, tags: Readonly<Record<string, string>>) => Promise<object>
  untag: (caller: Caller, arn: string, keys: readonly string[]) => Promise<object>
}

/** The context of the actions of the Resource Groups Tagging API. */
export interface TaggingContext {
  caller: Caller
  /** By the service in ARNs. */
  services: Readonly<Record<string, TaggableService>>
}

/** The taggable services by their name in ARNs. */
export function createTaggableServices({ ecs, secretsManager, ssm }: EngineServices): TaggingContext['services'] {
  const parameter = ({ account, region }: Caller, arn: string) => ({
    ResourceType: 'Parameter',
    ResourceId: ssm.nameOfArn(account, region, arn),
  })
  return {
    ecs: {
      resources: ({ account, region }) => ecs.taggedResources(account, region),
      tag: (caller, resourceArn, tags) =>
        ecs.handleAction(
          'TagResource',
          { resourceArn, tags: Object.entries(tags).map(([key, value]) => ({ key, value })) },
          caller,
        ),
      untag: (caller, resourceArn, tagKeys) => ecs.handleAction('UntagResource', { resourceArn, tagKeys }, caller),
    },
    secretsmanager: {
      resources: ({ account, region }) => secretsManager.taggedResources(account, region),
      tag: (caller, SecretId, tags) =>
        secretsManager.handleAction('TagResource', { SecretId, Tags: keyValuePairs(tags) }, caller),
      untag: (caller, SecretId, TagKeys) => secretsManager.handleAction('UntagResource', { SecretId, TagKeys }, caller),
    },
    ssm: {
      resources: ({ account, region }) => ssm.taggedResources(account, region),
      tag: (caller, arn, tags) =>
        ssm.handleAction('AddTagsToResource', { ...parameter(caller, arn), Tags: keyValuePairs(tags) }, caller),
      untag: (caller, arn, TagKeys) =>
        ssm.handleAction('RemoveTagsFromResource', { ...parameter(caller, arn), TagKeys }, caller),
    },
  }
}

function keyValuePairs(tags: Readonly<Record<string, string>>): object[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/**
 * All resources that have a tag now, ordered by ARN. Unlike AWS, the engine does not show resources that had tags only
 * in the past.
 */
export function taggedResources({ caller, services }: TaggingContext): TaggedResource[] {
  const all = Object.values(services).flatMap(({ resources }) => resources(caller))
  return all.filter(({ tags }) => tags.size > 0).sort((a, b) => ascending(a.arn, b.arn))
}
