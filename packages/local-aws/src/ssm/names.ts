/** Validates names of parameters, and finds the parameter and version that a reference names. */
import { AwsError } from '../protocol/aws-error.ts'
import type { ParameterRecord, ParameterStore, VersionRecord } from './parameter-record.ts'

const MAX_LEVELS = 15
// The limit is for the whole ARN, which ends with the name ("Parameter naming constraints").
const MAX_CHARACTERS = 1011

/**
 * @param arnStart the part of a parameter's ARN before its name; the limit of characters includes it
 * @throws AwsError when a parameter cannot have this name. The comments below say which texts were recorded from AWS.
 */
export function checkParameterName(name: string, arnStart: string): void {
  const path = name.replace(/^\//, '')
  // The text of the second error is AWS's. It is not known which of the two errors AWS has for which name.
  if (/^(aws|ssm)/i.test(path)) {
    if (name.startsWith('/aws'))
      throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`)
    throw invalidName('can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it')
  }
  // The text is AWS's, as recorded.
  if (name.includes('/') && !name.startsWith('/'))
    throw validationException('Parameter name must be a fully qualified name')
  // AWS's text, except for the words after "Parameter name:" up to "can consist".
  if (!/^[\w.\-/]+$/.test(name) || /\/\/|\/$/.test(name)) throw invalidName('if formed as a path, it')
  // The text was not recorded from AWS.
  if (path.split('/').length > MAX_LEVELS)
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `A hierarchy can have a maximum of ${MAX_LEVELS} levels.`,
    )
  // The text was not recorded from AWS.
  if (arnStart.length + path.length > MAX_CHARACTERS)
    throw validationException(`A parameter's name and the ARN before it can have at most ${MAX_CHARACTERS} characters.`)
}

function invalidName(beginning: string): AwsError {
  return validationException(
    `Parameter name: ${beginning} can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_`,
  )
}

export function parameterArn({ arnStart }: ParameterStore, name: string): string {
  return arnStart + name.replace(/^\//, '')
}

export interface FoundParameter {
  parameter: ParameterRecord
  version: VersionRecord
  /** `:3` or `:label`; undefined when the reference had no selector. */
  selector?: string
}

/**
 * The version that `name`, `name:3` or `name:label` refers to. The name can be an ARN.
 * @throws AwsError ParameterNotFound, ParameterVersionNotFound.
 */
export function getParameterVersion(store: ParameterStore, reference: string): FoundParameter {
  const { name, selector } = parseReference(store, reference)
  const parameter = getStoredParameter(store, name)
  if (selector === undefined)
    return { parameter, version: store.version(parameter.name, parameter.versions.at(-1) ?? 0) }
  const isNumber = /^\d+$/.test(selector)
  const version = isNumber
    ? parameter.versions.find((number) => number === Number(selector))
    : Object.hasOwn(parameter.labels, selector)
      ? parameter.labels[selector]
      : undefined
  if (version === undefined)
    throw isNumber ? versionNotFound(parameter.name, selector) : labelNotFound(parameter.name, selector)
  return { parameter, version: store.version(parameter.name, version), selector: `:${selector}` }
}

/** @throws AwsError ParameterNotFound, which has no message on AWS. */
export function getStoredParameter(store: ParameterStore, reference: string): ParameterRecord {
  const { name } = parseReference(store, reference)
  const parameter = store.parameters.get(name)
  if (!parameter) throw new AwsError('ParameterNotFound')
  return parameter
}

export function versionNotFound(name: string, version: number | string): AwsError {
  return new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  )
}

// The text was not recorded.
function labelNotFound(name: string, label: string): AwsError {
  return new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find label ${label} for parameter ${name}. Verify the label and try again.`,
  )
}

/** The parameter's name in a name or an ARN. */
export function parameterNameIn(store: ParameterStore, reference: string): string {
  return parseReference(store, reference).name
}

function parseReference(store: ParameterStore, reference: string): { name: string; selector?: string | undefined } {
  const isHere = reference.startsWith(store.arnStart)
  const [path = '', selector] = (isHere ? reference.slice(store.arnStart.length) : reference).split(':', 2)
  // An ARN does not show whether a name of one level begins with a slash.
  return { name: isHere && (path.includes('/') || store.parameters.get(`/${path}`)) ? `/${path}` : path, selector }
}

export function validationException(message: string): AwsError {
  return new AwsError('ValidationException', message)
}
