/**
 * Guardrails: limits on the services and tasks of an account, for every caller. Each call to ECS is checked before it
 * is sent. A task definition is checked again when it is run or deployed, because it may have been registered before
 * the guardrails were set, or by another program.
 */
import { findOperation, parseCpuUnits, parseMemoryMiB, type Shape } from '@ecs-api/ecs-model'
import { Forbidden, firstFaultText, maxReportedFaults } from '../problems/problem.ts'
import { globMatcher } from './fence.ts'

interface Guardrails {
  /**
   * Allowed sources of images: globs of `host/path`, such as `*.dkr.ecr.*.amazonaws.com/*`. A `*` in the host matches
   * up to the first `/` only. A path without a tag allows all tags and digests.
   */
  registries?: readonly string[]
  /** The most CPU units of a task. */
  maxCpu?: number
  /** The most memory of a task, in MiB. */
  maxMemory?: number
  /** The most tasks of a service, or of one request that runs tasks. */
  maxCount?: number
  /** `false` forbids public addresses of tasks. */
  publicIp?: boolean
  /** Keys of tags that clusters, services, task definitions and tasks must have. */
  requiredTags?: readonly string[]
  /** Globs of the ARNs of roles that tasks and services may get. */
  passRoles?: readonly string[]
  /** Members of ECS's inputs that are forbidden at any depth, such as `pidMode` and `linuxParameters.capabilities`. */
  forbiddenFields?: readonly string[]
}

type Input = Readonly<Record<string, unknown>>

/** A violation of a guardrail. */
interface Breach {
  /** The path of the member in ECS's input; `tags` for a tag that UntagResource would remove. */
  at: string
  message: string
}

/** Checks the input of a call to ECS against one kind of guardrail. */
type Rule = (guardrails: Guardrails, action: string, input: Input) => Breach[]

const rules: readonly Rule[] = [
  checkImages,
  checkSizes,
  checkCounts,
  checkPublicAddress,
  checkTags,
  checkRoles,
  checkForbiddenFields,
]

/** @param current returns the sets of guardrails, which all apply */
export function accountGuardrails(account: string, current: () => readonly (Guardrails | undefined)[]) {
  const anyHas = (test: (guardrails: Guardrails) => boolean) => current().some((each) => each && test(each))
  return {
    requireAllowed: (action: string, input: object) =>
      requireWithinGuardrails(current(), account, action, input as Input),
    get limitsTaskDefinitions() {
      return anyHas((each) => taskDefinitionGuardrails.some((member) => each[member] !== undefined))
    },
    get requiresTags() {
      return anyHas(({ requiredTags = [] }) => requiredTags.length > 0)
    },
  }
}

/** @throws Forbidden `GuardrailBroken` with all breaches */
function requireWithinGuardrails(
  guardrails: readonly (Guardrails | undefined)[],
  account: string,
  action: string,
  input: Input,
): void {
  const breaches = guardrails.flatMap((each) => (each ? rules.flatMap((rule) => rule(each, action, input)) : []))
  const [first] = breaches
  if (!first) return
  throw new Forbidden(
    'GuardrailBroken',
    firstFaultText(`The guardrails of account ${account} forbid this: ${first.at}: ${first.message}`, breaches.length),
    {
      extensionMembers: { breaches: breaches.slice(0, maxReportedFaults) },
      next: 'Change the request, or ask the operator of the gateway to widen the guardrails.',
    },
  )
}

/**
 * The actions whose input is a task definition. `DeployTaskDefinition` is not an action of ECS: it means the use of a
 * registered task definition by RunTask, CreateService or UpdateService.
 */
const definitionActions: ReadonlySet<string> = new Set(['RegisterTaskDefinition', 'DeployTaskDefinition'])

/** The guardrails that limit task definitions, or the tags that tasks get from them. */
const taskDefinitionGuardrails = [
  'registries',
  'maxCpu',
  'maxMemory',
  'passRoles',
  'forbiddenFields',
  'requiredTags',
] as const satisfies (keyof Guardrails)[]

function checkImages({ registries }: Guardrails, action: string, input: Input): Breach[] {
  if (!registries || !definitionActions.has(action)) return []
  return toObjects(input.containerDefinitions).flatMap(({ image }, i) => {
    if (typeof image !== 'string' || registries.some((glob) => isFromRegistry(glob, image))) return []
    return [
      { at: `containerDefinitions[${i}].image`, message: `${image} does not come from ${registries.join(' or ')}` },
    ]
  })
}

