/**
 * `/aws/reference/secretsmanager/NAME[:STAGE-OR-VERSION-ID]`: reads a secret through Parameter Store as a SecureString
 * (Systems Manager User Guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters").
 * GetParameter, GetParameters and the secrets of tasks support it.
 */
import type { Parameter } from '@aws-sdk/client-ssm'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import { validationException } from './names.ts'
import type { ReadSecret, SecretValue, ParameterStore as Store } from './parameter-record.ts'

const PREFIX = '/aws/reference/secretsmanager/'

/** The secret's name (and selector) in a reference to a secret; undefined for other parameters. */
export function secretNameIn({ arnStart }: Store, reference: string): string | undefined {
  const name = reference.startsWith(arnStart) ? `/${reference.slice(arnStart.length)}` : reference
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined
}

/** @throws AwsError ParameterNotFound, or ValidationException without decryption (sous-chefs/aws#419). */
export function getSecretParameter(
  { arnStart }: Store,
  readSecret: ReadSecret,
  secretName: string,
  withDecryption: boolean,
): AwsJson<Parameter> {
  if (!withDecryption)
    throw validationException('WithDecryption flag must be True for retrieving a Secret Manager secret.')
  const [name = '', selector] = secretName.split(':', 2)
  const secret = readReferencedSecret(readSecret, name, selector)
  const value = secret.SecretString ?? secret.SecretBinary ?? ''
  return {
    Name: PREFIX + name,
    Type: 'SecureString',
    Value: value,
    Version: 0,
    ...(selector !== undefined && { Selector: `:${selector}` }),
    // AWS documents the members of SourceResult, but not the format of the date.
    SourceResult: JSON.stringify({
      ARN: secret.ARN,
      name: secret.Name,
      versionId: secret.VersionId,
      secretString: secret.SecretString,
      versionStages: secret.VersionStages,
      createdDate: secret.CreatedDate === undefined ? undefined : new Date(secret.CreatedDate * 1000).toISOString(),
    }),
    ...(secret.CreatedDate !== undefined && { LastModifiedDate: secret.CreatedDate }),
    ARN: arnStart + PREFIX.slice(1) + name,
    DataType: 'text',
  }
}

/**
 * Like `getSecretParameter`, but undefined when the secret does not exist.
 * @throws AwsError ValidationException without decryption.
 */
export function findSecretParameter(...request: Parameters<typeof getSecretParameter>): AwsJson<Parameter> | undefined {
  try {
    return getSecretParameter(...request)
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ParameterNotFound') return undefined
    throw error
  }
}

function readReferencedSecret(readSecret: ReadSecret, name: string, selector: string | undefined): SecretValue {
  const isVersionId = selector !== undefined && /^[\w-]{32,64}$/.test(selector)
  try {
    return readSecret({
      reference: name,
      versionId: isVersionId ? selector : undefined,
      stage: isVersionId ? undefined : selector,
    })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    // The text is from aws/aws-cli#10518.
    throw new AwsError(
      'ParameterNotFound',
      `An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret ${PREFIX}${name} not found.`,
    )
  }
}
