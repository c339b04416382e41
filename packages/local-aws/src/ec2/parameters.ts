/** The parameters of EC2's Describe actions: ids, filters, pages (Amazon EC2 API Reference, "Query requests"). */
import { AwsError } from '../protocol/aws-error.ts'

export interface Filter {
  name: string
  values: string[]
}

/** The values of `SubnetId.1`, `SubnetId.2` and so on, in the order of their numbers. */
export function listOf(parameters: URLSearchParams, name: string): string[] {
  return numbered(parameters, name).map(([, value]) => value)
}

/** The filters of a request: `Filter.1.Name`, `Filter.1.Value.1` and so on. */
export function filtersOf(parameters: URLSearchParams): Filter[] {
  const numbers = new Set([...parameters.keys()].flatMap((key) => /^Filter\.(\d+)\./.exec(key)?.[1] ?? []))
  return [...numbers].map((number) => ({
    name: parameters.get(`Filter.${number}.Name`) ?? '',
    values: numbered(parameters, `Filter.${number}.Value`).map(([, value]) => value),
  }))
}

/**
 * Whether the value matches. In a pattern `*` stands for any characters and `?` for one; a backslash escapes both. The
 * number of steps is at most the product of both lengths.
 */
export function matchesWildcards(pattern: string, value: string): boolean {
  const tokens = pattern.match(/\\[*?\\]|./gs) ?? []
  const isAt = (token: string | undefined, char: string) =>
    token === '?' || (token?.length === 2 ? token[1] : token) === char
  let [at, star, starAt] = [0, -1, 0]
  for (let i = 0; i < value.length; )
    if (tokens[at] === '*') {
      star = at++
      starAt = i
    } else if (isAt(tokens[at], value[i]!)) {
      at++
      i++
    } else if (star >= 0) {
      // Let the last `*` match one character more.
      at = star + 1
      i = ++starAt
    } else return false
  return tokens.slice(at).every((token) => token === '*')
}

/** @throws AwsError for an invalid page size */
export function pageSize(parameters: URLSearchParams, { min, max }: { min: number; max: number }): number | undefined {
  const text = parameters.get('MaxResults')
  if (text === null) return undefined
  const size = Number(text)
  if (!/^\d+$/.test(text) || size < min || size > max)
    throw new AwsError(
      'InvalidParameterValue',
      `Value ( ${text} ) for parameter maxResults is invalid. Expecting a value between ${min} and ${max}.`,
    )
  return size
}

function numbered(parameters: URLSearchParams, name: string): [number: number, value: string][] {
  return [...parameters]
    .flatMap(([key, value]): [number, string][] => {
      const number = key.startsWith(`${name}.`) ? key.slice(name.length + 1) : ''
      return /^\d+$/.test(number) ? [[Number(number), value]] : []
    })
    .sort(([a], [b]) => a - b)
}
