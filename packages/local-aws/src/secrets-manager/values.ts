/** The actions on values of secrets: put, get, get many. */
import type {
  BatchGetSecretValueRequest,
  BatchGetSecretValueResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
} from '@aws-sdk/client-secrets-manager'
import type { AwsJson } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import { filterOfSecrets } from './filters.ts'
import { getUsableSecret } from './find-secret.ts'
import { invalidToken } from './pages.ts'
import type { SecretRecord, SecretsContext, SecretValue, VersionRecord } from './secret-record.ts'
import { addVersion, CURRENT_STAGE } from './versions.ts'

export const valueActions = {
  PutSecretValue: putSecretValue,
  GetSecretValue: getSecretValue,
  BatchGetSecretValue: batchGetSecretValue,
} satisfies JsonActions<SecretsContext>

const MAX_VALUE_BYTES = 65_536
const DAY_MS = 86_400_000

/** The members for a secret's value. `SecretBinary` is base64 text, as in AWS JSON. */
export interface ValueInput {
  SecretString?: string | undefined
  SecretBinary?: string | undefined
}

/**
 * The value in a request; undefined when the request has none.
 * @throws AwsError when the request has two values, or a value that is too large.
 */
export function valueInRequest({ SecretString: text, SecretBinary: bytes }: ValueInput): SecretValue | undefined {
  if (text !== undefined && bytes !== undefined)
    throw new AwsError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    )
  if (text !== undefined) {
    // The service model limits the number of characters, the quota ("Secret value: 65,536 bytes") the number of bytes.
    if (Buffer.byteLength(text) > MAX_VALUE_BYTES) throw tooLong('secretString')
    return { kind: 'string', text }
  }
  return bytes === undefined ? undefined : { kind: 'binary', text: bytes }
}

function tooLong(member: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${MAX_VALUE_BYTES}`,
  )
}

function putSecretValue(
  context: SecretsContext,
  input: Omit<AwsJson<PutSecretValueRequest>, 'SecretBinary'> & ValueInput,
): AwsJson<PutSecretValueResponse> {
  const { SecretId = '', ClientRequestToken: id = context.ids.uuid(), VersionStages = [CURRENT_STAGE] } = input
  const secret = getUsableSecret(context, SecretId)
  const value = valueInRequest(input)
  if (!value) throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.')
  const { versions } = addVersion(context, secret, id, value, [...new Set(VersionStages)])
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: id,
    VersionStages: versions.find((version) => version.id === id)?.stages,
  }
}

/** A version of a secret. */
export interface SecretReference {
  /** The secret's name or ARN. */
  reference: string
  versionId?: string | undefined
  /** A staging label. */
  stage?: string | undefined
}

type SecretValueResponse = Omit<AwsJson<GetSecretValueResponse>, 'SecretBinary'> & ValueInput

function getSecretValue(
  context: SecretsContext,
  { SecretId = '', VersionId, VersionStage }: AwsJson<GetSecretValueRequest>,
): SecretValueResponse {
  return getValueOfSecret(context, { reference: SecretId, versionId: VersionId, stage: VersionStage })
}

/**
 * The value of a secret's version: of AWSCURRENT, unless an id or a staging label is given.
 * @throws AwsError as GetSecretValue does.
 */
export function getValueOfSecret(
  context: SecretsContext,
  { reference, versionId, stage }: SecretReference,
): SecretValueResponse {
  const { store } = context
  const secret = getUsableSecret(context, reference)
  const version = getVersion(secret, versionId, stage)
  const value = store.valueOf(secret, version.id)
  if (!value) throw new AwsError('InternalServiceError', 'An error occurred on the server side.', { status: 500 })
  storeAccessDay(context, secret, version)
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...(value.kind === 'string' ? { SecretString: value.text } : { SecretBinary: value.text }),
    VersionStages: version.stages,
    CreatedDate: toEpochSeconds(version.createdAt),
  }
}

function getVersion(
  secret: SecretRecord,
  id: string | undefined,
  stage = id === undefined ? CURRENT_STAGE : undefined,
): VersionRecord {
  const found = secret.versions.find(
    (version) => (id === undefined || version.id === id) && (stage === undefined || version.stages.includes(stage)),
  )
  if (found) return found
  if (id !== undefined && stage !== undefined && secret.versions.some((version) => version.id === id))
    throw new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    )
  const missing = id === undefined ? `staging label: ${stage}` : `VersionId: ${id}`
  throw new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${missing}`,
  )
}

/** AWS stores the day of the last access without the time. A second access on the same day therefore writes nothing. */
function storeAccessDay(
  { store, clock }: SecretsContext,
  secret: SecretRecord,
  { id, accessedAt }: VersionRecord,
): void {
  const today = Math.floor(clock.now() / DAY_MS) * DAY_MS
  if (accessedAt === today && secret.accessedAt === today) return
  const versions = secret.versions.map((version) => (version.id === id ? { ...version, accessedAt: today } : version))
  store.secrets.set(secret.name, { ...secret, versions, accessedAt: today })
}

function batchGetSecretValue(
  context: SecretsContext,
  input: AwsJson<BatchGetSecretValueRequest>,
): Omit<AwsJson<BatchGetSecretValueResponse>, 'SecretValues'> & { SecretValues: SecretValueResponse[] } {
  const { SecretIdList: references, Filters, MaxResults, NextToken } = input
  if ((references === undefined) === (Filters === undefined))
    throw new AwsError('InvalidParameterException', 'Either SecretIdList or Filters must be provided, but not both.')
  if (references && MaxResults !== undefined)
    throw new AwsError('InvalidParameterException', "The 'Filters' parameter is required to use 'MaxResults'.")
  const page = references ? { items: references } : pageOfMatches(context, Filters ?? [], MaxResults, NextToken)
  const SecretValues: SecretValueResponse[] = []
  const Errors: AwsJson<BatchGetSecretValueResponse>['Errors'] = []
  for (const reference of page.items)
    try {
      SecretValues.push(getValueOfSecret(context, { reference }))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Errors.push({ SecretId: reference, ErrorCode: error.code, Message: error.message })
    }
  return { SecretValues, Errors, ...('nextToken' in page && { NextToken: page.nextToken }) }
}

function pageOfMatches(
  { store }: SecretsContext,
  filters: AwsJson<BatchGetSecretValueRequest>['Filters'],
  maxResults?: number,
  nextToken?: string,
) {
  const matches = filterOfSecrets(filters, store.region)
  const found = [...store.secrets.values()].filter((secret) => secret.deletedAt === undefined && matches(secret))
  const { items, nextToken: next } = pageOfList(
    found,
    { maxResults, nextToken },
    { keyOf: ({ name }) => name, defaultSize: 20, maxSize: 20, invalidToken },
  )
  return { items: items.map(({ name }) => name), nextToken: next }
}
