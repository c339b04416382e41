/** A task definition as groups of labelled lines: the task, and each of its containers. */
import { type Container, containersOf, portsOf } from '../forms/container-values.ts'
import { healthCheckOf, healthCommandText } from '../forms/health-check-values.ts'
import { tagsIn } from '../forms/tag-values.ts'
import { taskSize } from '../parts/task-size.ts'
import {
  codeRow,
  commandRow,
  type FactGroup,
  type FactRow,
  pairsRow,
  type RowBuilder,
  rowsOfMembers,
  textRow,
} from './fact-values.ts'
import { oneLineText, wordOf } from './words.ts'

/** The members that ECS and the API add to a registered definition. */
export const membersAddedOnRegistration: ReadonlySet<string> = new Set([
  'name',
  'revision',
  'status',
  'arn',
  'registeredAt',
  'registeredBy',
  'requiresAttributes',
  'compatibilities',
  'deregisteredAt',
  'configVersion',
])

const omittedMembers = new Set([...membersAddedOnRegistration, 'family', 'containerDefinitions', 'cpu', 'memory'])

export const tagsRow: RowBuilder = (value) => pairsRow('Tags')(tagsIn(value))

/** ECS calls the processor's architecture and the operating system the runtime platform. */
const platformRow: RowBuilder = (value) => {
  const { operatingSystemFamily, cpuArchitecture } = (value ?? {}) as Record<string, unknown>
  return textRow('Platform')([operatingSystemFamily, cpuArchitecture].filter(Boolean).join(', '))
}

const taskRows: Readonly<Record<string, RowBuilder>> = {
  executionRoleArn: codeRow('Execution role'),
  taskRoleArn: codeRow('Task role'),
  runtimePlatform: platformRow,
  networkMode: textRow('Network mode'),
  requiresCompatibilities: (value) =>
    textRow('Launch types')(
      Array.isArray(value) ? value.map((each) => wordOf(String(each))).join(', ') : oneLineText(value),
    ),
  tags: tagsRow,
}

export interface DefinitionLike {
  family?: string
  cpu?: unknown
  memory?: unknown
  containerDefinitions?: unknown
}

export function definitionGroups(definition: DefinitionLike, title: string): FactGroup[] {
  const size = taskSize(definition)
  const rows = rowsOfMembers(definition as Record<string, unknown>, taskRows, omittedMembers)
  return [
    { title, rows: [...(size === undefined ? [] : [{ label: 'Size', lines: [size] }]), ...rows] },
    ...containersOf(definition).map((container) => ({
      title: `Container ${container.name ?? ''}`,
      rows: containerRows(container),
    })),
  ]
}

function healthCheckRow(container: Container): FactRow | undefined {
  if (healthCheckOf(container).command === undefined) return textRow('Health check')(container.healthCheck)
  return { label: 'Health check', lines: healthCheckLines(container), isCode: true }
}

export function healthCheckLines(container: Container): string[] {
  const { command, interval, timeout, retries, startPeriod } = healthCheckOf(container)
  const text = Array.isArray(command) ? healthCommandText(command) : String(command)
  const details = [
    interval !== undefined && `every ${interval} s`,
    timeout !== undefined && `timeout ${timeout} s`,
    retries !== undefined && `${retries} retries`,
    startPeriod !== undefined && `start period ${startPeriod} s`,
  ].filter(Boolean)
  return [text, ...(details.length > 0 ? [details.join(', ')] : [])]
}

/** `awslogs` with the log group is enough to find the lines; the other options follow. */
const logRow: RowBuilder = (value) => {
  const { logDriver, options } = (value ?? {}) as { logDriver?: string; options?: Record<string, unknown> }
  if (logDriver === undefined) return textRow('Log')(value)
  const lines = Object.entries(options ?? {}).map(([name, option]) => `${name}=${oneLineText(option)}`)
  return { label: 'Log', lines: [logDriver, ...lines], isCode: true }
}

export function portLines(container: Container): string[] {
  const ports = portsOf(container).map(String)
  if (container.ports !== undefined) return ports
  return (container.portMappings ?? []).map((mapping, i) => {
    const { containerPort, protocol, hostPort, ...others } = mapping ?? {}
    const details = oneLineText(hostPort === containerPort ? others : { hostPort, ...others })
    return details === '' ? ports[i]! : `${ports[i]} (${details})`
  })
}

const containerMemberRows: Readonly<Record<string, RowBuilder>> = {
  image: codeRow('Image'),
  entryPoint: commandRow('Entry point'),
  command: commandRow('Command'),
  environment: pairsRow('Variables'),
  secrets: pairsRow('Secrets', 'valueFrom'),
  logConfiguration: logRow,
  dockerLabels: pairsRow('Docker labels'),
}

const omittedContainerMembers = new Set(['name', 'ports', 'portMappings', 'healthCheck'])

function containerRows(container: Container): FactRow[] {
  // ECS returns 0 for a share of the CPU that is not set.
  const { cpu, ...others } = container
  const rows = rowsOfMembers(cpu === 0 ? others : container, containerMemberRows, omittedContainerMembers)
  const ports = textRow('Ports')(portLines(container))
  const added = [ports && { ...ports, lines: [ports.lines.join(', ')] }, healthCheckRow(container)]
  const image = rows.findIndex(({ label }) => label === 'Image')
  return rows.toSpliced(image + 1, 0, ...added.filter((row) => row !== undefined))
}
