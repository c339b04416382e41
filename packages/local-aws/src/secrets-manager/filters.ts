/** The filters of lists of secrets (API Reference, Filter). */
import type { Filter, FilterNameStringType } from '@aws-sdk/client-secrets-manager'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { SecretRecord } from './secret-record.ts'

/**
 * Returns a function that tells whether a secret matches every filter. A value that begins with `!` must not match. Of
 * the other values, if there are any, one must match.
 * @throws AwsError `InvalidParameterException` for a filter without a key, which AWS's model allows
 */
export function filterOfSecrets(
  filters: readonly AwsJson<Filter>[] = [],
  region: string,
): (secret: SecretRecord) => boolean {
  const tests = filters.map(({ Key, Values = [] }) => {
    if (!Key) throw new AwsError('InvalidParameterException', 'Each filter must have a Key.')
    const matches = matchers[Key]
    const unwanted = Values.filter((value) => value.startsWith('!')).map((value) => value.slice(1))
    const wanted = Values.filter((value) => !value.startsWith('!'))
    return (secret: SecretRecord) =>
      !unwanted.some((value) => matches(secret, value, region)) &&
      (wanted.length === 0 || wanted.some((value) => matches(secret, value, region)))
  })
  return (secret) => tests.every((test) => test(secret))
}

type FilterMatcher = (secret: SecretRecord, value: string, region: string) => boolean

const startsIgnoringCase = (text: string, start: string) => text.toLowerCase().startsWith(start.toLowerCase())

const matchers: Record<FilterNameStringType, FilterMatcher> = {
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
