/** Which secrets a list's filters find (API Reference, Filter). */
import type { Filter } from '@aws-sdk/client-secrets-manager'
import type { Wire } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { SecretRecord } from './secret-record.ts'

/** All filters must fit; of a filter's values any one; a value that starts with `!` must not fit. */
export function isFound(secret: SecretRecord, region: string, filters: readonly Wire<Filter>[]): boolean {
  return filters.every(({ Key, Values = [] }) => {
    const fits = finders[Key ?? '']
    if (!fits)
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '${Key}' at 'filters' is no key of a filter`,
      )
    const negated = Values.filter((value) => value.startsWith('!'))
    const wanted = Values.filter((value) => !value.startsWith('!'))
    if (negated.some((value) => fits(secret, value.slice(1), region))) return false
    return wanted.length === 0 || wanted.some((value) => fits(secret, value, region))
  })
}

type Finder = (secret: SecretRecord, value: string, region: string) => boolean

const startsAnyCase = (text: string, start: string) => text.toLowerCase().startsWith(start.toLowerCase())

const finders: Record<string, Finder | undefined> = {
  name: ({ name }, value) => name.startsWith(value),
  description: ({ description = '' }, value) =>
    wordsOf(description).some((word) => startsAnyCase(word, value)) || startsAnyCase(description, value),
  'tag-key': ({ tags }, value) => tags.some(({ Key = '' }) => Key.startsWith(value)),
  'tag-value': ({ tags }, value) => tags.some(({ Value = '' }) => Value.startsWith(value)),
  'primary-region': (_, value, region) => region.startsWith(value),
  // No secret here is another service's.
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
