/**
 * The rules of RegisterTaskDefinition on port mappings. `evidence` is how it is known that AWS has a rule; rule.ts
 * explains its forms.
 */
import type { PortMapping } from '@aws-sdk/client-ecs'
import type { AwsJson } from '../wire.ts'
import {
  containerName,
  containerRule,
  isAwsvpc,
  itemsOfContainers,
  type TaskDefinitionInput,
  taskDefinitionRule,
} from './definition-rule.ts'
import type { Finding, Rule } from './rule.ts'

type Mapping = Partial<AwsJson<PortMapping>>

export const portRules: readonly Rule[] = [
  containerRule({ evidence: 'cdk-preflight pf-ecs-port-range-with-host-port' }, function* (container) {
    for (const [j, port] of (container.portMappings ?? []).entries())
      if (port.containerPortRange !== undefined && (port.hostPort !== undefined || port.containerPort !== undefined))
        yield [
          ['portMappings', j, port.hostPort === undefined ? 'containerPort' : 'hostPort'],
          `Invalid port mapping for container '${containerName(container)}', cannot specify both single port and port range.`,
        ]
  }),
  containerRule({ evidence: 'aws/aws-cli#7288, aws/aws-cdk#8762' }, function* (container) {
    for (const [j, port] of (container.portMappings ?? []).entries()) {
      const isMissing = port.containerPort === undefined && port.containerPortRange === undefined
      if (isMissing || (port.containerPort !== undefined && !isPort(port.containerPort)))
        yield [
          ['portMappings', j, 'containerPort'],
          `Invalid 'containerPort' setting for container '${containerName(container)}'.`,
          'Ports are 1 to 65535.',
        ]
    }
  }),
  containerRule({ evidence: 'cdk-preflight pf-ecs-port-range-reversed' }, function* (container) {
    for (const [j, port] of (container.portMappings ?? []).entries())
      if (port.containerPortRange !== undefined && !rangeOf(port))
        yield [
          ['portMappings', j, 'containerPortRange'],
          `Invalid 'containerPortRange' setting for container '${containerName(container)}'.`,
          'Two ports of 1 to 65535, the smaller one first: 8080-8090.',
        ]
  }),
  containerRule({ evidence: 'contract: PortMapping, hostPort' }, function* (container) {
    for (const [j, { hostPort }] of (container.portMappings ?? []).entries())
      if (hostPort !== undefined && hostPort !== 0 && !isPort(hostPort))
        yield [
          ['portMappings', j, 'hostPort'],
          `Invalid hostPort ${hostPort} for container '${containerName(container)}': ports are 0 to 65535.`,
        ]
  }),
  containerRule(
    { evidence: 'error quoted in a public repository; cdk-preflight pf-ecs-host-network-host-port-mismatch' },
    function* (container, input) {
      if (!isAwsvpc(input) && input.networkMode !== 'host') return
      for (const [j, port] of (container.portMappings ?? []).entries())
        if (port.hostPort && port.containerPortRange === undefined && port.hostPort !== port.containerPort)
          yield [
            ['portMappings', j, 'hostPort'],
            `When networkMode=${input.networkMode}, the host ports and container ports in port mappings must match.`,
          ]
    },
  ),
  taskDefinitionRule({ evidence: 'deployment: cdk-preflight' }, function* (input) {
    if (!isAwsvpc(input)) return
    const names = new Set<string>()
    for (const [port, path] of itemsOfContainers(input, 'portMappings')) {
      if (port.name && names.has(port.name))
        yield [[...path, 'name'], 'When networkMode=awsvpc, port mapping name is already used']
      if (port.name) names.add(port.name)
    }
  }),
  taskDefinitionRule({ evidence: 'cdk-preflight pf-ecs-port-range-overlap' }, (input) =>
    repeatedPorts(input, { inRanges: true }),
  ),
  taskDefinitionRule({ evidence: 'by analogy: pf-ecs-port-range-overlap' }, (input) =>
    repeatedPorts(input, { inRanges: false }),
  ),
  containerRule(
    { evidence: 'documentation: PortMapping, containerPortRange' },
    function* ({ portMappings = [] }, { networkMode }) {
      if (portMappings.filter((port) => port.containerPortRange !== undefined).length > 100)
        yield [['portMappings'], 'A container can have at most 100 port ranges.']
      for (const [j, port] of portMappings.entries())
        if (port.containerPortRange !== undefined && (networkMode === 'host' || networkMode === 'none'))
          yield [
            ['portMappings', j, 'containerPortRange'],
            `Port ranges are not supported when networkMode=${networkMode}.`,
          ]
    },
  ),
  containerRule(
    { evidence: 'documentation: RegisterTaskDefinition, networkMode' },
    function* ({ portMappings = [] }, { networkMode }) {
      if (networkMode === 'none' && portMappings.length > 0)
        yield [['portMappings'], 'Port mappings are not supported when networkMode=none.']
    },
  ),
  containerRule({ evidence: 'documentation: PortMapping, name' }, function* ({ portMappings = [] }) {
    for (const [j, { name }] of portMappings.entries())
      if (name !== undefined && !/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(name))
        yield [
          ['portMappings', j, 'name'],
          `The port mapping name ${name} is invalid: up to 64 lowercase letters, numbers, underscores and hyphens, not a hyphen first.`,
        ]
  }),
]

const isPort = (port: number) => port >= 1 && port <= 65_535

/** The first and the last port of a range. Undefined when it is not a valid range. */
function rangeOf({ containerPortRange }: Mapping): [first: number, last: number] | undefined {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(containerPortRange ?? '') ?? []
  const range: [number, number] = [Number(first), Number(last)]
  return isPort(range[0]) && isPort(range[1]) && range[0] < range[1] ? range : undefined
}

/**
 * Reports a port that two mappings of a task have, by protocol.
 * @param options `inRanges` selects the ports that are in a range of at least one mapping; otherwise the ports that two
 * mappings name as single ports
 */
function* repeatedPorts(input: TaskDefinitionInput, { inRanges }: { inRanges: boolean }): Iterable<Finding> {
  if (!isAwsvpc(input)) return
  const marksByProtocol = new Map<string, Uint8Array>()
  for (const [port, path] of itemsOfContainers(input, 'portMappings')) {
    const { containerPort = 0, protocol = 'tcp' } = port
    const range = rangeOf(port)
    if (!range && !isPort(containerPort)) continue
    const marks = marksByProtocol.get(protocol) ?? new Uint8Array(65_536)
    marksByProtocol.set(protocol, marks)
    const [first, last] = range ?? [containerPort, containerPort]
    const repeatedPort = markPorts(marks, first, last, range ? RANGE : SINGLE)
    if (repeatedPort !== undefined && inRanges === (range !== undefined || marks[repeatedPort] === RANGE))
      yield [
        [...path, range ? 'containerPortRange' : 'containerPort'],
        `${protocol.toUpperCase()} container port '${repeatedPort}' is used multiple times in task when networkMode=awsvpc.`,
      ]
  }
}

const SINGLE = 1
const RANGE = 2

/**
 * Marks the ports up to the first one that is already marked, which is returned. Each port is thus marked once, however
 * many ranges there are.
 */
function markPorts(marks: Uint8Array, first: number, last: number, mark: number): number | undefined {
  for (let port = first; port <= last; port++) {
    if (marks[port]) return port
    marks[port] = mark
  }
  return undefined
}
