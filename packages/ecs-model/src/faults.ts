/** Validates an operation's input by ECS's rules, as far as the input alone allows. */
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
import { type Fault, isVerified, type Path, type Rule, type RuleContext } from './rules/rule.ts'
import { serviceRules } from './rules/service.ts'
import { serviceConnectRules } from './rules/service-connect.ts'
import { taskDefinitionRules } from './rules/task-definition.ts'
import { volumeConfigurationRules } from './rules/volume-configurations.ts'
import { volumeRules } from './rules/volumes.ts'
import { findOperation, type Member, type Shape, type StructureShape } from './service-model.ts'

/** All rules. ECS checks the rules on one structure in this order. */
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

const rulesByStructure = new Map<string, Rule[]>()
for (const rule of allRules) {
  const rules = rulesByStructure.get(rule.on)
  if (rules) rules.push(rule)
  else rulesByStructure.set(rule.on, [rule])
}

// Required members whose absence a rule in `allRules` reports, with ECS's message.
const membersRequiredByRule = new Set([
  'RegisterTaskDefinitionRequest.containerDefinitions',
  'MetricConfiguration.metricNames',
  'MetricConfiguration.resolutionSeconds',
  'ContainerDefinition.name',
  'ContainerDefinition.image',
  'CreateServiceRequest.desiredCount',
  'Tag.value',
  'KeyValuePair.name',
])
// Members whose unknown values a rule in `allRules` always reports, with ECS's message.
const valuesCheckedByRule = new Set([
  'LogConfiguration.logDriver',
  'ThresholdConfiguration.type',
  'MetricConfiguration.metricNames',
])
// Members whose unknown values a rule reports when a definition requires FARGATE.
const valuesCheckedByFargateRule = new Set(['RuntimePlatform.cpuArchitecture', 'RuntimePlatform.operatingSystemFamily'])
// ECS's message for members whose name or values ECS writes differently (AWS response recorded as services 66-68).
const valueMessages = new Map([
  ['schedulingStrategy', 'Scheduling strategy should be one of [REPLICA,DAEMON]'],
  ['launchType', 'launch type should be one of [EC2,FARGATE,EXTERNAL,FMI,MANAGED_INSTANCES]'],
])

/** The most containers that are checked. A task definition can have 10, but a body may have thousands. */
const MAX_CONTAINERS = 100

/**
 * Returns every fault of an input in ECS's form: first missing members and unknown values, then the rules in the order
 * of `allRules`.
 * @param input as `readRequest` returns it: no unknown members, no nulls, each member with its JSON type
 * @throws Error when ECS has no such operation
 */
export function faultsOf(
  operationName: string,
  input: Readonly<Record<string, unknown>>,
  context: RuleContext = {},
): Fault[] {
  const operation = findOperation(operationName)
  if (!operation) throw new Error(`ECS has no action ${operationName}`)
  const checker = new InputChecker(operationName, input, context)
  checker.checkStructure(operation.input, input, [])
  return [...checker.faults, ...checker.ruleFaults]
}

class InputChecker {
  readonly faults: Fault[] = []
  readonly ruleFaults: Fault[] = []
  readonly #operationName: string
  readonly #root: Readonly<Record<string, unknown>>
  readonly #context: RuleContext
  readonly #isFargate: boolean

  constructor(operationName: string, root: Readonly<Record<string, unknown>>, context: RuleContext) {
    this.#operationName = operationName
    this.#root = root
    this.#context = context
    this.#isFargate = Array.isArray(root.requiresCompatibilities) && root.requiresCompatibilities.includes('FARGATE')
  }

  checkStructure(shape: StructureShape, value: Readonly<Record<string, unknown>>, path: Path): void {
    for (const member of shape.members.values()) {
      const given = value[member.name]
      // Most members are missing, and a body can have thousands of structures, so nothing is allocated for missing
      // members.
      if (given === undefined && !member.required) continue
      const qualifiedName = `${shape.name}.${member.name}`
      const memberPath = [...path, member.name]
      if (given === undefined) {
        if (!membersRequiredByRule.has(qualifiedName))
          this.#addFault(`${capitalised(member.name)} is missing`, memberPath, { missing: true })
        continue
      }
      if (
        member.values &&
        !valuesCheckedByRule.has(qualifiedName) &&
        !(this.#isFargate && valuesCheckedByFargateRule.has(qualifiedName))
      )
        this.#checkValues(member, given, memberPath)
      this.#checkNested(member.shape, given, memberPath)
    }
    if (shape.union && Object.keys(value).length !== 1)
      this.#addFault(`Exactly one of ${[...shape.members.keys()].join(', ')} must be given`, path)
    for (const rule of rulesByStructure.get(shape.name) ?? [])
      for (const [relativePath, message, hint] of rule.find(value as never, this.#root as never, this.#context))
        this.ruleFaults.push({
          code: rule.code,
          message,
          path: [...path, ...relativePath],
          verified: isVerified(rule),
          afterLookup: rule.afterLookup,
          missing: isMissing(value, relativePath),
          ...(hint && { hint }),
        })
  }

  #checkNested(shape: Shape, value: unknown, path: Path): void {
    if (shape.kind === 'structure') this.checkStructure(shape, value as Record<string, unknown>, path)
    else if (shape.kind === 'list') {
      const items = value as unknown[]
      // A rule rejects a list that is too long, so its items need not all be checked.
      const isTooLong =
        shape.of.kind === 'structure' && shape.of.name === 'ContainerDefinition' && items.length > MAX_CONTAINERS
      for (const [i, item] of (isTooLong ? items.slice(0, MAX_CONTAINERS) : items).entries())
        this.#checkNested(shape.of, item, [...path, i])
    } else if (shape.kind === 'map')
      for (const [key, item] of Object.entries(value as Record<string, unknown>))
        this.#checkNested(shape.of, item, [...path, key])
  }

  #checkValues(member: Member, given: unknown, path: Path): void {
    const values = member.values ?? []
    for (const [i, value] of (Array.isArray(given) ? given : [given]).entries()) {
      if (typeof value !== 'string' || values.includes(value)) continue
      const valuePath = Array.isArray(given) ? [...path, i] : path
      if (this.#operationName === 'DescribeTaskDefinition' && member.name === 'include')
        this.#addFault(
          `${value} is not a valid value for include. The value must be one of [[${values.join(', ')}]]`,
          valuePath,
          { code: 'ClientException' },
        )
      else if (member.name === 'include') this.#addFault(`include should be one of [${values}]`, valuePath)
      else
        this.#addFault(
          valueMessages.get(member.name) ?? `${capitalised(member.name)} should be one of [${values}]`,
          valuePath,
        )
    }
  }

  #addFault(message: string, path: Path, { missing = false, code = 'InvalidParameterException' } = {}): void {
    this.faults.push({ code, message, path, verified: true, afterLookup: false, missing })
  }
}

function isMissing(value: unknown, path: Path): boolean {
  let current = value
  for (const segment of path) {
    if (typeof current !== 'object' || current === null) return true
    current = (current as Record<string | number, unknown>)[segment]
  }
  return current === undefined
}

function capitalised(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1)
}
