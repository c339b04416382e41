/**
 * The common part of EC2's Describe actions: selection by id, filters that must all match, and pages in the order of
 * the ids.
 */
import { AwsError } from '../protocol/aws-error.ts'
import type { XmlMembers } from '../protocol/aws-query.ts'
import { pageOfList } from '../protocol/pages.ts'
import { numberedValues, parseFilters, parsePageSize, wildcardMatcher } from './parameters.ts'

/** The names and functions with which a Describe action shows resources of one kind. */
export interface ResourceKind<T> {
  /** The name of the list in the response: `vpcSet`. */
  listName: string
  /** The name of the parameter for ids: `VpcId`. */
  idParameter: string
  idOf: (resource: T) => string
  idPattern: RegExp
  malformedIdCode: string
  notFoundCode: string
  /** The nouns in the error for ids that do not exist: `vpc ID`, `vpc IDs`. */
  nounsForUnknownIds: [singular: string, plural: string]
  /** The filters by EC2's name. Each returns values of the resource, one of which must match. */
  filters: Record<string, (resource: T) => readonly (string | boolean | number | undefined)[]>
  toXml: (resource: T) => XmlMembers
}

/** The limits of MaxResults (EC2 API Reference, DescribeNetworkInterfaces and similar actions). */
const PAGE = { min: 5, max: 1000 }

/**
 * The response of a Describe action.
 * @throws AwsError for unknown ids, unknown filters and invalid pages, in EC2's words.
 */
export function describeResources<T>(
  resources: readonly T[],
  parameters: URLSearchParams,
  kind: ResourceKind<T>,
): XmlMembers {
  const ids = numberedValues(parameters, kind.idParameter)
  const size = parsePageSize(parameters, PAGE)
  if (ids.length > 0 && size !== undefined)
    throw new AwsError(
      'InvalidParameterCombination',
      `The parameter ${kind.idParameter} cannot be used with the parameter maxResults`,
    )
  checkIds(ids, resources, kind)
  const idSet = new Set(ids)
  const requested = ids.length === 0 ? resources : resources.filter((resource) => idSet.has(kind.idOf(resource)))
  const tests = parseFilters(parameters).map(({ name, values }) => filterTest(kind, name, values))
  const nextToken = parameters.get('NextToken') ?? undefined
  const page = pageOfList(
    requested.filter((resource) => tests.every((matches) => matches(resource))),
    { nextToken },
    {
      keyOf: kind.idOf,
      defaultSize: size ?? PAGE.max,
      invalidToken: () => new AwsError('InvalidNextToken', 'The token is invalid.'),
    },
  )
  return { [kind.listName]: page.items.map(kind.toXml), nextToken: page.nextToken }
}

function checkIds<T>(
  ids: readonly string[],
  resources: readonly T[],
  { idPattern, idOf, malformedIdCode, notFoundCode, nounsForUnknownIds: [singular, plural] }: ResourceKind<T>,
): void {
  const invalid = ids.find((id) => !idPattern.test(id))
  if (invalid !== undefined) throw new AwsError(malformedIdCode, `Invalid id: "${invalid}"`)
  const existing = new Set(ids.length === 0 ? [] : resources.map(idOf))
  const missing = ids.filter((id) => !existing.has(id))
  if (missing.length === 1) throw new AwsError(notFoundCode, `The ${singular} '${missing[0]}' does not exist`)
  if (missing.length > 1) throw new AwsError(notFoundCode, `The ${plural} '${missing.join(', ')}' do not exist`)
}

function filterTest<T>(
  { filters }: ResourceKind<T>,
  name: string,
  values: readonly string[],
): (resource: T) => boolean {
  const valuesOf = Object.hasOwn(filters, name) ? filters[name] : undefined
  if (!valuesOf) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`)
  const matches = wildcardMatcher(values)
  return (resource) => valuesOf(resource).some((value) => value !== undefined && matches(String(value)))
}
