/**
 * Reads the value that a task definition's `secrets` refers to:
 * `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME[-SUFFIX][:JSON-KEY[:VERSION-STAGE[:VERSION-ID]]]` (ECS Developer
 * Guide, "Pass Secrets Manager secrets through Amazon ECS environment variables").
 */
import { AwsError } from '../protocol/aws-error.ts'
import type { SecretsContext } from './secret-record.ts'
import { secretValue } from './values.ts'

// The part of these texts from `unable` on was recorded from stopped reasons of Fargate tasks.
const FAILED =
  'unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: '
const RETRIED = 'service call has been retried 1 time(s): '

/**
 * @throws AwsError ResourceInitializationError; code and message, joined by `: `, are the task's stopped reason.
 */
export function taskSecret(context: SecretsContext, valueFrom: string): string {
  const { arn, jsonKey, stage, versionId } = partsOf(valueFrom)
  const text = textOf(context, arn, versionId, stage)
  return jsonKey === undefined ? text : memberOf(text, jsonKey)
}

function partsOf(valueFrom: string) {
  const parts = valueFrom.split(':')
  const [jsonKey, stage, versionId] = parts.slice(7).map((part) => (part === '' ? undefined : part))
  return { arn: parts.slice(0, 7).join(':'), jsonKey, stage, versionId }
}

function textOf(context: SecretsContext, arn: string, versionId?: string, stage?: string): string {
  try {
    const { SecretString, SecretBinary } = secretValue(context, arn, versionId, stage)
    return SecretString ?? Buffer.from(SecretBinary ?? '', 'base64').toString('utf8')
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw failed(`failed to fetch secret ${arn} from secrets manager: ${error.code}: ${error.message}`)
  }
}

function memberOf(text: string, key: string): string {
  const object = parsed(text)
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    throw failed(`json: cannot unmarshal ${goKind(object)} into Go value of type map[string]interface {}`)
  if (!Object.hasOwn(object, key)) throw failed(`retrieved secret from Secrets Manager did not contain json key ${key}`)
  return goText((object as Record<string, unknown>)[key])
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Go names the first invalid character. It is named here only when it is the first of the text.
    const first = text.trimStart()[0]
    if (first === undefined) throw failed('unexpected end of JSON input')
    if (/[{["\-\dtfn]/.test(first)) throw failed('unexpected end of JSON input')
    throw failed(`invalid character '${first === "'" ? "\\'" : first}' looking for beginning of value`)
  }
}

/** The text of a member that is not a string, as Go's `%v` writes it; the ECS agent does that (agent/asm/asm.go). */
function goText(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[${members.map(([name, member]) => `${name}:${goText(member)}`).join(' ')}]`
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function failed(cause: string): AwsError {
  return new AwsError('ResourceInitializationError', FAILED + RETRIED + cause)
}
