/** Reads configuration keys from environment variables, such as `ECS_API_ACCOUNTS_NONPROD_CREDENTIALS_ROLE_ARN`. */
import { nearestName } from '@ecs-api/ecs-model'
import type { TSchema } from 'typebox'
import type { ConfigurationFault } from './faults.ts'
import { type Annotations, awsAccountSchema, configurationSchema, localAccountSchema } from './schema.ts'

const prefix = 'ECS_API_'
/** The variables that Kubernetes sets in every pod for a Service named `ecs-api`. */
const kubernetesVariable = /^ECS_API_(SERVICE_(HOST|PORT.*)|PORT(_.*)?)$/

/** Variables of the command-line client. They may be set in the same shell, and are no configuration keys. */
const commandLineVariables = ['URL', 'PROFILE', 'ACCOUNT', 'CLUSTER', 'OUTPUT'].map((name) => prefix + name)

/** A configuration key whose value is not itself a map of fixed keys. */
interface Leaf {
  path: string[]
  schema: TSchema & Annotations
}

/** Converts a key: `roleArn` to ROLE_ARN, and `viewsMiB` to VIEWS_MIB. */
const upperSnakeCase = (key: string) =>
  key
    .replace('MiB', 'Mib')
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()
const topLevelLeaves = leavesOf(configurationSchema).filter(({ path }) => path[0] !== 'accounts')
const accountLeaves = [...leavesOf(awsAccountSchema), ...leavesOf(localAccountSchema)]
const accountPrefix = `${prefix}ACCOUNTS_`

/**
 * Adds the keys of the environment to the configuration. They replace the same keys of the file.
 * @param value the configuration of the file
 * @returns `fromEnvironment`: the paths of the keys that come from the environment
 */
export function withEnvironment(
  value: Record<string, unknown>,
  environment: Readonly<Record<string, string | undefined>>,
): { value: Record<string, unknown>; faults: ConfigurationFault[]; fromEnvironment: string[] } {
  const result = structuredClone(value)
  const faults: ConfigurationFault[] = []
  const fromEnvironment: string[] = []
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(prefix) || name === `${prefix}CONFIG` || text === undefined) continue
    if (kubernetesVariable.test(name) || commandLineVariables.includes(name)) continue
    const leaf = leafOfVariable(name)
    if (!leaf) {
      const suggestion = nearestName(
        name,
        topLevelLeaves.filter(({ schema }) => !schema.removed).map(({ path }) => variableOf(path)),
      )
      faults.push({
        path: name,
        message: `no key has this variable${suggestion ? `; did you mean ${suggestion}?` : ''}`,
      })
      continue
    }
    setAtPath(result, leaf.path, parseValue(text, leaf.schema))
    fromEnvironment.push(leaf.path.join('.'))
  }
  return { value: result, faults, fromEnvironment }
}

function leafOfVariable(name: string): Leaf | undefined {
  if (!name.startsWith(accountPrefix)) return topLevelLeaves.find(({ path }) => variableOf(path) === name)
  const accountAndKey = name.slice(accountPrefix.length)
  // The account's name may itself end like a key, so the longest matching key is used.
  const [leaf] = accountLeaves
    .filter(({ path }) => accountAndKey.endsWith(`_${upperPath(path)}`))
    .sort((a, b) => upperPath(b.path).length - upperPath(a.path).length)
  if (!leaf) return undefined
  const account = accountAndKey.slice(0, -upperPath(leaf.path).length - 1)
  return account
    ? { path: ['accounts', account.toLowerCase().replaceAll('_', '-'), ...leaf.path], schema: leaf.schema }
    : undefined
}

function upperPath(path: readonly string[]): string {
  return path.map(upperSnakeCase).join('_')
}

function variableOf(path: readonly string[]): string {
  return prefix + upperPath(path)
}

function leavesOf(schema: TSchema, path: string[] = []): Leaf[] {
  const { properties } = schema as { properties?: Record<string, TSchema> }
  if (!properties) return [{ path, schema }]
  return Object.entries(properties).flatMap(([key, property]) => leavesOf(property, [...path, key]))
}

function parseValue(text: string, schema: TSchema): unknown {
  const { type } = schema as { type?: string }
  // A map, or a list of maps, is written as JSON.
  if (type !== 'string' && /^[[{]/.test(text)) return jsonOrText(text)
  if (type === 'array') return text.split(',').map((part) => part.trim())
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  if (type === 'integer' && /^\d+$/.test(text)) return Number(text)
  return text
}

/** Returns invalid JSON as text. Validation then reports which value is expected. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function setAtPath(target: Record<string, unknown>, [key, ...nestedPath]: readonly string[], value: unknown): void {
  if (key === undefined) return
  if (nestedPath.length === 0) {
    target[key] = value
    return
  }
  const current = target[key]
  const map: Record<string, unknown> =
    typeof current === 'object' && current !== null ? (current as Record<string, unknown>) : {}
  target[key] = map
  setAtPath(map, nestedPath, value)
}
