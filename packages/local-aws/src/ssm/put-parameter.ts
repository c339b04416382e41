/** PutParameter: creates a parameter, or adds a version to it. */
import { runInNewContext } from 'node:vm'
import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { checkParameterName, validationException } from './names.ts'
import type { ParameterRecord, ParameterStore, ParameterType, SsmContext, VersionRecord } from './parameter-record.ts'
import { checkTags } from './tags.ts'

export const putParameterActions = { PutParameter: putParameter } satisfies JsonActions<SsmContext>

/** Quotas of Parameter Store: bytes of a value by its tier, and versions of a parameter. */
const MAX_BYTES = { Standard: 4_096, Advanced: 8_192 }
const MAX_VERSIONS = 100
/** A pattern that takes longer to match is treated as one that does not match. */
const PATTERN_TIMEOUT_MS = 200

type Input = AwsJson<PutParameterRequest>

function putParameter({ store, clock, caller }: SsmContext, input: Input): AwsJson<PutParameterResult> {
  const {
    Name: name = '',
    Value: value = '',
    Overwrite: overwrite = false,
    Tags: tags = [],
    AllowedPattern: allowedPattern,
  } = input
  rejectUnsupported(input)
  checkParameterName(name, store.arnStart)
  // AWS checks for an existing parameter before it checks the value.
  const existing = store.parameters.get(name)
  if (existing && !overwrite)
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    )
  if (overwrite && tags.length > 0)
    throw validationException(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    )
  checkTags(tags)
  const previousVersion = existing && store.version(name, existing.versions.at(-1) ?? 0)
  const type = typeOf(input, previousVersion)
  const tier = tierOf(input, previousVersion)
  checkValue(value, type, tier, allowedPattern)
  const keyId = type === 'SecureString' ? (input.KeyId ?? previousVersion?.keyId ?? 'alias/aws/ssm') : undefined
  // AWS's text for this error is not known.
  if (input.KeyId !== undefined && keyId === undefined)
    throw validationException('KeyId can be given for a SecureString only.')
  const description = input.Description ?? previousVersion?.description
  const version = (previousVersion?.version ?? 0) + 1
  const { versions, labels } = withoutOldestVersion(store, existing ?? { name, versions: [], labels: {}, tags: [] })
  store.addVersion(name, {
    version,
    type,
    value,
    tier,
    ...(description !== undefined && { description }),
    ...(keyId !== undefined && { keyId }),
    ...(allowedPattern !== undefined && { allowedPattern }),
    modifiedAt: clock.now(),
    modifiedBy: caller,
  })
  store.parameters.set(name, { name, versions: [...versions, version], labels, tags: existing?.tags ?? tags })
  return { Version: version, Tier: tier }
}

/** Rejects members that the engine does not support, instead of ignoring them. */
function rejectUnsupported({ Policies, DataType = 'text' }: Input): void {
  if (Policies !== undefined && Policies !== '' && Policies !== '[]')
    throw new AwsError(
      'UnsupportedFeatureException',
      'This engine does not have parameter policies of AWS Systems Manager.',
    )
  if (DataType !== 'text')
    throw new AwsError(
      'UnsupportedFeatureException',
      `This engine does not have the data type ${DataType} of AWS Systems Manager.`,
    )
}

function typeOf({ Type }: Input, previousVersion: VersionRecord | undefined): ParameterType {
  const type = Type ?? previousVersion?.type
  if (!type) throw validationException('A parameter type is required when you create a parameter.')
  if (previousVersion && previousVersion.type !== type)
    throw new AwsError(
      'HierarchyTypeMismatchException',
      `The parameter already exists. You can't change the type of a parameter from ${previousVersion.type} to ${type}. You must create a new, unique parameter.`,
    )
  return type
}

function tierOf({ Tier, Value = '' }: Input, previousVersion: VersionRecord | undefined): 'Standard' | 'Advanced' {
  if (previousVersion?.tier === 'Advanced') {
    if (Tier === 'Standard')
      throw validationException(
        "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
      )
    return 'Advanced'
  }
  if (Tier === 'Intelligent-Tiering') return Buffer.byteLength(Value) > MAX_BYTES.Standard ? 'Advanced' : 'Standard'
  return Tier ?? 'Standard'
}

function checkValue(
  value: string,
  type: ParameterType,
  tier: 'Standard' | 'Advanced',
  allowedPattern: string | undefined,
): void {
  if (value === '')
    throw validationException(
      "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
  // AWS rejects a reference to another parameter in a value, with this text.
  if (/\{\{.*\}\}/s.test(value))
    throw validationException('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.')
  if (Buffer.byteLength(value) > MAX_BYTES[tier])
    throw validationException(
      tier === 'Standard'
        ? 'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html'
        : 'Advanced tier parameters support a maximum parameter value of 8192 characters.',
    )
  const items = type === 'StringList' ? value.split(',') : [value]
  if (allowedPattern !== undefined && !items.every((item) => matchesPattern(item, allowedPattern)))
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${allowedPattern}`,
    )
}

/** Matching a pattern can take forever. After `PATTERN_TIMEOUT_MS` the value counts as not matching. */
function matchesPattern(value: string, pattern: string): boolean {
  try {
    new RegExp(pattern)
  } catch {
    throw new AwsError('InvalidAllowedPatternException', `Invalid AllowedPattern: ${pattern}`)
  }
  try {
    return (
      runInNewContext('new RegExp(pattern).test(value)', { pattern, value }, { timeout: PATTERN_TIMEOUT_MS }) === true
    )
  } catch {
    return false
  }
}

/**
 * Removes the oldest version if there are a hundred already, to make room for a new one.
 * @throws AwsError ParameterMaxVersionLimitExceeded when the oldest version has a label.
 */
function withoutOldestVersion(
  store: ParameterStore,
  parameter: ParameterRecord,
): Pick<ParameterRecord, 'versions' | 'labels'> {
  const { name, versions, labels } = parameter
  const [oldest] = versions
  if (oldest === undefined || versions.length < MAX_VERSIONS) return parameter
  if (Object.values(labels).includes(oldest))
    throw new AwsError(
      'ParameterMaxVersionLimitExceeded',
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    )
  store.deleteVersion(name, oldest)
  return { versions: versions.slice(1), labels }
}
