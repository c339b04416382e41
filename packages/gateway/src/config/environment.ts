/** Configuration keys given as environment variables: `ECS_API_ACCOUNTS_NONPROD_CREDENTIALS_ROLE_ARN` and the like. */
import { nearestName } from '@ecs-api/ecs-model'
import type { TSchema } from 'typebox'
import type { ConfigurationFault } from './faults.ts'
import { type Annotations, awsAccount, configuration, localAccount } from './schema.ts'

const prefix = 'ECS_API_'
/** What Kubernetes sets in every pod for a Service that is named `ecs-api`. */
const kubernetes = /^ECS_API_(SERVICE_(HOST|PORT.*)|PORT(_.*)?)$/

interface Leaf {
  path: string[]
  schema: TSchema & Annotations
}

/** `roleArn` is ROLE_ARN, and `viewsMiB` is VIEWS_MIB. */
const upper = (key: string) =>
  key
    .replace('MiB', 'Mib')
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()
const top = leavesOf(configuration).filter(({ path }) => path[0] !== 'accounts')
const ofAccount = [...leavesOf(awsAccount), ...leavesOf(localAccount)]
const accounts = `${prefix}ACCOUNTS_`

/**
 * Puts the environment's keys into a configuration, over what is there.
 * @param known names of the accounts that are there, so that a variable of `non-prod` finds it
 */
export function withEnvironment(
  value: Record<string, unknown>,
  environment: Readonly<Record<string, string | undefined>>,
): { value: Record<string, unknown>; faults: ConfigurationFault[]; given: string[] } {
  const result = structuredClone(value)
  const faults: ConfigurationFault[] = []
  const given: string[] = []
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(prefix) || name === `${prefix}CONFIG` || kubernetes.test(name) || text === undefined) continue
    const found = leafOf(name)
    if (!found) {
      const meant = nearestName(
        name,
        top.filter(({ schema }) => !schema.removed).map(({ path }) => variableOf(path)),
      )
      faults.push({ path: name, message: `no key has this variable${meant ? `; did you mean ${meant}?` : ''}` })
      continue
    }
    set(result, found.path, readAs(text, found.schema))
    given.push(found.path.join('.'))
  }
  return { value: result, faults, given }
}

function leafOf(name: string): Leaf | undefined {
  if (!name.startsWith(accounts)) return top.find(({ path }) => variableOf(path) === name)
  const rest = name.slice(accounts.length)
  // An account's name may hold anything, so the key is the longest that the variable ends with.
  const [leaf] = ofAccount
    .filter(({ path }) => rest.endsWith(`_${segments(path)}`))
    .sort((a, b) => segments(b.path).length - segments(a.path).length)
  if (!leaf) return undefined
  const account = rest.slice(0, -segments(leaf.path).length - 1)
  return account
    ? { path: ['accounts', account.toLowerCase().replaceAll('_', '-'), ...leaf.path], schema: leaf.schema }
    : undefined
}

function segments(path: readonly string[]): string {
  return path.map(upper).join('_')
}

function variableOf(path: readonly string[]): string {
  return prefix + segments(path)
}

function leavesOf(schema: TSchema, path: string[] = []): Leaf[] {
  const { properties } = schema as { properties?: Record<string, TSchema> }
  if (!properties) return [{ path, schema }]
  return Object.entries(properties).flatMap(([key, property]) => leavesOf(property, [...path, key]))
}

function readAs(text: string, schema: TSchema): unknown {
  const { type } = schema as { type?: string }
  // A map, or a list of maps, has no form of its own in a variable.
  if (type !== 'string' && /^[[{]/.test(text)) return jsonOr(text)
  if (type === 'array') return text.split(',').map((part) => part.trim())
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  if (type === 'integer' && /^\d+$/.test(text)) return Number(text)
  return text
}

/** What is no JSON stays the text that it is, so that what was expected is told. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function set(target: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return
  if (rest.length === 0) {
    target[key] = value
    return
  }
  const below = target[key]
  const next: Record<string, unknown> =
    typeof below === 'object' && below !== null ? (below as Record<string, unknown>) : {}
  target[key] = next
  set(next, rest, value)
}
