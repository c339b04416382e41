/**
 * The values that the gateway hides in plans and comparisons: variables, commands, labels. `--show-values` fills them
 * in from the task definitions, which the person may read. On a terminal, the value of a flag is also shown without
 * `--show-values`: the person has just typed it. Not in the log of a CI job, where a flag may be
 * `--env "TOKEN=$TOKEN"`.
 */
import type { AccountClient, Plan } from '@ecs-api/client'
import type { Flag } from './command.ts'
import type { ContainerFields } from './container-flags.ts'

type Changes = Plan['changes']
type Json = Readonly<Record<string, unknown>>
/** The containers by name, with the members of the API. */
export type ContainersByName = Readonly<Record<string, Json>>

export const showValuesFlag: Flag = {
  spec: '--show-values',
  summary: 'show values that may be secret: variables, commands, labels',
}

/** The beginning of the gateway's text in place of a value that may be secret. */
const hiddenMark = '(hidden)'

export interface KnownValues {
  from?: ContainersByName | undefined
  to?: ContainersByName | undefined
}

/** The changes with their hidden values, as far as they are known. */
export function withKnownValues(changes: Changes, { from, to }: KnownValues): Changes {
  return changes.map((change) => ({
    ...change,
    from: filledIn(change.from, valueAt(from, change.path)),
    to: filledIn(change.to, valueAt(to, change.path)),
  }))
}

/** The containers of a task definition. Undefined when it cannot be read: then its values stay hidden. */
export async function containersOfDefinition(
  { taskDefinitions }: AccountClient,
  name: string | null | undefined,
): Promise<ContainersByName | undefined> {
  if (!name) return undefined
  const definition = await taskDefinitions.get(name).catch(() => undefined)
  return definition && Object.fromEntries(definition.containerDefinitions.map((each) => [each.name, { ...each }]))
}

/** The containers after the patch of a service: RFC 7396, JSON Merge Patch. */
export function withMergePatch(containers: ContainersByName | undefined, patch: unknown): ContainersByName | undefined {
  return containers && (merged(containers, patch ?? {}) as ContainersByName)
}

const nameOfSecret = /pass|secret|token|key|cred|auth|private/i

/** The values that flags set, without variables whose names sound like a secret. */
export function valuesFromFlags(containers: Readonly<Record<string, ContainerFields>>): ContainersByName {
  return Object.fromEntries(
    Object.entries(containers).map(([name, { environment = {}, ...fields }]) => {
      const shown = Object.entries(environment).filter(([variable]) => !nameOfSecret.test(variable))
      return [name, { ...fields, environment: Object.fromEntries(shown) }]
    }),
  )
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch
  const base = isMap(target) ? target : {}
  const members = Object.entries(patch).map(([name, value]) => [name, merged(base[name], value)] as const)
  return Object.fromEntries([...Object.entries(base), ...members].filter(([, value]) => value !== null))
}

/** @param path a JSON Pointer such as `/containers/web/environment/LEVEL` */
function valueAt(containers: ContainersByName | undefined, path: string): unknown {
  const [root, ...segments] = path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (root !== 'containers') return undefined
  return segments.reduce<unknown>((value, segment) => (isMap(value) ? value[segment] : undefined), containers)
}

/** The value with the parts of `known` in place of its hidden parts. */
function filledIn(value: unknown, known: unknown): unknown {
  if (known === undefined || known === null) return value
  if (typeof value === 'string') return value.startsWith(hiddenMark) ? known : value
  if (Array.isArray(value) && Array.isArray(known)) return value.map((item, i) => filledIn(item, known[i]))
  if (!isMap(value) || !isMap(known)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filledIn(item, known[name])]))
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
