/** What is wrong with an operation's input by ECS's own rules, as far as the input alone can tell. */
import { clusterRules } from './rules/cluster.ts'
import { containerRules } from './rules/container.ts'
import { dependencyRules } from './rules/dependencies.ts'
import { deploymentRules } from './rules/deployment.ts'
import { environmentRules } from './rules/environment.ts'
import { fargateRules } from './rules/fargate.ts'
import { launchRules } from './rules/launch.ts'
import { loadBalancerRules } from './rules/load-balancers.ts'
import { loggingRules } from './rules/logging.ts'
import { placementRules } from './rules/placement.ts'
import { portRules } from './rules/ports.ts'
import { proxyRules } from './rules/proxy.ts'
import { type Fault, isVerified, type Known, type Path, type Rule } from './rules/rule.ts'
import { serviceRules } from './rules/service.ts'
import { serviceConnectRules } from './rules/service-connect.ts'
import { taskDefinitionRules } from './rules/task-definition.ts'
import { volumeConfigurationRules } from './rules/volume-configurations.ts'
import { volumeRules } from './rules/volumes.ts'
import { type Member, operation, type Shape, type StructureShape } from './service-model.ts'

/** All rules; of those on one structure the first is the first that ECS finds. */
const allRules: readonly Rule[] = [
  ...clusterRules,
  ...taskDefinitionRules,
  ...containerRules,
  ...portRules,
  ...dependencyRules,
  ...environmentRules,
  ...volumeRules,
  ...loggingRules,
  ...proxyRules,
  ...fargateRules,
  ...serviceRules,
  ...placementRules,
  ...deploymentRules,
  ...loadBalancerRules,
  ...launchRules,
  ...serviceConnectRules,
  ...volumeConfigurationRules,
]

const rulesOf = new Map<string, Rule[]>()
for (const rule of allRules) {
  const known = rulesOf.get(rule.on)
  if (known) known.push(rule)
  else rulesOf.set(rule.on, [rule])
}

// Members that have a rule of their own for their absence, with ECS's words for it.
const ownWords = new Set([
  'RegisterTaskDefinitionRequest.containerDefinitions',
  'MetricConfiguration.metricNames',
  'MetricConfiguration.resolutionSeconds',
  'ContainerDefinition.name',
  'ContainerDefinition.image',
  'CreateServiceRequest.desiredCount',
  'Tag.value',
  'KeyValuePair.name',
])
// Values that a rule tells in ECS's own words: always, or of definitions that require FARGATE.
const ruledValues = new Set([
  'LogConfiguration.logDriver',
  'ThresholdConfiguration.type',
  'MetricConfiguration.metricNames',
])
const ruledOnFargate = new Set(['RuntimePlatform.cpuArchitecture', 'RuntimePlatform.operatingSystemFamily'])
// ECS's own name and order of some values (capture services 66-68).
const ownValues = new Map([
  ['schedulingStrategy', 'Scheduling strategy should be one of [REPLICA,DAEMON]'],
  ['launchType', 'launch type should be one of [EC2,FARGATE,EXTERNAL,FMI,MANAGED_INSTANCES]'],
])

/** Of more containers than any definition can have, only so many are looked into: a body can have thousands. */
const MAX_CONTAINERS = 100

/**
 * Every fault of an input in ECS's own shape, missing members and unknown values first, then rule by rule in the order of the tables.
 * @param input as `readRequest` gives it: no unknown members, no nulls, each member of its JSON type.
 */
export function faultsOf(operationName: string, input: Readonly<Record<string, unknown>>, known: Known = {}): Fault[] {
  const named = operation(operationName)
  if (!named) throw new Error(`ECS has no action ${operationName}`)
  const walk = new Walk(operationName, input, known)
  walk.structure(named.input, input, [])
  return [...walk.faults, ...walk.ruled]
}

class Walk {
  readonly faults: Fault[] = []
  readonly ruled: Fault[] = []
  readonly #operation: string
  readonly #root: Readonly<Record<string, unknown>>
  readonly #known: Known
  readonly #isFargate: boolean

  constructor(operationName: string, root: Readonly<Record<string, unknown>>, known: Known) {
    this.#operation = operationName
    this.#root = root
    this.#known = known
    this.#isFargate = Array.isArray(root.requiresCompatibilities) && root.requiresCompatibilities.includes('FARGATE')
  }

  structure(shape: StructureShape, value: Readonly<Record<string, unknown>>, path: Path): void {
    for (const member of shape.members.values()) {
      const given = value[member.name]
      // Most members are missing, and a body can have thousands of structures: nothing is made for what is not looked at.
      if (given === undefined && !member.required) continue
      const name = `${shape.name}.${member.name}`
      const at = [...path, member.name]
      if (given === undefined) {
        if (!ownWords.has(name)) this.#invalid(`${capitalised(member.name)} is missing`, at, true)
        continue
      }
      if (member.values && !ruledValues.has(name) && !(this.#isFargate && ruledOnFargate.has(name)))
        this.#values(member, given, at)
      this.#inside(member.shape, given, at)
    }
    if (shape.union && Object.keys(value).length !== 1)
      this.#invalid(`Exactly one of ${[...shape.members.keys()].join(', ')} must be given`, path)
    for (const rule of rulesOf.get(shape.name) ?? [])
      for (const [where, message, hint] of rule.find(value as never, this.#root as never, this.#known))
        this.ruled.push({
          code: rule.code,
          message,
          path: [...path, ...where],
          verified: isVerified(rule),
          afterLookup: rule.afterLookup,
          missing: isMissing(value, where),
          ...(hint && { hint }),
        })
  }

  #inside(shape: Shape, value: unknown, path: Path): void {
    if (shape.kind === 'structure') this.structure(shape, value as Record<string, unknown>, path)
    else if (shape.kind === 'list') {
      const items = value as unknown[]
      // A rule rejects the list as a whole.
      const isTooLong =
        shape.of.kind === 'structure' && shape.of.name === 'ContainerDefinition' && items.length > MAX_CONTAINERS
      for (const [i, item] of (isTooLong ? items.slice(0, MAX_CONTAINERS) : items).entries())
        this.#inside(shape.of, item, [...path, i])
    } else if (shape.kind === 'map')
      for (const [key, item] of Object.entries(value as Record<string, unknown>))
        this.#inside(shape.of, item, [...path, key])
  }

  #values(member: Member, given: unknown, path: Path): void {
    const values = member.values ?? []
    for (const [i, value] of (Array.isArray(given) ? given : [given]).entries()) {
      if (typeof value !== 'string' || values.includes(value)) continue
      const at = Array.isArray(given) ? [...path, i] : path
      if (this.#operation === 'DescribeTaskDefinition' && member.name === 'include')
        this.#invalid(
          `${value} is not a valid value for include. The value must be one of [[${values.join(', ')}]]`,
          at,
          false,
          'ClientException',
        )
      else if (member.name === 'include') this.#invalid(`include should be one of [${values}]`, at)
      else this.#invalid(ownValues.get(member.name) ?? `${capitalised(member.name)} should be one of [${values}]`, at)
    }
  }

  #invalid(message: string, path: Path, missing = false, code = 'InvalidParameterException'): void {
    this.faults.push({ code, message, path, verified: true, afterLookup: false, missing })
  }
}

function isMissing(value: unknown, path: Path): boolean {
  let here = value
  for (const segment of path) {
    if (typeof here !== 'object' || here === null) return true
    here = (here as Record<string | number, unknown>)[segment]
  }
  return here === undefined
}

function capitalised(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1)
}
