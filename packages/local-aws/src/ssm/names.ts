/** Names of parameters: which may be, and which a reference means. */
import { AwsError } from '../protocol/aws-error.ts'
import type { ParameterRecord, Parameters, VersionRecord } from './parameter-record.ts'

const MAX_LEVELS = 15
// The name and what stands before it in the ARN together ("Parameter naming constraints": 1011 for both).
const MAX_CHARACTERS = 1011

/** @throws AwsError when a parameter can't have that name. Sources: `V` seen from AWS, `u` not. */
export function checkName(name: string, { arnStart }: Parameters): void {
  const path = name.replace(/^\//, '')
  // V: the sentence; u: which names get which.
  if (/^(aws|ssm)/i.test(path)) {
    if (name.startsWith('/aws'))
      throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`)
    throw badName('can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it')
  }
  // V
  if (name.includes('/') && !name.startsWith('/')) throw invalid('Parameter name must be a fully qualified name')
  // V: the sentence but for its beginning.
  if (!/^[\w.\-/]+$/.test(name) || /\/\/|\/$/.test(name)) throw badName('if formed as a path, it')
  // u
  if (path.split('/').length > MAX_LEVELS)
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `A hierarchy can have a maximum of ${MAX_LEVELS} levels.`,
    )
  // u
  if (arnStart.length + path.length > MAX_CHARACTERS)
    throw invalid(`A parameter's name and the ARN before it can have at most ${MAX_CHARACTERS} characters.`)
}

function badName(beginning: string): AwsError {
  return invalid(
    `Parameter name: ${beginning} can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_`,
  )
}

export function arnOf({ arnStart }: Parameters, name: string): string {
  return arnStart + name.replace(/^\//, '')
}

export interface FoundParameter {
  parameter: ParameterRecord
  version: VersionRecord
  /** `:3` or `:label`, where the reference had one. */
  selector?: string
}

/** By `name`, `name:3`, `name:label` or an ARN in their place. @throws AwsError ParameterNotFound, ParameterVersionNotFound. */
export function findVersion(store: Parameters, reference: string): FoundParameter {
  const { name, selector } = takenApart(store, reference)
  const parameter = findParameter(store, name)
  if (selector === undefined)
    return { parameter, version: store.version(parameter.name, parameter.versions.at(-1) ?? 0) }
  const isNumber = /^\d+$/.test(selector)
  const version = isNumber
    ? parameter.versions.find((number) => number === Number(selector))
    : Object.hasOwn(parameter.labels, selector)
      ? parameter.labels[selector]
      : undefined
  if (version === undefined) throw isNumber ? noVersion(parameter.name, selector) : noLabel(parameter.name, selector)
  return { parameter, version: store.version(parameter.name, version), selector: `:${selector}` }
}

/** @throws AwsError ParameterNotFound. AWS gives it no message. */
export function findParameter(store: Parameters, reference: string): ParameterRecord {
  const { name } = takenApart(store, reference)
  const parameter = store.parameters.get(name)
  if (!parameter) throw new AwsError('ParameterNotFound')
  return parameter
}

export function noVersion(name: string, version: number | string): AwsError {
  return new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  )
}

// u
function noLabel(name: string, label: string): AwsError {
  return new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find label ${label} for parameter ${name}. Verify the label and try again.`,
  )
}

/** The name that a reference without a selector means. */
export function nameIn(store: Parameters, reference: string): string {
  return takenApart(store, reference).name
}

function takenApart(store: Parameters, reference: string): { name: string; selector?: string | undefined } {
  const isHere = reference.startsWith(store.arnStart)
  const [path = '', selector] = (isHere ? reference.slice(store.arnStart.length) : reference).split(':', 2)
  // An ARN does not tell whether a name of one level begins with a slash.
  return { name: isHere && (path.includes('/') || store.parameters.get(`/${path}`)) ? `/${path}` : path, selector }
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message)
}