const hostPattern = '(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\\[[0-9a-f:]+\\])(?::\\d+)?'
const segmentPattern = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*'
/**
 * A valid image name (Distribution, `reference` package, "Grammar"). Other names are rejected: Docker might pull them
 * from another host than the one that is compared with the globs here.
 */
const imageNamePattern = new RegExp(
  `^(?:(?:${hostPattern})/)?${segmentPattern}(?:/${segmentPattern})*(?::\\w[\\w.-]{0,127})?(?:@[\\w+.-]+:[0-9a-f]+)?$`,
)

/** More than any valid image name has: a name has at most 255 characters, a tag 128, a digest of SHA-512 136. */
const maxImageLength = 512

const dockerHub = /^(?:index\.)?docker\.io$/

/**
 * Whether the image comes from the registry of the glob. As in Docker, a name without a host is on Docker Hub, and a
 * name of a single word is in the path `library/` there.
 */
function isFromRegistry(glob: string, image: string): boolean {
  const [first = '', ...others] = image.split('/')
  const hasHost = others.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const withLowerCaseHost = hasHost ? [first.toLowerCase(), ...others].join('/') : image
  if (image.length > maxImageLength || !imageNamePattern.test(withLowerCaseHost)) return false
  const host = hasHost ? first.toLowerCase() : 'docker.io'
  const pathInName = hasHost ? others.join('/') : image
  const path = dockerHub.test(host) && !pathInName.includes('/') ? `library/${pathInName}` : pathInName
  const [hostGlob = '', ...pathGlob] = glob.split('/')
  const isAllowedPath = globMatcher([pathGlob.join('/')])
  const hasAllowedPath = pathGlob.length === 0 || isAllowedPath(path) || isAllowedPath(path.replace(/[:@].*$/, ''))
  return hasAllowedPath && globMatcher([hostGlob])(host)
}

function checkSizes({ maxCpu, maxMemory }: Guardrails, _: string, input: Input): Breach[] {
  const checkMax = (at: string, value: number | undefined, max: number | undefined, unit: string): Breach[] =>
    value !== undefined && max !== undefined && value > max
      ? [{ at, message: `${value} ${unit} are more than ${max}` }]
      : []
  const overrides = toObject(input.overrides)
  return [
    ...checkMax('cpu', parseSize(input.cpu, parseCpuUnits), maxCpu, 'CPU units'),
    ...checkMax('memory', parseSize(input.memory, parseMemoryMiB), maxMemory, 'MiB'),
    ...checkMax('overrides.cpu', parseSize(overrides.cpu, parseCpuUnits), maxCpu, 'CPU units'),
    ...checkMax('overrides.memory', parseSize(overrides.memory, parseMemoryMiB), maxMemory, 'MiB'),
  ]
}

function parseSize(value: unknown, parse: (text: string) => number | undefined): number | undefined {
  return value === undefined ? undefined : parse(String(value))
}

function checkCounts({ maxCount }: Guardrails, _: string, input: Input): Breach[] {
  if (maxCount === undefined) return []
  return ['desiredCount', 'count'].flatMap((member) => {
    const value = input[member]
    return typeof value === 'number' && value > maxCount
      ? [{ at: member, message: `${value} tasks are more than ${maxCount}` }]
      : []
  })
}

function checkPublicAddress({ publicIp }: Guardrails, _: string, input: Input): Breach[] {
  const { assignPublicIp } = toObject(toObject(input.networkConfiguration).awsvpcConfiguration)
  if (publicIp !== false || assignPublicIp !== 'ENABLED') return []
  return [{ at: 'networkConfiguration.awsvpcConfiguration.assignPublicIp', message: 'public addresses are forbidden' }]
}

const taggingActions: ReadonlySet<string> = new Set([
  'CreateCluster',
  'RegisterTaskDefinition',
  'CreateService',
  'RunTask',
])

