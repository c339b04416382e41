/** The fields of a plan or a comparison in the words of the console: each field by its JSON Pointer. */
import { breakerText, memberLabel, oneLineText, wordOf } from '../facts/words.ts'
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

/** The label of the field; undefined for a field without a word, which the page shows by its pointer. */
export function changeLabel(pointer: string): string | undefined {
  const [first = '', second, ...rest] = segmentsOf(pointer)
  if (first === 'tags' && second !== undefined) return `Tag ${[second, ...rest].join('/')}`
  if (first === 'images' && second !== undefined) return `${rest[0] === 'digest' ? 'Digest' : 'Image'} of ${second}`
  if (first === 'containers' && second !== undefined) return containerChangeLabel(second, rest)
  // The plan that deregisters a revision names the revision first.
  if (/^[^/]+:\d+$/.test(first) && second === 'status') return `Status of ${first}`
  const label = labels.find(([pattern]) => pattern.test(pointer))?.[1] ?? fieldLabelOf(pointer)
  return label ?? (second === undefined && /^[a-z]+([A-Z][a-z]+)*$/.test(first) ? memberLabel(first) : undefined)
}

function containerChangeLabel(container: string, path: readonly string[]): string | undefined {
  if (path.length === 0) return `Container ${container}`
  const [member, name] = [path.slice(0, -1).join('/'), path.at(-1)!]
  if (namedValueLabels[member]) return `${namedValueLabels[member]} ${name} of ${container}`
  const label = containerFieldLabel(path.join('/'))
  if (label && (path.length === 1 || path[0] === 'healthCheck')) return `${label} of ${container}`
  return path.length === 1 ? `${memberLabel(name)} of ${container}` : undefined
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
