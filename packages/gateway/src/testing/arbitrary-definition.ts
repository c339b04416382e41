/**
 * Generates task definitions for Fargate over ECS's whole schema, in ECS's own form, for property tests and the fuzzer.
 */
import { fargateSizes, findOperation, type Member, type Shape, type StructureShape } from '@ecs-api/ecs-model'
import fc from 'fast-check'

type Arbitrary = fc.Arbitrary<unknown>

const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/)
const text = fc.string({ minLength: 1, maxLength: 12 })
const arn = fc.constantFrom('arn:aws:iam::123456789012:role/task', 'arn:aws:iam::123456789012:role/execution')
const omitted = undefined

/**
 * The values of members that have special rules. `undefined` omits a member that Fargate lacks, or that `fitTogether`
 * sets to fit another member.
 */
const valuesOfMembers: Readonly<Record<string, Arbitrary | undefined>> = {
  'RegisterTaskDefinitionRequest.family': name,
  'RegisterTaskDefinitionRequest.taskRoleArn': arn,
  'RegisterTaskDefinitionRequest.executionRoleArn': arn,
  'RegisterTaskDefinitionRequest.networkMode': fc.constant('awsvpc'),
  'RegisterTaskDefinitionRequest.requiresCompatibilities': fc.constantFrom(['FARGATE'], ['EC2', 'FARGATE']),
  'RegisterTaskDefinitionRequest.cpu': omitted,
  'RegisterTaskDefinitionRequest.memory': omitted,
  'RegisterTaskDefinitionRequest.ipcMode': omitted,
  'RegisterTaskDefinitionRequest.pidMode': fc.constant('task'),
  'RegisterTaskDefinitionRequest.placementConstraints': omitted,
  'RegisterTaskDefinitionRequest.inferenceAccelerators': omitted,
  'RegisterTaskDefinitionRequest.tags': fc.uniqueArray(
    fc.record({ key: name, value: fc.stringMatching(/^[\w +=.:/@-]{0,12}$/) }),
    {
      selector: (tag) => tag.key,
      maxLength: 3,
    },
  ),
  'EphemeralStorage.sizeInGiB': fc.integer({ min: 21, max: 200 }),
  'RuntimePlatform.operatingSystemFamily': fc.constant('LINUX'),
  'ContainerDefinition.name': name,
  'ContainerDefinition.image': fc.constantFrom(
    'nginx',
    'nginx:1.29',
    `123456789012.dkr.ecr.us-east-1.amazonaws.com/web@sha256:${'a'.repeat(64)}`,
  ),
  'ContainerDefinition.cpu': fc.integer({ min: 0, max: 25 }),
  'ContainerDefinition.memory': fc.integer({ min: 64, max: 256 }),
  'ContainerDefinition.memoryReservation': fc.integer({ min: 6, max: 64 }),
  'ContainerDefinition.essential': omitted,
  'ContainerDefinition.dependsOn': omitted,
  'ContainerDefinition.mountPoints': omitted,
  'ContainerDefinition.volumesFrom': omitted,
  'ContainerDefinition.links': omitted,
  'ContainerDefinition.privileged': fc.constant(false),
  'ContainerDefinition.dnsServers': omitted,
  'ContainerDefinition.dnsSearchDomains': omitted,
  'ContainerDefinition.extraHosts': omitted,
  'ContainerDefinition.hostname': omitted,
  'ContainerDefinition.disableNetworking': fc.constant(false),
  'ContainerDefinition.dockerSecurityOptions': omitted,
  'ContainerDefinition.resourceRequirements': omitted,
  'ContainerDefinition.startTimeout': fc.integer({ min: 2, max: 120 }),
  'ContainerDefinition.stopTimeout': fc.integer({ min: 2, max: 120 }),
  'ContainerDefinition.environment': pairs('name', 'value'),
  'ContainerDefinition.secrets': pairs('name', 'valueFrom'),
  'ContainerDefinition.systemControls': fc.constantFrom([], [{ namespace: 'net.core.somaxconn', value: '128' }]),
  'ContainerDefinition.credentialSpecs': fc.constantFrom([], ['credentialspec:arn:aws:s3:::specs/app.json']),
  'ContainerDefinition.user': fc.constantFrom('app', '1000:1000'),
  'ContainerDefinition.firelensConfiguration': omitted,
  'EnvironmentFile.value': fc.constant('arn:aws:s3:::files/app.env'),
  'LogConfiguration.secretOptions': pairs('name', 'valueFrom'),
  'LogConfiguration.logDriver': fc.constantFrom('splunk', 'awsfirelens', 'awslogs'),
  'LogConfiguration.options': fc.constant({
    'awslogs-group': '/ecs/web',
    'awslogs-stream-prefix': 'web',
    'awslogs-region': 'us-east-1',
  }),
  'ProxyConfiguration.properties': pairs('name', 'value'),
  'LinuxParameters.devices': omitted,
  'LinuxParameters.sharedMemorySize': omitted,
  'LinuxParameters.tmpfs': fc.constantFrom([], [{ containerPath: '/scratch', size: 64 }]),
  'LinuxParameters.maxSwap': omitted,
  'LinuxParameters.swappiness': omitted,
  'KernelCapabilities.add': fc.constant(['SYS_PTRACE']),
  'PortMapping.containerPort': fc.integer({ min: 1, max: 65535 }),
  'PortMapping.hostPort': omitted,
  'PortMapping.name': omitted,
  'PortMapping.containerPortRange': omitted,
  'HealthCheck.command': fc.constant(['CMD-SHELL', 'true']),
  'HealthCheck.interval': fc.integer({ min: 5, max: 300 }),
  'HealthCheck.timeout': fc.integer({ min: 2, max: 60 }),
  'HealthCheck.retries': fc.integer({ min: 1, max: 10 }),
  'HealthCheck.startPeriod': fc.integer({ min: 0, max: 300 }),
  'ContainerRestartPolicy.restartAttemptPeriod': fc.integer({ min: 60, max: 1800 }),
  'Volume.name': name,
  'Volume.host': fc.constant({}),
  'Volume.dockerVolumeConfiguration': omitted,
}