function checkTags({ requiredTags = [] }: Guardrails, action: string, input: Input): Breach[] {
  if (action === 'UntagResource') {
    const removed = (input.tagKeys as readonly string[] | undefined) ?? []
    return requiredTags
      .filter((key) => removed.includes(key))
      .map((key) => ({ at: 'tags', message: `the tag ${key} is required and must stay` }))
  }
  const missingIn = (tags: unknown) => {
    const keys = new Set(toObjects(tags).map(({ key }) => key))
    return requiredTags.filter((key) => !keys.has(key))
  }
  const takesTagsOfDefinition = input.propagateTags === 'TASK_DEFINITION'
  if (action === 'DeployTaskDefinition')
    return takesTagsOfDefinition
      ? missingIn(input.tags).map((key) => ({
          at: 'propagateTags',
          message: `the task definition, whose tags the tasks get, lacks the required tag ${key}`,
        }))
      : []
  const breaches: Breach[] = []
  if (taggingActions.has(action) && !(action === 'RunTask' && takesTagsOfDefinition))
    for (const key of missingIn(input.tags))
      breaches.push({ at: 'tags', message: `the required tag ${key} is missing` })
  if (requiredTags.length > 0 && lacksPropagation(action, input.propagateTags))
    breaches.push({
      at: 'propagateTags',
      message: `tasks of the service would lack the required tag ${requiredTags[0]}: use SERVICE or TASK_DEFINITION`,
    })
  return breaches
}

/** Whether the tasks of the service get no tags. UpdateService without `propagateTags` leaves it as it is. */
function lacksPropagation(action: string, propagateTags: unknown): boolean {
  if (action === 'CreateService') return propagateTags === undefined || propagateTags === 'NONE'
  return action === 'UpdateService' && propagateTags === 'NONE'
}

function checkRoles({ passRoles }: Guardrails, action: string, input: Input): Breach[] {
  if (!passRoles) return []
  const allowed = globMatcher(passRoles)
  const isRole = ({ name, mapPath }: Member) => mapPath === undefined && /^(role|.*RoleArn|roleArn)$/.test(name)
  return membersOf(action, input)
    .filter((member) => isRole(member) && typeof member.value === 'string' && !allowed(member.value))
    .map(({ at, value }) => ({ at, message: `the role ${value} is not allowed` }))
}

function checkForbiddenFields({ forbiddenFields = [] }: Guardrails, action: string, input: Input): Breach[] {
  if (forbiddenFields.length === 0) return []
  return membersOf(action, input).flatMap((member) => {
    const { at, value } = member
    const isForbidden = forbiddenFields.some((field) => isField(member, field))
    return isForbidden && value !== undefined && value !== null ? [{ at, message: 'this member is forbidden' }] : []
  })
}

/**
 * Whether the path of the member ends with the field. A field that names only a key of a map never matches, because
 * clients choose these keys: a label may be called `privileged`. `dockerLabels.privileged` does match this label.
 */
function isField({ at, mapPath }: Member, field: string): boolean {
  const path = withoutIndexes(at)
  if (path !== field && !path.endsWith(`.${field}`)) return false
  return mapPath === undefined || path.length - field.length <= withoutIndexes(mapPath).length
}

const withoutIndexes = (path: string) => path.replace(/\[\d+\]/g, '')

interface Member {
  /** The path of the member in the input. */
  at: string
  name: string
  value: unknown
  /** The path of the map in which this member is a key that the client chose, such as a label. */
  mapPath: string | undefined
}

/**
 * Lists every member of an action's input, at any depth. For an action that is not ECS's, no map is known, so the keys
 * of maps count as names of fields.
 */
function membersOf(action: string, input: Input): Member[] {
  const operation = findOperation(action === 'DeployTaskDefinition' ? 'RegisterTaskDefinition' : action)
  return membersIn(input, operation?.input, { at: '', mapPath: undefined })
}

function membersIn(value: unknown, shape: Shape | undefined, place: Pick<Member, 'at' | 'mapPath'>): Member[] {
  const { at, mapPath } = place
  if (Array.isArray(value)) {
    const itemShape = shape?.kind === 'list' ? shape.of : undefined
    return value.flatMap((item, i) => membersIn(item, itemShape, { at: `${at}[${i}]`, mapPath }))
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const memberPath = at ? `${at}.${name}` : name
    const memberShape = shape?.kind === 'structure' ? shape.members.get(name)?.shape : undefined
    const mapPathInside = memberShape?.kind === 'map' ? memberPath : mapPath
    return [
      { at: memberPath, name, value: member, mapPath },
      ...membersIn(member, memberShape, { at: memberPath, mapPath: mapPathInside }),
    ]
  })
}

function toObjects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(toObject) : []
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
