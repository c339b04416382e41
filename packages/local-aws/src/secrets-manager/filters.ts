/** The filters of lists of secrets (API Reference, Filter). */
import type { Filter } from '@aws-sdk/client-secrets-manager'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { SecretRecord } from './secret-record.ts'

/**
 * Whether the secret matches every filter. A value that begins with `!` must not match. Of the other values, if there
 * are any, one must match.
 */
export function matchesFilters(secret: SecretRecord, region: string, filters: readonly AwsJson<Filter>[]): boolean {
  return filters.every(({ Key, Values = [] }) => {
    const matches = matchers[Key ?? '']
    if (!matches)
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '${Key}' at 'filters' is no key of a filter`,
      )
    const negated = Values.filter((value) => value.startsWith('!'))
    const positive = Values.filter((value) => !value.startsWith('!'))
    if (negated.some((value) => matches(secret, value.slice(1), region))) return false
    return positive.length === 0 || positive.some((value) => matches(secret, value, region))
  })
}

type FilterMatcher = (secret: SecretRecord, value: string, region: string) => boolean

const startsIgnoringCase = (text: string, start: string) => text.toLowerCase().startsWith(start.toLowerCase())

const matchers: Record<string, FilterMatcher | undefined> = {
  name: ({ name }, value) => name.startsWith(value),
  description: ({ description = '' }, value) =>
    wordsOf(description).some((word) => startsIgnoringCase(word, value)) || startsIgnoringCase(description, value),
  'tag-key': ({ tags }, value) => tags.some(({ Key = '' }) => Key.startsWith(value)),
  'tag-value': ({ tags }, value) => tags.some(({ Value = '' }) => Value.startsWith(value)),
  'primary-region': (_, value, region) => region.startsWith(value),
  // This engine has no secrets of other services.
  'owning-service': () => false,
  all: ({ name, description = '', tags }, value) => {
    const text = [name, description, ...tags.flatMap(({ Key = '', Value = '' }) => [Key, Value])]
      .join('\n')
      .toLowerCase()
    return wordsOf(value).every((word) => text.includes(word.toLowerCase()))
  },
}

function wordsOf(text: string): string[] {
  return text.split(/[\s/_+=.@!-]+/).filter((word) => word !== '')
}