function pairs(key: string, value: string): Arbitrary {
  return fc.uniqueArray(fc.record({ [key]: name, [value]: fc.string({ maxLength: 12 }) }), {
    selector: (pair) => pair[key],
    maxLength: 3,
  })
}

function arbitraryStructure(shape: StructureShape): fc.Arbitrary<Record<string, unknown>> {
  const model: Record<string, Arbitrary> = {}
  const required: string[] = []
  for (const member of shape.members.values()) {
    const key = `${shape.name}.${member.name}`
    const arbitrary = key in valuesOfMembers ? valuesOfMembers[key] : arbitraryValue(member.shape, member)
    if (!arbitrary) continue
    model[member.name] = arbitrary
    if (member.required || alwaysPresent.has(key)) required.push(member.name)
  }
  return fc.record(model, { requiredKeys: required })
}

const alwaysPresent = new Set([
  'ContainerDefinition.name',
  'ContainerDefinition.image',
  'LogConfiguration.options',
  'RegisterTaskDefinitionRequest.executionRoleArn',
  'Volume.name',
])

function arbitraryValue(shape: Shape, member: Member): Arbitrary {
  switch (shape.kind) {
    case 'structure':
      return arbitraryStructure(shape)
    case 'list':
      return fc.array(arbitraryValue(shape.of, member), { maxLength: 2, minLength: member.required ? 1 : 0 })
    case 'map':
      return fc.dictionary(name, arbitraryValue(shape.of, member), { maxKeys: 2 })
    case 'string':
    case 'blob':
      return member.values ? fc.constantFrom(...member.values) : text
    case 'integer':
      return fc.integer({ min: 0, max: 100 })
    case 'double':
      return fc.double({ min: 0, max: 100, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'timestamp':
      return fc.constant(0)
    case 'document':
      return fc.jsonValue()
  }
}

const size = fc
  .constantFrom(...fargateSizes)
  .chain(({ cpu, memory }) => fc.constantFrom(...memory).map((mib) => ({ cpu: `${cpu}`, memory: `${mib}` })))

interface Container {
  name: string
  memory?: number
  portMappings?: { containerPort: number; hostPort?: number; name?: string }[]
  [member: string]: unknown
}

/** A valid definition: members that depend on each other are made to fit. */
export const arbitraryTaskDefinition: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(arbitraryStructure(findOperation('RegisterTaskDefinition')!.input), fc.option(size, { nil: {} }))
  .map(([input, chosen]) => fitTogether({ ...input, ...chosen }))

const volumeKinds = [
  'configuredAtLaunch',
  'efsVolumeConfiguration',
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
  'host',
]

/** A volume of one kind, with the settings that its kind requires together. Only the first volume is mounted. */
function fitVolume(volume: Record<string, unknown>, i: number): Record<string, unknown> {
  const [kind] = volumeKinds.filter((name) => volume[name] && (name !== 'configuredAtLaunch' || i === 0))
  const value = kind && volume[kind]
  if (kind !== 'efsVolumeConfiguration' && kind !== 's3filesVolumeConfiguration')
    return { name: volume.name, ...(kind && { [kind]: value }) }
  const encryption = kind === 'efsVolumeConfiguration' && { transitEncryption: 'ENABLED' }
  return { name: volume.name, [kind]: { ...(value as object), rootDirectory: '/', ...encryption } }
}

/** Properties that App Mesh requires. */
const proxyProperties = ['ProxyIngressPort', 'AppPorts', 'ProxyEgressPort', 'IgnoredUID'].map((property) => ({
  name: property,
  value: '1500',
}))

function fitTogether(input: Record<string, unknown>): Record<string, unknown> {
  const given = (input.containerDefinitions as Container[] | undefined) ?? []
  const containers = [...new Map(given.map((container) => [container.name, container])).values()].slice(0, 10)
  const named = new Map(
    ((input.volumes as { name: string }[] | undefined) ?? []).map((volume) => [volume.name, volume]),
  )
  const volumes = [...named.values()].map(fitVolume)
  const isRouted = containers.some(
    ({ logConfiguration }) => (logConfiguration as { logDriver?: string } | undefined)?.logDriver === 'awsfirelens',
  )
  const fittedContainers = containers.map((container, i) => ({
    ...container,
    essential: i === 0,
    ...(i === 0 && isRouted && { firelensConfiguration: { type: 'fluentbit' } }),
    ...(container.environment !== undefined && { environment: withoutSecrets(container) }),
    ...(volumes[0] && { mountPoints: [{ sourceVolume: volumes[0].name, containerPath: '/data', readOnly: i > 0 }] }),
    ...(i > 0 && {
      dependsOn: [{ containerName: containers[0]!.name, condition: 'START' }],
      volumesFrom: [{ sourceContainer: containers[0]!.name }],
    }),
    ...(container.portMappings && {
      portMappings: container.portMappings.map((port, j) => {
        const containerPort = 1000 + 10 * i + j
        return { ...port, containerPort, hostPort: containerPort, name: `port-${i}-${j}` }
      }),
    }),
  }))
  return {
    ...input,
    taskRoleArn: input.taskRoleArn ?? 'arn:aws:iam::123456789012:role/task',
    ...(input.ephemeralStorage !== undefined && { requiresCompatibilities: ['FARGATE'] }),
    ...(input.proxyConfiguration !== undefined && {
      proxyConfiguration: { type: 'APPMESH', containerName: containers[0]?.name, properties: proxyProperties },
    }),
    containerDefinitions: fittedContainers,
    ...(input.volumes !== undefined && { volumes }),
  }
}

type Named = { name: string }[]

function withoutSecrets({ environment, secrets }: Container): Named {
  const names = new Set(((secrets ?? []) as Named).map(({ name }) => name))
  return (environment as Named).filter(({ name }) => !names.has(name))
}
