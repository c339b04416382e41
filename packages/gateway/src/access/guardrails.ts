/**
 * Guardrails: what an account's services and tasks may be, whoever asks. Every call to ECS is held against them before it is sent, and a task
 * definition once more when it is run or deployed, since it may have been registered before they were set, or elsewhere.
 */
import { cpuUnits, memoryMiB } from '@ecs-api/ecs-model'
import { Forbidden, firstOf, maxFaults } from '../problems/problem.ts'
import { matcher } from './fence.ts'

interface Guardrails {
  /** Where images may come from: globs of `host/path`, such as `*.dkr.ecr.*.amazonaws.com/*`. `*` in the host stops at the first `/`. */
  registries?: readonly string[]
  /** CPU units of a task. */
  maxCpu?: number
  /** MiB of a task. */
  maxMemory?: number
  /** Tasks of a service, or of one request to run some. */
  maxCount?: number
  /** `false`: no task gets a public address. */
  publicIp?: boolean
  /** Tags that clusters, services, task definitions and tasks must carry. */
  requiredTags?: readonly string[]
  /** Globs of the ARNs of roles that may be handed to tasks and services. */
  passRoles?: readonly string[]
  /** Members of ECS's inputs that may not be given, wherever they stand: `pidMode`, `linuxParameters.capabilities`. */
  forbiddenFields?: readonly string[]
}

type Input = Readonly<Record<string, unknown>>

/** What a call breaks: where in ECS's input, and why. */
interface Breach {
  at: string
  message: string
}

/** A rule looks at a call's input; the rows are independent of one another. */
type Rule = (guardrails: Guardrails, action: string, input: Input) => Breach[]

const rules: readonly Rule[] = [images, sizes, counts, publicAddress, tags, roles, fields]

/** @param guardrails all of them hold
 * @throws Forbidden `GuardrailBroken` with everything that is broken */
export function requireWithin(
  guardrails: readonly (Guardrails | undefined)[],
  account: string,
  action: string,
  input: object,
): void {
  const breaches = guardrails.flatMap((each) =>
    each ? rules.flatMap((rule) => rule(each, action, input as Input)) : [],
  )
  const [first] = breaches
  if (!first) return
  throw new Forbidden(
    'GuardrailBroken',
    firstOf(`The guardrails of ${account} forbid this: ${first.at}: ${first.message}`, breaches.length),
    {
      also: { breaches: breaches.slice(0, maxFaults) },
      next: 'Change the request, or ask whoever runs this service to widen the guardrails.',
    },
  )
}

/** `DeployTaskDefinition` is no action of ECS's: the definition that RunTask, CreateService or UpdateService names. */
const holdsDefinition: ReadonlySet<string> = new Set(['RegisterTaskDefinition', 'DeployTaskDefinition'])

/** Whether anything in a task definition can break them. */
export function guardDefinitions(guardrails: readonly (Guardrails | undefined)[]): boolean {
  const members = ['registries', 'maxCpu', 'maxMemory', 'passRoles', 'forbiddenFields'] as const
  return guardrails.some((each) => each && members.some((member) => each[member] !== undefined))
}

function images({ registries }: Guardrails, action: string, input: Input): Breach[] {
  if (!registries || !holdsDefinition.has(action)) return []
  return list(input.containerDefinitions).flatMap(({ image }, i) => {
    if (typeof image !== 'string' || registries.some((glob) => isFrom(glob, image))) return []
    return [
      { at: `containerDefinitions[${i}].image`, message: `${image} does not come from ${registries.join(' or ')}` },
    ]
  })
}

const hostForm = '(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\\[[0-9a-f:]+\\])(?::\\d+)?'
const wordForm = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*'
/** A name that can be pulled (Distribution, `reference` package, "Grammar"): in another a glob might find a host that no registry is asked by. */
const imageForm = new RegExp(
  `^(?:(?:${hostForm})/)?${wordForm}(?:/${wordForm})*(?::\\w[\\w.-]{0,127})?(?:@[\\w+.-]+:[0-9a-f]+)?$`,
)

/** A name has at most 255 characters, a tag 128, a digest a few more. */
const longestImage = 512

