/**
 * Removes values that may be secret from a request body, for the audit log. A value stays only under a member name that
 * ECS's inputs or the gateway's bodies have, unless the member holds free text. Members with other names, such as
 * misspelled names, keep their name but not their value.
 */
import { findOperation, type Shape } from '@ecs-api/ecs-model'

const hidden = '(hidden)'

/** Members with free text, which may be a map, a list of pairs or a list of strings. The names in them stay. */
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
/** Maps whose keys the client chooses. */
const mapsWithChosenKeys = new Set(['tags', 'settings', 'containers'])
/** Member names of this API that ECS's inputs do not have. */
const gatewayMemberNames = [
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
  'release',
  'permissions',
  'interactive',
  'columns',
  'rows',
  'container',
  'task',
  'session',
]
const ecsOperations = [
  'CreateCluster',
  'UpdateCluster',
  'RegisterTaskDefinition',
  'CreateService',
  'UpdateService',
  'DeleteService',
  'StopServiceDeployment',
  'ContinueServiceDeployment',
  'TagResource',
  'UntagResource',
  'RunTask',
]

let knownNames: ReadonlySet<string> | undefined

/** Returns a copy of a body with `(hidden)` in place of values that may be secret. */
export function withoutSecrets(value: unknown): unknown {
  knownNames ??= new Set([
    ...gatewayMemberNames,
    ...ecsOperations.flatMap((name) => [...namesIn(findOperation(name)?.input)]),
  ])
  // A body that is not an object has no member names, so its values are hidden.
  return isMap(value) ? hideUnknown(value, knownNames) : hide(value)
}

function hideUnknown(value: unknown, knownNames: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => hideUnknown(item, knownNames))
  if (typeof value !== 'object' || value === null) return value
  return mapMembers(value, (name, member) => {
    // A container that is not an object is a mistake of the client, so its value may be anything.
    if (mapsWithChosenKeys.has(name) && isMap(member))
      return mapMembers(member, (_, item) =>
        isMap(item) || name !== 'containers' ? hideUnknown(item, knownNames) : hide(item),
      )
    return knownNames.has(name) && !freeText.has(name) ? hideUnknown(member, knownNames) : hide(member)
  })
}

function hide(value: unknown): unknown {
  if (value === null || value === undefined) return value
  if (Array.isArray(value))
    return value.map((item) => (isMap(item) && 'name' in item ? { name: item.name, value: hidden } : hidden))
  return isMap(value) ? mapMembers(value, () => hidden) : hidden
}

function mapMembers(value: object, change: (name: string, member: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(name, member)]))
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Lists the member names of a shape at any depth. */
function namesIn(shape: Shape | undefined, names = new Set<string>(), visited = new Set<Shape>()): Set<string> {
  if (!shape || visited.has(shape)) return names
  visited.add(shape)
  if (shape.kind === 'list' || shape.kind === 'map') return namesIn(shape.of, names, visited)
  if (shape.kind !== 'structure') return names
  for (const member of shape.members.values()) {
    names.add(member.name)
    namesIn(member.shape, names, visited)
  }
  return names
}
