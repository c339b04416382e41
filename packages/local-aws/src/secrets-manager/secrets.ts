/** The actions on secrets: create, describe, change, delete, restore. */
import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DeleteSecretRequest,
  DeleteSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
  RestoreSecretRequest,
  RestoreSecretResponse,
  UpdateSecretRequest,
  UpdateSecretResponse,
} from '@aws-sdk/client-secrets-manager'
import type { AwsJson } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { deleteExpiredSecrets, deleteSecretWithValues, getSecret, getUsableSecret } from './find-secret.ts'
import type { SecretRecord, SecretsContext } from './secret-record.ts'
import { mergedTags } from './tags.ts'
import { type ValueInput, valueInRequest } from './values.ts'
import { addVersion, CURRENT_STAGE, stagesByVersion } from './versions.ts'

export const secretActions = {
  CreateSecret: createSecret,
  DescribeSecret: describeSecret,
  UpdateSecret: updateSecret,
  DeleteSecret: deleteSecret,
  RestoreSecret: restoreSecret,
} satisfies JsonActions<SecretsContext>

const DAY_MS = 86_400_000

type WithValueInput<T> = Omit<AwsJson<T>, 'SecretBinary'> & ValueInput

function createSecret(
  context: SecretsContext,
  input: WithValueInput<CreateSecretRequest>,
): AwsJson<CreateSecretResponse> {
  const { store, clock, ids } = context
  const { Name: name = '', Description: description, KmsKeyId: kmsKeyId, Tags = [], ClientRequestToken: token } = input
  rejectUnsupported(input, 'AddReplicaRegions', 'Type')
  // The text is AWS's. It is not known which characters AWS rejects with it.
  if (!/^[\w/+=.@!-]+$/.test(name))
    throw new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    )
  const value = valueInRequest(input)
  deleteExpiredSecrets(store, clock.now())
  const existing = store.secrets.get(name)
  if (existing?.deletedAt !== undefined)
    throw new AwsError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
  if (existing) {
    if (!value || token === undefined || !existing.versions.some(({ id }) => id === token))
      throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`)
    addVersion(context, existing, token, value, [CURRENT_STAGE])
    return { ARN: existing.arn, Name: name, VersionId: token }
  }
  const now = clock.now()
  const secret: SecretRecord = {
    name,
    arn: `${store.arnStart}${name}-${ids.alphanumeric(6)}`,
    ...(description !== undefined && { description }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    createdAt: now,
    changedAt: now,
    tags: mergedTags([], Tags),
    versions: [],
  }
  store.secrets.set(name, secret)
  if (!value) return { ARN: secret.arn, Name: name }
  const id = token ?? ids.uuid()
  addVersion(context, secret, id, value, [CURRENT_STAGE])
  return { ARN: secret.arn, Name: name, VersionId: id }
}

function describeSecret(
  context: SecretsContext,
  { SecretId = '' }: AwsJson<DescribeSecretRequest>,
): AwsJson<DescribeSecretResponse> {
  const secret = getSecret(context, SecretId)
  return { ...secretInResponse(secret), VersionIdsToStages: stagesByVersion(secret) }
}

/** The members that DescribeSecret and ListSecrets share. */
export function secretInResponse({
  name,
  arn,
  description,
  kmsKeyId,
  tags,
  createdAt,
  changedAt,
  accessedAt,
  deletedAt,
}: SecretRecord) {
  return {
    ARN: arn,
    Name: name,
    ...(description !== undefined && { Description: description }),
    ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
    LastChangedDate: toEpochSeconds(changedAt),
    ...(accessedAt !== undefined && { LastAccessedDate: toEpochSeconds(accessedAt) }),
    ...(deletedAt !== undefined && { DeletedDate: toEpochSeconds(deletedAt) }),
    ...(tags.length > 0 && { Tags: tags }),
    CreatedDate: toEpochSeconds(createdAt),
  }
}

function updateSecret(
  context: SecretsContext,
  input: WithValueInput<UpdateSecretRequest>,
): AwsJson<UpdateSecretResponse> {
  const {
    SecretId = '',
    Description: description,
    KmsKeyId: kmsKeyId,
    ClientRequestToken: token = context.ids.uuid(),
  } = input
  rejectUnsupported(input, 'Type')
  const secret = getUsableSecret(context, SecretId)
  const value = valueInRequest(input)
  const changed: SecretRecord = {
    ...secret,
    ...(description !== undefined && { description }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    changedAt: context.clock.now(),
  }
  context.store.secrets.set(secret.name, changed)
  if (!value) return { ARN: secret.arn, Name: secret.name }
  addVersion(context, changed, token, value, [CURRENT_STAGE])
  return { ARN: secret.arn, Name: secret.name, VersionId: token }
}

function deleteSecret(context: SecretsContext, input: AwsJson<DeleteSecretRequest>): AwsJson<DeleteSecretResponse> {
  const { SecretId = '', RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false } = input
  if (force && days !== undefined)
    throw new AwsError(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    )
  if (days !== undefined && (days < 7 || days > 30))
    throw new AwsError(
      'InvalidParameterException',
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    )
  return force ? deleteNow(context, SecretId) : deleteLater(context, SecretId, days ?? 30)
}

/** Deletes a secret without a recovery window. A missing secret is then no error (API Reference, DeleteSecret). */
function deleteNow(context: SecretsContext, reference: string): AwsJson<DeleteSecretResponse> {
  const { store, clock } = context
  const DeletionDate = toEpochSeconds(clock.now())
  const secret = undefinedIfMissing(() => getSecret(context, reference))
  if (!secret)
    return {
      ARN: reference.startsWith('arn:') ? reference : `${store.arnStart}${reference}`,
      Name: reference,
      DeletionDate,
    }
  deleteSecretWithValues(store, secret)
  return { ARN: secret.arn, Name: secret.name, DeletionDate }
}

function deleteLater(context: SecretsContext, reference: string, days: number): AwsJson<DeleteSecretResponse> {
  const secret = getUsableSecret(context, reference)
  const deletedAt = context.clock.now()
  const goneAt = deletedAt + days * DAY_MS
  context.store.secrets.set(secret.name, { ...secret, deletedAt, goneAt })
  return { ARN: secret.arn, Name: secret.name, DeletionDate: toEpochSeconds(goneAt) }
}

function restoreSecret(
  context: SecretsContext,
  { SecretId = '' }: AwsJson<RestoreSecretRequest>,
): AwsJson<RestoreSecretResponse> {
  const { deletedAt: _, goneAt: __, ...secret } = getSecret(context, SecretId)
  context.store.secrets.set(secret.name, secret)
  return { ARN: secret.arn, Name: secret.name }
}

function undefinedIfMissing<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined
    throw error
  }
}

/** Rejects members that the engine does not support, instead of ignoring them. */
function rejectUnsupported(input: object, ...members: string[]): void {
  const unsupported = members.find((member) => Object.hasOwn(input, member))
  if (unsupported)
    throw new AwsError(
      'UnsupportedFeatureException',
      `This engine does not have ${unsupported} of AWS Secrets Manager.`,
    )
}
