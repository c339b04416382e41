/**
 * The forms in which a body may have the input of an ECS action: ECS's own input, the API shape, one of ECS's
 * responses, and shorthands of this API. `readInput` of ecs-model converts each of them to ECS's own input.
 */
import { type ClientForms, findOperation, getStructure, type Report, type Shorthand } from '@ecs-api/ecs-model'
import { addedFields, apiNameOf, pairMembers } from './rules.ts'

const networkShorthands: Record<string, Shorthand> = {
  subnets: { memberPath: ['networkConfiguration', 'awsvpcConfiguration', 'subnets'] },
  securityGroups: { memberPath: ['networkConfiguration', 'awsvpcConfiguration', 'securityGroups'] },
  assignPublicIp: {
    memberPath: ['networkConfiguration', 'awsvpcConfiguration', 'assignPublicIp'],
    expand: enabledOrDisabled,
  },
}

const shorthands: ClientForms['shorthands'] = {
  CreateClusterRequest: { name: { memberPath: ['clusterName'] } },
  RegisterTaskDefinitionRequest: { name: { memberPath: ['family'], expand: familyOnly } },
  CreateServiceRequest: {
    name: { memberPath: ['serviceName'] },
    count: { memberPath: ['desiredCount'] },
    ...networkShorthands,
  },
  UpdateServiceRequest: { count: { memberPath: ['desiredCount'] }, ...networkShorthands },
  // A task in a response has `taskDefinitionArn` where RunTask takes `taskDefinition`.
  RunTaskRequest: {
    ...networkShorthands,
    taskDefinitionArn: { memberPath: ['taskDefinition'], onlyInResponses: true },
  },
  ContainerDefinition: { ports: { memberPath: ['portMappings'], expand: portMappings } },
}

/**
 * The resource that an action creates or changes. Fields that only its responses have are ignored in a body.
 */
const resources: readonly [action: string, resource: string][] = [
  ['CreateCluster', 'Cluster'],
  ['UpdateCluster', 'Cluster'],
  ['RegisterTaskDefinition', 'TaskDefinition'],
  ['CreateService', 'Service'],
  ['UpdateService', 'Service'],
  ['RunTask', 'Task'],
]

export const bodyForm: ClientForms = {
  shorthands,
  pairs: pairMembers,
  responseOnly: Object.fromEntries(resources.map(responseOnlyFields)),
}

function responseOnlyFields([action, resource]: readonly [string, string]): [string, ReadonlySet<string>] {
  const { input } = findOperation(action)!
  const fields = new Set<string>(['$metadata', 'ResponseMetadata'])
  for (const member of getStructure(resource).members.keys()) fields.add(member).add(apiNameOf(resource, member))
  for (const added of addedFields[resource] ?? []) fields.add(added)
  for (const member of input.members.keys()) fields.delete(member)
  for (const shorthand of Object.keys(shorthands[input.name] ?? {})) fields.delete(shorthand)
  return [input.name, fields]
}

/** The `name` of a task definition is its family. A name with a revision comes from a response and is ignored. */
function familyOnly(value: unknown): unknown {
  return typeof value === 'string' && /:\d+$/.test(value) ? undefined : value
}

function enabledOrDisabled(value: unknown, pointer: string, report: Report): unknown {
  if (typeof value === 'boolean') return value ? 'ENABLED' : 'DISABLED'
  if (value === 'ENABLED' || value === 'DISABLED') return value
  report(pointer, `${JSON.stringify(value)} where true or false is expected`)
}

function portMappings(value: unknown, pointer: string, report: Report): unknown {
  if (!Array.isArray(value)) {
    report(pointer, 'a list of ports is expected, such as [80, "53/udp"]')
    return undefined
  }
  return value.map((port, i) => {
    const [, digits, protocol] =
      /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(typeof port === 'number' || typeof port === 'string' ? String(port) : '') ?? []
    const containerPort = Number(digits)
    if (!(containerPort >= 1 && containerPort <= 65535))
      report(`${pointer}/${i}`, `${JSON.stringify(port)} where a port is expected, such as 80 or "53/udp"`)
    return protocol ? { containerPort, protocol } : { containerPort }
  })
}
