/** The filters of lists of parameters (API Reference, ParameterStringFilter). */
import type { ParameterStringFilter } from '@aws-sdk/client-ssm'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { ParameterRecord, ParameterStore, VersionRecord } from './parameter-record.ts'

/** The newest version of a parameter. */
export function newestVersion(store: ParameterStore, { name, versions }: ParameterRecord): VersionRecord {
  return store.version(name, versions.at(-1) ?? 0)
}

/**
 * Whether every filter matches with one of its values, except the filters `Path` and `Label`: the actions apply those.
 */
export function matchesFilters(
  parameter: ParameterRecord,
  version: VersionRecord,
  filters: readonly AwsJson<ParameterStringFilter>[],
): boolean {
  return filters.every(({ Key = '', Option = 'Equals', Values = [] }) => {
    if (Key === 'Path' || Key === 'Label') return true
    const text = filteredMember(Key, parameter, version)
    if (text === undefined) return false
    return Values.length === 0 ? Key.startsWith('tag:') : Values.some((value) => matchesOption(Option, text, value))
  })
}

/** The text that the filter with this key compares; undefined when the parameter does not have it. */
function filteredMember(
  key: string,
  { name, tags }: ParameterRecord,
  { type, keyId, tier }: VersionRecord,
): string | undefined {
  if (key.startsWith('tag:')) return tags.find(({ Key }) => Key === key.slice('tag:'.length))?.Value
  switch (key) {
    case 'Name':
      return name
    case 'Type':
      return type
    case 'KeyId':
      return keyId
    case 'Tier':
      return tier
    case 'DataType':
      return 'text'
    default:
      return undefined
  }
}

// The texts were not recorded from AWS.
function matchesOption(option: string, text: string, value: string): boolean {
  switch (option) {
    case 'Equals':
      return text === value
    case 'BeginsWith':
      return text.startsWith(value)
    case 'Contains':
      return text.includes(value)
    default:
      throw new AwsError(
        'InvalidFilterOption',
        `The following filter option is not valid: ${option}. Valid options include: [BeginsWith, Contains, Equals].`,
      )
  }
}
