/** EC2's Describe actions have in common: resources by id, filters that all hold, pages in the order of ids. */
import { AwsError } from '../protocol/aws-error.ts'
import type { XmlMembers } from '../protocol/aws-query.ts'
import { pageOf } from '../protocol/pages.ts'
import { filtersOf, listOf, matches, pageSize } from './parameters.ts'

export interface Described<T> {
  /** The answer's list: `vpcSet`. */
  set: string
  /** The parameter for ids: `VpcId`. */
  ids: string
  idOf: (thing: T) => string
  id: RegExp
  malformed: string
  notFound: string
  /** In the message of an id that is not found: `vpc ID`. */
  noun: [one: string, more: string]
  /** By EC2's name of the filter: the values of which one has to match. */
  filters: Record<string, (thing: T) => readonly (string | boolean | number | undefined)[]>
  shown: (thing: T) => XmlMembers
}

/** EC2 API Reference, DescribeNetworkInterfaces and its like: MaxResults. */
const PAGE = { least: 5, most: 1000 }

export function describe<T>(things: readonly T[], parameters: URLSearchParams, kind: Described<T>): XmlMembers {
  const ids = listOf(parameters, kind.ids)
  const size = pageSize(parameters, PAGE)
  if (ids.length > 0 && size !== undefined)
    throw new AwsError(
      'InvalidParameterCombination',
      `The parameter ${kind.ids} cannot be used with the parameter maxResults`,
    )
  checkIds(ids, things, kind)
  const wanted = ids.length === 0 ? things : things.filter((thing) => ids.includes(kind.idOf(thing)))
  const tests = filtersOf(parameters).map(({ name, values }) => testOf(kind, name, values))
  const nextToken = parameters.get('NextToken') ?? undefined
  const page = pageOf(
    wanted.filter((thing) => tests.every((holds) => holds(thing))),
    { nextToken },
    {
      keyOf: kind.idOf,
      size: size ?? PAGE.most,
      invalidToken: () => new AwsError('InvalidNextToken', 'The token is invalid.'),
    },
  )
  return { [kind.set]: page.items.map(kind.shown), nextToken: page.nextToken }
}

function checkIds<T>(
  ids: readonly string[],
  things: readonly T[],
  { id: form, idOf, malformed, notFound, noun: [one, more] }: Described<T>,
): void {
  const wrong = ids.find((id) => !form.test(id))
  if (wrong !== undefined) throw new AwsError(malformed, `Invalid id: "${wrong}"`)
  const missing = ids.filter((id) => !things.some((thing) => idOf(thing) === id))
  if (missing.length === 1) throw new AwsError(notFound, `The ${one} '${missing[0]}' does not exist`)
  if (missing.length > 1) throw new AwsError(notFound, `The ${more} '${missing.join(', ')}' do not exist`)
}

function testOf<T>({ filters }: Described<T>, name: string, values: readonly string[]): (thing: T) => boolean {
  const valuesOf = Object.hasOwn(filters, name) ? filters[name] : undefined
  if (!valuesOf) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`)
  return (thing) =>
    valuesOf(thing).some((value) => value !== undefined && values.some((pattern) => matches(pattern, String(value))))
}
