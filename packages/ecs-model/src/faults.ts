/** What is wrong with an operation's input by ECS's own rules, as far as the input alone can tell. */
import { clusterRules } from './rules/cluster.ts'
import { fargateRules } from './rules/fargate.ts'
import type { Fault, Path, Rule } from './rules/rule.ts'
import { serviceRules } from './rules/service.ts'
import { taskDefinitionRules } from './rules/task-definition.ts'
import { type Member, operation, type Shape, type StructureShape } from './service-model.ts'

const rulesOf = new Map<string, Rule[]>()
for (const rule of [...clusterRules, ...taskDefinitionRules, ...fargateRules, ...serviceRules]) {
  const rules = rulesOf.get(rule.on)
  if (rules) rules.push(rule)
  else rulesOf.set(rule.on, [rule])
}

// Members that have a rule of their own for their absence, with ECS's words for it.
const ownWords = new Set([
  'ContainerDefinition.name',
  'ContainerDefinition.image',
  'CreateServiceRequest.desiredCount',
  'Tag.value',
  'KeyValuePair.name',
])
// A value that ECS's own rule tells in ECS's own words.
const ownValues = new Map([['schedulingStrategy', 'Scheduling strategy']])
const ruledValues = new Set(['LogConfiguration.logDriver'])

/**
 * Every fault of an input in ECS's own shape, missing members and unknown values first, then rule by rule in the order of the tables.
 * @param input as `readRequest` gives it: no unknown members, no nulls, each member of its JSON type.
 */
export function faultsOf(operationName: string, input: Readonly<Record<string, unknown>>): Fault[] {
  const known = operation(operationName)
  if (!known) throw new Error(`ECS has no action ${operationName}`)
  const faults: Fault[] = []
  const ruled: Fault[] = []
  walk(known.input, input, [], input, faults, ruled)
  return [...faults, ...ruled]
}

function walk(shape: StructureShape, value: Readonly<Record<string, unknown>>, path: Path, root: unknown, faults: Fault[], ruled: Fault[]): void {
  for (const member of shape.members.values()) {
    const given = value[member.name]
    const at = [...path, member.name]
    if (given === undefined) {
      if (member.required && !ownWords.has(`${shape.name}.${member.name}`))
        faults.push({ code: 'InvalidParameterException', message: `${capitalised(member.name)} is missing`, path: at, verified: true })
      continue
    }
    if (member.values && !ruledValues.has(`${shape.name}.${member.name}`)) faults.push(...unknownValues(member, given, at))
    descend(member.shape, given, at, root, faults, ruled)
  }
  if (shape.union && Object.keys(value).length !== 1)
    faults.push({
      code: 'InvalidParameterException',
      message: `Exactly one of ${[...shape.members.keys()].join(', ')} must be given`,
      path,
      verified: true,
    })
  for (const rule of rulesOf.get(shape.name) ?? [])
    for (const [where, message, hint] of rule.find(value as never, root as never))
      ruled.push({ code: rule.code, message, path: [...path, ...where], verified: rule.source !== 'u', ...(hint && { hint }) })
}

function descend(shape: Shape, value: unknown, path: Path, root: unknown, faults: Fault[], ruled: Fault[]): void {
  if (shape.kind === 'structure') walk(shape, value as Record<string, unknown>, path, root, faults, ruled)
  else if (shape.kind === 'list')
    (value as unknown[]).forEach((item, i) => {
      descend(shape.of, item, [...path, i], root, faults, ruled)
    })
  else if (shape.kind === 'map')
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) descend(shape.of, item, [...path, key], root, faults, ruled)
}

function* unknownValues(member: Member, given: unknown, path: Path): Iterable<Fault> {
  const values = member.values ?? []
  for (const [i, value] of (Array.isArray(given) ? given : [given]).entries())
    if (typeof value === 'string' && !values.includes(value))
      yield {
        ...(member.name === 'include'
          ? { code: 'ClientException', message: `${value} is not a valid value for include. The value must be one of [[${values.join(', ')}]]` }
          : { code: 'InvalidParameterException', message: `${ownValues.get(member.name) ?? capitalised(member.name)} should be one of [${values}]` }),
        path: Array.isArray(given) ? [...path, i] : path,
        verified: true,
      }
}

function capitalised(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1)
}
