/** The versions of a secret and their staging labels (User Guide, "What's in a Secrets Manager secret?"). */
import type {
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager'
import type { AwsJson } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import { getSecret, getUsableSecret } from './find-secret.ts'
import { invalidToken } from './pages.ts'
import type { SecretRecord, SecretsContext, SecretValue, VersionRecord } from './secret-record.ts'

export const CURRENT_STAGE = 'AWSCURRENT'
const PREVIOUS_STAGE = 'AWSPREVIOUS'
// Quotas: "Staging labels attached across all versions of a secret: 20" and "Versions per secret: about 100". The
// oldest versions without a label are removed first.
const MAX_STAGES = 20
const MAX_VERSIONS = 100

export const versionActions = {
  ListSecretVersionIds: listSecretVersionIds,
  UpdateSecretVersionStage: updateSecretVersionStage,
} satisfies JsonActions<SecretsContext>

/**
 * Adds a version with the client's token as its id, and moves the labels to this version. The same token with the same
 * value changes nothing.
 * @throws AwsError ResourceExistsException when the token has another value.
 */
export function addVersion(
  context: SecretsContext,
  secret: SecretRecord,
  id: string,
  value: SecretValue,
  stages: readonly string[],
): SecretRecord {
  const { store, clock } = context
  if (secret.versions.some((version) => version.id === id)) {
    if (!isSameValue(store.valueOf(secret, id), value))
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
      )
    return secret
  }
  const now = clock.now()
  const versions = withMovedStages([...secret.versions, { id, createdAt: now, stages: [] }], id, stages)
  const changed = { ...secret, versions: withoutSurplusVersions(context, secret, versions), changedAt: now }
  store.setValue(secret, id, value)
  store.secrets.set(secret.name, changed)
  return changed
}

function isSameValue(a: SecretValue | undefined, b: SecretValue): boolean {
  return a?.kind === b.kind && a.text === b.text
}

/** A label belongs to one version only. The version that loses AWSCURRENT becomes AWSPREVIOUS. */
function withMovedStages(versions: readonly VersionRecord[], id: string, stages: readonly string[]): VersionRecord[] {
  const previous = stages.includes(CURRENT_STAGE)
    ? versions.find((version) => version.id !== id && version.stages.includes(CURRENT_STAGE))
    : undefined
  const moved = new Set([...stages, ...(previous ? [PREVIOUS_STAGE] : [])])
  const labelled = versions.map((version) => {
    const unmoved = version.stages.filter((stage) => !moved.has(stage))
    if (version.id === id) return { ...version, stages: [...unmoved, ...stages] }
    return { ...version, stages: version === previous ? [...unmoved, PREVIOUS_STAGE] : unmoved }
  })
  if (labelled.flatMap((version) => version.stages).length > MAX_STAGES)
    throw new AwsError(
      'LimitExceededException',
      `You've exceeded the limit of ${MAX_STAGES} staging labels for a secret.`,
    )
  return labelled
}

function withoutSurplusVersions(
  { store }: SecretsContext,
  secret: SecretRecord,
  versions: VersionRecord[],
): VersionRecord[] {
  const surplus = versions
    .filter(({ stages }) => stages.length === 0)
    .slice(0, Math.max(0, versions.length - MAX_VERSIONS))
  for (const { id } of surplus) store.deleteValue(secret, id)
  return versions.filter((version) => !surplus.includes(version))
}

/** The labels of each version that has any, in the form of DescribeSecret: `{"v1": ["AWSCURRENT"]}`. */
export function stagesByVersion({ versions }: SecretRecord): Record<string, string[]> | undefined {
  const labelled = versions.filter(({ stages }) => stages.length > 0)
  return labelled.length > 0 ? Object.fromEntries(labelled.map(({ id, stages }) => [id, stages])) : undefined
}

function updateSecretVersionStage(
  context: SecretsContext,
  {
    SecretId = '',
    VersionStage = '',
    RemoveFromVersionId: fromVersion,
    MoveToVersionId: toVersion,
  }: AwsJson<UpdateSecretVersionStageRequest>,
): AwsJson<UpdateSecretVersionStageResponse> {
  const secret = getUsableSecret(context, SecretId)
  for (const id of [fromVersion, toVersion]) if (id !== undefined) checkVersion(secret, id)
  const labelledVersion = secret.versions.find(({ stages }) => stages.includes(VersionStage))
  if (fromVersion !== undefined && labelledVersion?.id !== fromVersion)
    throw invalidParameter(`The staging label ${VersionStage} is currently not attached to version ${fromVersion}.`)
  if (labelledVersion && labelledVersion.id !== toVersion && fromVersion === undefined)
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${VersionStage} is currently attached to version ${labelledVersion.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    )
  if (VersionStage === CURRENT_STAGE && toVersion === undefined)
    throw invalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    )
  const versions =
    toVersion === undefined
      ? secret.versions.map((version) => ({
          ...version,
          stages: version.stages.filter((stage) => stage !== VersionStage),
        }))
      : withMovedStages(secret.versions, toVersion, labelledVersion?.id === toVersion ? [] : [VersionStage])
  context.store.secrets.set(secret.name, { ...secret, versions, changedAt: context.clock.now() })
  return { ARN: secret.arn, Name: secret.name }
}

function checkVersion({ versions }: SecretRecord, id: string): void {
  if (!versions.some((version) => version.id === id))
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for VersionId: ${id}`,
    )
}

function listSecretVersionIds(
  context: SecretsContext,
  input: AwsJson<ListSecretVersionIdsRequest>,
): AwsJson<ListSecretVersionIdsResponse> {
  const secret = getSecret(context, input.SecretId ?? '')
  const listedVersions = secret.versions.filter(({ stages }) => input.IncludeDeprecated === true || stages.length > 0)
  const order = new Map(listedVersions.map(({ id }, i) => [id, String(i).padStart(6, '0')]))
  const { items, nextToken } = pageOfList(
    listedVersions,
    { maxResults: input.MaxResults, nextToken: input.NextToken },
    { keyOf: ({ id }) => order.get(id) ?? '', invalidToken },
  )
  return {
    ARN: secret.arn,
    Name: secret.name,
    Versions: items.map(({ id, stages, createdAt, accessedAt }) => ({
      VersionId: id,
      VersionStages: stages,
      CreatedDate: toEpochSeconds(createdAt),
      LastAccessedDate: accessedAt && toEpochSeconds(accessedAt),
      KmsKeyIds: [secret.kmsKeyId ?? 'DefaultEncryptionKey'],
    })),
    NextToken: nextToken,
  }
}

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
