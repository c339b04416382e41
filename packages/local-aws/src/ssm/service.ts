/** SSM Parameter Store in the engine: its actions, and the parameters of tasks. */
import { parseArn } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import { createJsonService } from '../protocol/json-actions.ts'
import { type TaggedResource, tagMap } from '../protocol/tagged-resource.ts'
import { perAccountRegion } from '../storage/per-account-region.ts'
import type { Storage } from '../storage/storage.ts'
import type { StorageCipher } from '../storage/storage-cipher.ts'
import { findParameterVersion } from './get-parameters.ts'
import { parameterArn, parameterNameIn } from './names.ts'
import { openParameterStore, type ParameterRecord, type ReadSecret, type SecretValue } from './parameter-record.ts'
import { findSecretParameter, secretNameIn } from './secret-reference.ts'
import type { TerminateSession } from './sessions.ts'

/** The prefix of SSM's actions in the header X-Amz-Target. */
export const ssmTarget = 'AmazonSSM'

export interface SsmDeps {
  storage: Storage
  cipher: StorageCipher
  clock: Clock
  /**
   * Reads a secret of Secrets Manager.
   * @throws AwsError
   */
  readSecret: (account: string, region: string, secret: Parameters<ReadSecret>[0]) => SecretValue
  /** Ends a session of ECS Exec. */
  terminateSession: TerminateSession
}

export interface Ssm {
  handleAction: JsonService
  taggedResources(account: string, region: string): TaggedResource[]
  /** The name of the parameter with this ARN. An ARN does not show whether a name of one level begins with a slash. */
  nameOfArn(account: string, region: string, arn: string): string
  /**
   * The values that `secrets[].valueFrom` refers to, in the order of the references. A reference is a name or an ARN;
   * SecureStrings are decrypted.
   * @throws AwsError ResourceInitializationError, which names all missing parameters. The task's stopped reason is its
   * code, `: ` and its message.
   */
  taskParameters(account: string, region: string, valuesFrom: readonly string[]): string[]
}

export function openSsm({ storage, cipher, clock, readSecret, terminateSession }: SsmDeps): Ssm {
  const storeOf = perAccountRegion((account, region) => openParameterStore(storage, cipher, account, region))

  function taskParameters(account: string, region: string, valuesFrom: readonly string[]): string[] {
    const values = valuesFrom.map((valueFrom) => {
      const parameterRegion = parseArn(valueFrom)?.region ?? region
      const store = storeOf(account, parameterRegion)
      const secretName = secretNameIn(store, valueFrom)
      if (secretName !== undefined) {
        const decrypted = true
        const readSecretHere: ReadSecret = (secret) => readSecret(account, parameterRegion, secret)
        return findSecretParameter(store, readSecretHere, secretName, decrypted)?.Value
      }
      const found = findParameterVersion(store, valueFrom)
      return found && store.valueOf(found.parameter.name, found.version)
    })
    const missing = valuesFrom.filter((_, i) => values[i] === undefined)
    if (missing.length === 0) return values.filter((value) => value !== undefined)
    // The text for one name was recorded from Fargate. The ECS agent joins several names with commas
    // (agent/ssm/ssm.go).
    throw new AwsError(
      'ResourceInitializationError',
      `unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: ${missing.map(nameInReference).join(',')}`,
    )
  }

  return {
    handleAction: createJsonService({
      service: 'AWS Systems Manager',
      invalidCode: 'ValidationException',
      load: () => import('./actions.ts'),
      contextOf: ({ account, region, arn }) => ({
        store: storeOf(account, region),
        clock,
        caller: arn,
        readSecret: (secret) => readSecret(account, region, secret),
        terminateSession: (id) => terminateSession(account, region, id),
      }),
      atomically: storage.atomically,
    }),
    taggedResources: (account, region) => {
      const store = storeOf(account, region)
      const resource = ({ name, tags }: ParameterRecord) => ({
        arn: parameterArn(store, name),
        type: 'ssm:parameter',
        tags: tagMap(tags.map(({ Key, Value }) => [Key, Value])),
      })
      return Array.from(store.parameters.values(), resource)
    },
    nameOfArn: (account, region, arn) => parameterNameIn(storeOf(account, region), arn),
    taskParameters: (account, region, valuesFrom) =>
      storage.atomically(() => taskParameters(account, region, valuesFrom)),
  }
}

/** The parameter's name in a name or an ARN. ECS requests and reports a parameter by its name. */
function nameInReference(valueFrom: string): string {
  return parseArn(valueFrom)?.resource.replace(/^parameter/, '') ?? valueFrom
}
