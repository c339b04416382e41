/** What a body may look like: ECS's own input, our shape, ECS's answers, and the contract's shorthands. */
import { type Form, operation, type Report, type Shorthand, structure } from '@ecs-api/ecs-model'
import { addedFields, ourName, pairs } from './rules.ts'

const network: Record<string, Shorthand> = {
  subnets: { to: ['networkConfiguration', 'awsvpcConfiguration', 'subnets'] },
  securityGroups: { to: ['networkConfiguration', 'awsvpcConfiguration', 'securityGroups'] },
  assignPublicIp: { to: ['networkConfiguration', 'awsvpcConfiguration', 'assignPublicIp'], expand: enabledOrDisabled },
}

const shorthands: Form['shorthands'] = {
  CreateClusterRequest: { name: { to: ['clusterName'] } },
  RegisterTaskDefinitionRequest: { name: { to: ['family'], expand: familyOnly } },
  CreateServiceRequest: { name: { to: ['serviceName'] }, count: { to: ['desiredCount'] }, ...network },
  UpdateServiceRequest: { count: { to: ['desiredCount'] }, ...network },
  // A task's answer says its definition under another name than RunTask takes it.
  RunTaskRequest: { ...network, taskDefinitionArn: { to: ['taskDefinition'], ofAnswers: true } },
  ContainerDefinition: { ports: { to: ['portMappings'], expand: portMappings } },
}

/** Which of ECS's things an input makes or changes: its answer's fields may come back in. */
const answers: readonly [input: string, answer: string][] = [
  ['CreateCluster', 'Cluster'],
  ['UpdateCluster', 'Cluster'],
  ['RegisterTaskDefinition', 'TaskDefinition'],
  ['CreateService', 'Service'],
  ['UpdateService', 'Service'],
  ['RunTask', 'Task'],
]

export const form: Form = { shorthands, pairs, answerOnly: Object.fromEntries(answers.map(answerOnly)) }

function answerOnly([input, answer]: readonly [string, string]): [string, ReadonlySet<string>] {
  const taken = operation(input)!.input
  const fields = new Set<string>(['$metadata', 'ResponseMetadata'])
  for (const member of structure(answer).members.keys()) fields.add(member).add(ourName(answer, member))
  for (const added of addedFields[answer] ?? []) fields.add(added)
  for (const member of taken.members.keys()) fields.delete(member)
  for (const word of Object.keys(shorthands[taken.name] ?? {})) fields.delete(word)
  return [taken.name, fields]
}

/** `name` of a task definition is its family; with a revision it is what an answer says, and dropped. */
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
