/** The parameters of EC2's Describe actions: ids, filters, pages (Amazon EC2 API Reference, "Query requests"). */
import { AwsError } from '../protocol/aws-error.ts'

export interface Filter {
  name: string
  values: string[]
}

/** The values of `SubnetId.1`, `SubnetId.2` and so on, in the order of their numbers. */
export function numberedValues(parameters: URLSearchParams, name: string): string[] {
  return numberedParameters(parameters, name).map(([, value]) => value)
}

/** The filters of a request: `Filter.1.Name`, `Filter.1.Value.1` and so on. */
export function parseFilters(parameters: URLSearchParams): Filter[] {
  const numbers = new Set([...parameters.keys()].flatMap((key) => /^Filter\.(\d+)\./.exec(key)?.[1] ?? []))
  return [...numbers].map((number) => ({
    name: parameters.get(`Filter.${number}.Name`) ?? '',
    values: numberedParameters(parameters, `Filter.${number}.Value`).map(([, value]) => value),
  }))
}

/**
 * A test for values that match one of the patterns. `*` matches any characters and `?` one character; a backslash
 * escapes them. Patterns without wildcards cost one look-up for each value; the number of steps of another pattern is
 * at most its length times the length of the value.
 */
export function wildcardMatcher(patterns: readonly string[]): (value: string) => boolean {
  const literals = new Set(patterns.filter((pattern) => !/[*?\\]/.test(pattern)))
  const tokenLists = patterns
    .filter((pattern) => !literals.has(pattern))
    .map((pattern) => pattern.match(/\\[*?\\]|./gs) ?? [])
  return (value) => literals.has(value) || tokenLists.some((tokens) => matchesTokens(tokens, value))
}

/** @param tokens the characters and wildcards of a pattern, and its escaped characters with their backslash */
function matchesTokens(tokens: readonly string[], value: string): boolean {
  const tokenMatches = (token: string | undefined, char: string) =>
    token === '?' || (token?.length === 2 ? token[1] : token) === char
  let [tokenIndex, lastStar, lastStarPosition] = [0, -1, 0]
  for (let i = 0; i < value.length; )
    if (tokens[tokenIndex] === '*') {
      lastStar = tokenIndex++
      lastStarPosition = i
    } else if (tokenMatches(tokens[tokenIndex], value[i]!)) {
      tokenIndex++
      i++
    } else if (lastStar >= 0) {
      // Let the last `*` match one character more.
      tokenIndex = lastStar + 1
      i = ++lastStarPosition
    } else return false
  return tokens.slice(tokenIndex).every((token) => token === '*')
}

/** @throws AwsError for an invalid page size */
export function parsePageSize(
  parameters: URLSearchParams,
  { min, max }: { min: number; max: number },
): number | undefined {
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

function numberedParameters(parameters: URLSearchParams, name: string): [number: number, value: string][] {
  return [...parameters]
    .flatMap(([key, value]): [number, string][] => {
      const number = key.startsWith(`${name}.`) ? key.slice(name.length + 1) : ''
      return /^\d+$/.test(number) ? [[Number(number), value]] : []
    })
    .sort(([a], [b]) => a - b)
}
