/** The fields of a plan or a comparison in the words of the console: each field by its JSON Pointer. */
import { breakerText, memberLabel, oneLineText, withLowerInitial, wordOf } from '../facts/words.ts'
import { containerFieldLabel, fieldLabelOf } from '../forms/field-label.ts'

const labels: readonly (readonly [pattern: RegExp, label: string])[] = [
  [/^\/deploymentConfiguration\/deploymentCircuitBreaker(\/enable)?$/, 'Circuit breaker'],
  [/^\/deploymentConfiguration\/deploymentCircuitBreaker\/rollback$/, 'Circuit breaker: roll back'],
  [/^(\/networkConfiguration\/awsvpcConfiguration)?\/subnets$/, 'Subnets'],
  [/^(\/networkConfiguration\/awsvpcConfiguration)?\/securityGroups$/, 'Security groups'],
  [/^(\/networkConfiguration\/awsvpcConfiguration)?\/assignPublicIp$/, 'Public address'],
  [/^\/networkConfiguration$/, 'Network'],
  [/^\/enableECSManagedTags$/, 'Tags of ECS'],
  [/^\/enableExecuteCommand$/, 'Terminals'],
  [/^\/runtimePlatform\/cpuArchitecture$/, 'CPU architecture'],
  [/^\/ephemeralStorage(\/sizeInGiB)?$/, 'Ephemeral storage, GiB'],
  [/^\/tags$/, 'Tags'],
]

/** The members of a container with values by name, such as its variables. */
const namedValueLabels: Readonly<Record<string, string>> = {
  environment: 'Variable',
  secrets: 'Secret',
  dockerLabels: 'Docker label',
  'logConfiguration/options': 'Log option',
}

const segmentsOf = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))

/** The label of the field: a word of its own, or its members in words, such as `Volumes: name`. */
export function changeLabel(changedPointer: string): string {
  // A plan of a service has the members of its task definition below `/definition`.
  const pointer = changedPointer.replace(/^\/definition\//, '/')
  const segments = segmentsOf(pointer)
  const [first = '', second, ...rest] = segments
  if (first === 'tags' && second !== undefined) return `Tag ${[second, ...rest].join('/')}`
  if (first === 'images' && second !== undefined) return `${rest[0] === 'digest' ? 'Digest' : 'Image'} of ${second}`
  if (first === 'containers' && second !== undefined) return containerChangeLabel(second, rest)
  // The plan that deregisters a revision names the revision first.
  if (/^[^/]+:\d+$/.test(first) && second === 'status') return `Status of ${first}`
  const label = labels.find(([pattern]) => pattern.test(pointer))?.[1] ?? fieldLabelOf(pointer)
  return label ?? membersLabel(segments)
}

/** `Linux parameters: init process enabled`. A name that is no member of a shape stays as it is. */
function membersLabel(path: readonly string[]): string {
  const words = path.map((name) => (/^[a-z]+([A-Z]+[a-z]*)*$/.test(name) ? memberLabel(name) : name))
  return [words[0], ...words.slice(1).map(withLowerInitial)].join(': ')
}

/** Whether the field is one of several values by name, which a change adds or removes. */
export const isNamedValue = (pointer: string) =>
  namedValueLabels[segmentsOf(pointer).slice(2, -1).join('/')] !== undefined

function containerChangeLabel(container: string, path: readonly string[]): string {
  if (path.length === 0) return `Container ${container}`
  const [member, name] = [path.slice(0, -1).join('/'), path.at(-1)!]
  if (namedValueLabels[member]) return `${namedValueLabels[member]} ${name} of ${container}`
  const label = containerFieldLabel(path.join('/'))
  if (label && (path.length === 1 || path[0] === 'healthCheck')) return `${label} of ${container}`
  return `${membersLabel(path)} of ${container}`
}

const constantMember =
  /\/(status|launchType|assignPublicIp|strategy|propagateTags|schedulingStrategy|availabilityZoneRebalancing)$/

/** A value of the field in one line. */
export function changedValueText(pointer: string, value: unknown): string {
  if (typeof value === 'string') return constantMember.test(pointer) ? wordOf(value) : value
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (pointer.endsWith('/deploymentCircuitBreaker')) return breakerText(value as Parameters<typeof breakerText>[0])
  // The words of a command can contain commas and spaces.
  const isCommand = /\/(command|entryPoint)$/.test(pointer)
  return typeof value === 'object' && !isCommand ? oneLineText(value) : JSON.stringify(value)
}
