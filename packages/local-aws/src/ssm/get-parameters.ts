/** The actions that read parameters: one, several, all below a path, and the history of one. */
import type {
  GetParameterHistoryRequest,
  GetParameterHistoryResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
} from '@aws-sdk/client-ssm'
import type { AwsJson } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import { matchesFilters, newestVersion } from './filters.ts'
import {
  type FoundParameter,
  getParameterVersion,
  getStoredParameter,
  parameterArn,
  validationException,
} from './names.ts'
import { invalidToken } from './pages.ts'
import type { ParameterStore, SsmContext } from './parameter-record.ts'
import { findSecretParameter, getSecretParameter, secretNameIn } from './secret-reference.ts'

export const getParametersActions = {
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  GetParameterHistory: getParameterHistory,
} satisfies JsonActions<SsmContext>

function getParameter(
  context: SsmContext,
  { Name = '', WithDecryption }: AwsJson<GetParameterRequest>,
): AwsJson<GetParameterResult> {
  const { store, readSecret } = context
  const secretName = secretNameIn(store, Name)
  if (secretName !== undefined)
    return { Parameter: getSecretParameter(store, readSecret, secretName, WithDecryption ?? false) }
  return { Parameter: parameterInResponse(store, getParameterVersion(store, Name), WithDecryption) }
}

/**
 * A parameter in the form of SSM's responses. Without decryption, the value of a SecureString is the encrypted text.
 */
function parameterInResponse(
  store: ParameterStore,
  { parameter: { name }, version, selector }: FoundParameter,
  decrypted = false,
): AwsJson<Parameter> {
  return {
    Name: name,
    Type: version.type,
    Value: decrypted ? store.valueOf(name, version) : version.stored,
    Version: version.version,
    ...(selector !== undefined && { Selector: selector }),
    LastModifiedDate: toEpochSeconds(version.modifiedAt),
    ARN: parameterArn(store, name),
    DataType: 'text',
  }
}

function getParameters(
  context: SsmContext,
  { Names = [], WithDecryption }: AwsJson<GetParametersRequest>,
): AwsJson<GetParametersResult> {
  const { store, readSecret } = context
  const found = Names.map((name) => {
    const secretName = secretNameIn(store, name)
    if (secretName !== undefined) return findSecretParameter(store, readSecret, secretName, WithDecryption ?? false)
    const parameter = findParameterVersion(store, name)
    return parameter && parameterInResponse(store, parameter, WithDecryption)
  })
  return {
    Parameters: found.flatMap((parameter) => parameter ?? []),
    InvalidParameters: Names.filter((_, i) => !found[i]),
  }
}

/** As `getParameterVersion`, but undefined where that throws an error of AWS, such as for an unknown name. */
export function findParameterVersion(store: ParameterStore, reference: string): FoundParameter | undefined {
  try {
    return getParameterVersion(store, reference)
  } catch (error) {
    if (error instanceof AwsError) return undefined
    throw error
  }
}

function getParametersByPath(
  { store }: SsmContext,
  input: AwsJson<GetParametersByPathRequest>,
): AwsJson<GetParametersByPathResult> {
  const { Path = '', Recursive = false, WithDecryption, ParameterFilters = [] } = input
  if (!/^\/[\w.\-/]*$/.test(Path))
    throw validationException(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    )
  const invalidFilter = ParameterFilters.find(({ Key }) => !['Type', 'KeyId', 'Label'].includes(Key ?? ''))
  if (invalidFilter)
    throw new AwsError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${invalidFilter.Key}. Valid filter keys include: [Type, KeyId, Label].`,
    )
  const found = [...store.parameters.values()]
    .filter(({ name }) => isBelowPath(name, Path, Recursive))
    .flatMap((parameter) => {
      const labels = ParameterFilters.find(({ Key }) => Key === 'Label')?.Values
      if (!labels) return { parameter, version: newestVersion(store, parameter) }
      const version = Object.entries(parameter.labels).find(([label]) => labels.includes(label))?.[1]
      return version === undefined ? [] : { parameter, version: store.version(parameter.name, version) }
    })
  const { items, nextToken } = pageOfList(
    found.filter(({ parameter, version }) => matchesFilters(parameter, version, ParameterFilters)),
    { maxResults: input.MaxResults, nextToken: input.NextToken },
    { keyOf: ({ parameter }) => parameter.name, defaultSize: 10, invalidToken },
  )
  return {
    Parameters: items.map((parameter) => parameterInResponse(store, parameter, WithDecryption)),
    NextToken: nextToken,
  }
}

/** Whether a name is directly below the path, or with `isRecursive` at any level below it. */
export function isBelowPath(name: string, path: string, isRecursive: boolean): boolean {
  const start = path.endsWith('/') ? path : `${path}/`
  // A name without a slash is in no hierarchy, not even in `/`.
  return name.startsWith(start) && (isRecursive || !name.slice(start.length).includes('/'))
}

function getParameterHistory(
  { store }: SsmContext,
  input: AwsJson<GetParameterHistoryRequest>,
): AwsJson<GetParameterHistoryResult> {
  const parameter = getStoredParameter(store, input.Name ?? '')
  const { items, nextToken } = pageOfList(
    parameter.versions.map((number) => store.version(parameter.name, number)),
    { maxResults: input.MaxResults, nextToken: input.NextToken },
    { keyOf: ({ version }) => String(version).padStart(12, '0'), defaultSize: 50, invalidToken },
  )
  return {
    Parameters: items.map((version) => ({
      Name: parameter.name,
      Type: version.type,
      ...(version.keyId !== undefined && { KeyId: version.keyId }),
      LastModifiedDate: toEpochSeconds(version.modifiedAt),
      LastModifiedUser: version.modifiedBy,
      ...(version.description !== undefined && { Description: version.description }),
      Value: input.WithDecryption ? store.valueOf(parameter.name, version) : version.stored,
      ...(version.allowedPattern !== undefined && { AllowedPattern: version.allowedPattern }),
      Version: version.version,
      Labels: Object.entries(parameter.labels).flatMap(([label, labelledVersion]) =>
        labelledVersion === version.version ? label : [],
      ),
      Tier: version.tier,
      Policies: [],
      DataType: 'text',
    })),
    NextToken: nextToken,
  }
}