/** An image's name as Docker reads it: without a host it is Docker Hub's, without a path there `library/`. */
function isFrom(glob: string, image: string): boolean {
  const [first = '', ...rest] = image.split('/')
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  if (image.length > longestImage || !imageForm.test(hasHost ? [first.toLowerCase(), ...rest].join('/') : image))
    return false
  const host = hasHost ? first : 'docker.io'
  const path = hasHost ? rest.join('/') : rest.length > 0 ? image : `library/${image}`
  const [hostGlob = '', ...pathGlob] = glob.split('/')
  return matcher([hostGlob])(host.toLowerCase()) && (pathGlob.length === 0 || matcher([pathGlob.join('/')])(path))
}

function sizes({ maxCpu, maxMemory }: Guardrails, _: string, input: Input): Breach[] {
  const above = (at: string, value: number | undefined, most: number | undefined, unit: string): Breach[] =>
    value !== undefined && most !== undefined && value > most
      ? [{ at, message: `${value} ${unit} are more than ${most}` }]
      : []
  const overrides = map(input.overrides)
  return [
    ...above('cpu', units(input.cpu, cpuUnits), maxCpu, 'CPU units'),
    ...above('memory', units(input.memory, memoryMiB), maxMemory, 'MiB'),
    ...above('overrides.cpu', units(overrides.cpu, cpuUnits), maxCpu, 'CPU units'),
    ...above('overrides.memory', units(overrides.memory, memoryMiB), maxMemory, 'MiB'),
  ]
}

function units(value: unknown, read: (text: string) => number | undefined): number | undefined {
  return value === undefined ? undefined : read(String(value))
}

function counts({ maxCount }: Guardrails, _: string, input: Input): Breach[] {
  if (maxCount === undefined) return []
  return ['desiredCount', 'count'].flatMap((at) => {
    const value = input[at]
    return typeof value === 'number' && value > maxCount
      ? [{ at, message: `${value} tasks are more than ${maxCount}` }]
      : []
  })
}

function publicAddress({ publicIp }: Guardrails, _: string, input: Input): Breach[] {
  const { assignPublicIp } = map(map(input.networkConfiguration).awsvpcConfiguration)
  if (publicIp !== false || assignPublicIp !== 'ENABLED') return []
  return [
    { at: 'networkConfiguration.awsvpcConfiguration.assignPublicIp', message: 'tasks get no public address here' },
  ]
}

const tagged: ReadonlySet<string> = new Set(['CreateCluster', 'RegisterTaskDefinition', 'CreateService', 'RunTask'])

function tags({ requiredTags = [] }: Guardrails, action: string, input: Input): Breach[] {
  if (action === 'UntagResource') {
    const taken = (input.tagKeys as readonly string[] | undefined) ?? []
    return requiredTags
      .filter((key) => taken.includes(key))
      .map((key) => ({ at: 'tags', message: `the tag ${key} must stay` }))
  }
  // Tasks may also get theirs from the definition.
  if (!tagged.has(action) || (action === 'RunTask' && input.propagateTags === 'TASK_DEFINITION')) return []
  const given = new Set(list(input.tags).map(({ key }) => key))
  return requiredTags
    .filter((key) => !given.has(key))
    .map((key) => ({ at: 'tags', message: `the tag ${key} is missing` }))
}

function roles({ passRoles }: Guardrails, _: string, input: Input): Breach[] {
  if (!passRoles) return []
  const allowed = matcher(passRoles)
  return membersOf(input)
    .filter(
      ({ name, value }) => /^(role|.*RoleArn|roleArn)$/.test(name) && typeof value === 'string' && !allowed(value),
    )
    .map(({ at, value }) => ({ at, message: `the role ${value} may not be passed` }))
}

function fields({ forbiddenFields = [] }: Guardrails, _: string, input: Input): Breach[] {
  if (forbiddenFields.length === 0) return []
  return membersOf(input).flatMap(({ at, value }) => {
    const plain = at.replace(/\[\d+\]/g, '')
    const isForbidden = forbiddenFields.some((field) => plain === field || plain.endsWith(`.${field}`))
    return isForbidden && value !== undefined && value !== null ? [{ at, message: 'this may not be given here' }] : []
  })
}

/** Every member of the input, however deep. */
function membersOf(value: unknown, at = ''): { at: string; name: string; value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => membersOf(item, `${at}[${i}]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const here = at ? `${at}.${name}` : name
    return [{ at: here, name, value: member }, ...membersOf(member, here)]
  })
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(map) : []
}

function map(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
