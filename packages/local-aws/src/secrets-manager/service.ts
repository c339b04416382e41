/** Secrets Manager in the engine: its actions, and the secrets of tasks. */
import { parseArn } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import { createJsonService } from '../protocol/json-actions.ts'
import { type TaggedResource, tagMap } from '../protocol/tagged-resource.ts'
import { perAccountRegion } from '../storage/per-account-region.ts'
import type { Storage } from '../storage/storage.ts'
import type { StorageCipher } from '../storage/storage-cipher.ts'
import { openSecretStore, type SecretRecord } from './secret-record.ts'
import { taskSecretValue } from './task-secret.ts'
import { getValueOfSecret, type SecretReference } from './values.ts'

/** The prefix of Secrets Manager's actions in the header X-Amz-Target. */
export const secretsManagerTarget = 'secretsmanager'

export interface SecretsManagerDeps {
  storage: Storage
  cipher: StorageCipher
  clock: Clock
  ids: Ids
}

export interface SecretsManager {
  handleAction: JsonService
  taggedResources(account: string, region: string): TaggedResource[]
  /**
   * The value that a container's `secrets[].valueFrom` refers to: an ARN with or without its last six characters, and
   * optionally `:json-key:version-stage:version-id`.
   * @throws AwsError ResourceInitializationError. The task's stopped reason is its code, `: ` and its message. It never
   * contains a value.
   */
  taskSecret(account: string, region: string, valueFrom: string): string
  /**
   * Reads a secret like GetSecretValue.
   * @throws AwsError
   */
  readSecret(account: string, region: string, secret: SecretReference): ReturnType<typeof getValueOfSecret>
}

export function openSecretsManager({ storage, cipher, clock, ids }: SecretsManagerDeps): SecretsManager {
  const storeOf = perAccountRegion((account, region) => openSecretStore(storage, cipher, account, region))
  const contextOf = ({ account, region }: { account: string; region: string }) => ({
    store: storeOf(account, region),
    clock,
    ids,
  })
  return {
    handleAction: createJsonService({
      service: 'AWS Secrets Manager',
      invalidCode: 'ValidationException',
      load: () => import('./actions.ts'),
      contextOf,
      atomically: storage.atomically,
    }),
    taggedResources: (account, region) => {
      const resource = ({ arn, tags }: SecretRecord) => ({
        arn,
        type: 'secretsmanager:secret',
        tags: tagMap(tags.map(({ Key, Value }) => [Key, Value])),
      })
      return [...storeOf(account, region).secrets.values()].filter(({ goneAt }) => goneAt === undefined).map(resource)
    },
    readSecret: (account, region, secret) => getValueOfSecret(contextOf({ account, region }), secret),
    taskSecret: (account, region, valueFrom) =>
      storage.atomically(() =>
        taskSecretValue(contextOf({ account, region: parseArn(valueFrom)?.region ?? region }), valueFrom),
      ),
  }
}
