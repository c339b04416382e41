/**
 * What may be kept of a body: everything that says what was done, nothing that may be secret. Values stay only under names that ECS or
 * this service knows, save where people write free text. What a fault put somewhere unknown is told by its name alone.
 */
import { operation, type Shape } from '@ecs-api/ecs-model'

const hidden = '(hidden)'

/** Members whose values people write themselves, in whichever form: a map, a list of pairs, a list of words. Names in them stay. */
const freeText = new Set([
  'environment',
  'command',
  'entryPoint',
  'healthCheck',
  'dockerLabels',
  'options',
  'driverOpts',
  'labels',
  'value',
])
/** Maps whose names people choose. */
const named = new Set(['tags', 'settings', 'containers'])
/** The contract's shorthands, and bodies of this service's own. */
const ownNames = [
  'name',
  'ports',
  'subnets',
  'securityGroups',
  'assignPublicIp',
  'count',
  'containers',
  'role',
  'accounts',
  'clusters',
  'taskDefinitions',
  'expiresAt',
  'stopType',
]
const operations = [
  'CreateCluster',
  'UpdateCluster',
  'RegisterTaskDefinition',
  'CreateService',
  'UpdateService',
  'RunTask',
]

let known: ReadonlySet<string> | undefined

export function withoutSecrets(value: unknown): unknown {
  known ??= new Set([...ownNames, ...operations.flatMap((name) => [...namesIn(operation(name)?.input)])])
  // What is no map has no names to go by.
  return isMap(value) ? kept(value, known) : hiddenIn(value)
}

function kept(value: unknown, known: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => kept(item, known))
  if (typeof value !== 'object' || value === null) return value
  return mapped(value, (name, member) => {
    if (named.has(name) && isMap(member))
      return mapped(member, (_, below) =>
        isMap(below) || name !== 'containers' ? kept(below, known) : hiddenIn(below),
      )
    return known.has(name) && !freeText.has(name) ? kept(member, known) : hiddenIn(member)
  })
}

function hiddenIn(value: unknown): unknown {
  if (value === null || value === undefined) return value
  if (Array.isArray(value))
    return value.map((item) => (isMap(item) && 'name' in item ? { name: item.name, value: hidden } : hidden))
  return isMap(value) ? mapped(value, () => hidden) : hidden
}

function mapped(value: object, change: (name: string, member: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(name, member)]))
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function namesIn(shape: Shape | undefined, found = new Set<string>(), seen = new Set<Shape>()): Set<string> {
  if (!shape || seen.has(shape)) return found
  seen.add(shape)
  if (shape.kind === 'list' || shape.kind === 'map') return namesIn(shape.of, found, seen)
  if (shape.kind !== 'structure') return found
  for (const member of shape.members.values()) {
    found.add(member.name)
    namesIn(member.shape, found, seen)
  }
  return found
}
