/**
 * Reads the value that a task definition's `secrets` refers to:
 * `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME[-SUFFIX][:JSON-KEY[:VERSION-STAGE[:VERSION-ID]]]` (ECS Developer
 * Guide, "Pass Secrets Manager secrets through Amazon ECS environment variables").
 */
import { AwsError } from '../protocol/aws-error.ts'
import type { SecretsContext } from './secret-record.ts'
import { getValueOfSecret, type SecretReference } from './values.ts'

/** The beginning of every error text, as recorded in stopped reasons of Fargate tasks. */
const ERROR_PREFIX =
  'unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): '

/**
 * The value for a container: the whole secret, or one member of a secret that is JSON.
 * @throws AwsError ResourceInitializationError. The task's stopped reason is its code, `: ` and its message.
 */
export function taskSecretValue(context: SecretsContext, valueFrom: string): string {
  const { arn, jsonKey, stage, versionId } = parseValueFrom(valueFrom)
  const text = fetchSecretText(context, { reference: arn, versionId, stage })
  return jsonKey === undefined ? text : jsonMemberText(text, jsonKey)
}

function parseValueFrom(valueFrom: string) {
  const parts = valueFrom.split(':')
  const [jsonKey, stage, versionId] = parts.slice(7).map((part) => (part === '' ? undefined : part))
  return { arn: parts.slice(0, 7).join(':'), jsonKey, stage, versionId }
}

function fetchSecretText(context: SecretsContext, secret: SecretReference): string {
  try {
    const { SecretString, SecretBinary } = getValueOfSecret(context, secret)
    return SecretString ?? Buffer.from(SecretBinary ?? '', 'base64').toString('utf8')
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw fetchError(`failed to fetch secret ${secret.reference} from secrets manager: ${error.code}: ${error.message}`)
  }
}

function jsonMemberText(text: string, key: string): string {
  // Go reads `null` as a map without members.
  const object = parseJson(text) ?? {}
  if (typeof object !== 'object' || Array.isArray(object))
    throw fetchError(`json: cannot unmarshal ${goKindName(object)} into Go value of type map[string]interface {}`)
  if (!Object.hasOwn(object, key))
    throw fetchError(`retrieved secret from Secrets Manager did not contain json key ${key}`)
  return goText((object as Record<string, unknown>)[key])
}

/** @throws AwsError with the text of Go's `json.Unmarshal` */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Go's error names the first invalid character. Here it is known only if it is the first character of the text.
    const first = text.trimStart()[0]
    if (first === undefined) throw fetchError('unexpected end of JSON input')
    if (/[{["\-\dtfn]/.test(first)) throw fetchError('unexpected end of JSON input')
    throw fetchError(`invalid character '${first === "'" ? "\\'" : first}' looking for beginning of value`)
  }
}

/** The text of a member in the format `%v` of Go, which the ECS agent uses (agent/asm/asm.go). */
function goText(value: unknown): string {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return goNumber(value)
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[${members.map(([name, member]) => `${name}:${goText(member)}`).join(' ')}]`
}

/** Go writes numbers below 0.0001 and from a million on with an exponent of at least two digits: `1e+06`. */
function goNumber(value: number): string {
  const [digits, exponent] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** The kind of the JSON value in the error text of Go's `json.Unmarshal`. */
function goKindName(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function fetchError(cause: string): AwsError {
  return new AwsError('ResourceInitializationError', ERROR_PREFIX + cause)
}
