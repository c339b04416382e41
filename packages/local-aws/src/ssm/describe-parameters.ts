/** DescribeParameters. */
import type { DescribeParametersRequest, DescribeParametersResult, ParameterStringFilter } from '@aws-sdk/client-ssm'
import type { AwsJson } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import { matchesFilters, newestVersion } from './filters.ts'
import { isBelowPath } from './get-parameters.ts'
import { parameterArn, validationException } from './names.ts'
import { invalidToken } from './pages.ts'
import type { ParameterRecord, SsmContext } from './parameter-record.ts'

export const describeParametersActions = {
  DescribeParameters: describeParameters,
} satisfies JsonActions<SsmContext>

type StringFilter = AwsJson<ParameterStringFilter>

function describeParameters(
  { store }: SsmContext,
  input: AwsJson<DescribeParametersRequest>,
): AwsJson<DescribeParametersResult> {
  const { Filters = [], ParameterFilters = [], Shared = false, MaxResults, NextToken } = input
  if (Shared)
    throw new AwsError(
      'UnsupportedFeatureException',
      'This engine does not have shared parameters of AWS Systems Manager.',
    )
  if (Filters.length > 0 && ParameterFilters.length > 0)
    throw validationException('You can use either Filters or ParameterFilters in a single request.')
  // `Filters` is the older member. Its filter `Name` compares the beginning of names.
  const filters: StringFilter[] = [
    ...ParameterFilters,
    ...Filters.map(({ Key, Values }) => ({ Key, Values, Option: Key === 'Name' ? 'BeginsWith' : 'Equals' })),
  ]
  if (filters.some(({ Key }) => Key === 'Label'))
    throw new AwsError(
      'InvalidFilterKey',
      'The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Tier, Type, KeyId, DataType].',
    )
  const found = [...store.parameters.values()].filter(
    (parameter) =>
      isInPath(parameter, filters) && matchesFilters(parameter, newestVersion(store, parameter), withoutPath(filters)),
  )
  const { items, nextToken } = pageOfList(
    found,
    { maxResults: MaxResults, nextToken: NextToken },
    { keyOf: ({ name }) => name, defaultSize: 50, invalidToken },
  )
  return {
    Parameters: items.map((parameter) => {
      const { version, type, tier, keyId, description, allowedPattern, modifiedAt, modifiedBy } = newestVersion(
        store,
        parameter,
      )
      return {
        Name: parameter.name,
        ARN: parameterArn(store, parameter.name),
        Type: type,
        ...(keyId !== undefined && { KeyId: keyId }),
        LastModifiedDate: toEpochSeconds(modifiedAt),
        LastModifiedUser: modifiedBy,
        ...(description !== undefined && { Description: description }),
        ...(allowedPattern !== undefined && { AllowedPattern: allowedPattern }),
        Version: version,
        Tier: tier,
        Policies: [],
        DataType: 'text',
      }
    }),
    NextToken: nextToken,
  }
}

function isInPath({ name }: ParameterRecord, filters: readonly StringFilter[]): boolean {
  return filters
    .filter(({ Key }) => Key === 'Path')
    .every(({ Option, Values = [] }) => Values.some((path) => isBelowPath(name, path, Option === 'Recursive')))
}

function withoutPath(filters: readonly StringFilter[]): StringFilter[] {
  return filters.filter(({ Key }) => Key !== 'Path')
}
