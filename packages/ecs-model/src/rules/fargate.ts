/** What Fargate lacks, and how RegisterTaskDefinition says so of a definition that requires FARGATE. */
import { cpuUnits, memoryMiB, offersSize, possibleSizes } from '../fargate-sizes.ts'
import { type Finding, type Rule, rule } from './rule.ts'
import { type Container, isAwsvpc, type TaskDefinitionInput } from './task-definition.ts'

const isFargate = (input: TaskDefinitionInput) => input.requiresCompatibilities?.includes('FARGATE') ?? false

function onTask(source: string, find: (input: TaskDefinitionInput) => Iterable<Finding>, code = 'ClientException'): Rule {
  return rule<TaskDefinitionInput>('RegisterTaskDefinitionRequest', code, source, function* (input) {
    if (isFargate(input)) yield* find(input)
  })
}

function onContainer(source: string, find: (container: Container, input: TaskDefinitionInput) => Iterable<Finding>): Rule {
  return rule<Container, TaskDefinitionInput>('ContainerDefinition', 'ClientException', source, function* (container, input) {
    if (isFargate(input)) yield* find(container, input)
  })
}

const unsupported = (field: string) => `Fargate compatible task definitions do not support ${field}`

export const fargateRules: readonly Rule[] = [
  onTask('V S', function* (input) {
    if (!isAwsvpc(input)) yield [['networkMode'], 'Fargate only supports network mode ‘awsvpc’.']
  }),
  onTask('V P', function* (input) {
    for (const member of ['cpu', 'memory'] as const)
      if (input[member] === undefined) yield [[member], `Fargate requires that '${member}' be defined at the task level.`]
  }),
  onTask('V S', function* (input) {
    const cpu = cpuUnits(input.cpu ?? '')
    const memory = memoryMiB(input.memory ?? '')
    if (cpu !== undefined && memory !== undefined && !offersSize(cpu, memory))
      yield [
        ['cpu'],
        `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
        possibleSizes(cpu, memory),
      ]
  }),
  onTask('V P', function* (input) {
    if (input.ipcMode !== undefined) yield [['ipcMode'], unsupported('ipcMode')]
    if (input.placementConstraints?.length) yield [['placementConstraints'], unsupported('constraints')]
    if (input.pidMode !== undefined && input.pidMode !== 'task')
      yield [['pidMode'], "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'."]
    for (const [i, volume] of (input.volumes ?? []).entries()) {
      if (volume.host?.sourcePath !== undefined) yield [['volumes', i, 'host', 'sourcePath'], unsupported('sourcePath'), volumeHint]
      if (volume.dockerVolumeConfiguration) yield [['volumes', i, 'dockerVolumeConfiguration'], unsupported('dockerVolumeConfiguration'), volumeHint]
    }
  }),
  onTask('doc: Amazon ECS task definition differences for Fargate', function* (input) {
    if (input.inferenceAccelerators?.length) yield [['inferenceAccelerators'], unsupported('inferenceAccelerators')]
  }),
  onContainer('V P', function* (container) {
    if (container.privileged) yield [['privileged'], 'Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.']
    if (container.dockerSecurityOptions?.length) yield [['dockerSecurityOptions'], unsupported('dockerSecurityOptions')]
    const linux = container.linuxParameters
    if (linux?.devices?.length) yield [['linuxParameters', 'devices'], unsupported('devices')]
    if (linux?.sharedMemorySize !== undefined) yield [['linuxParameters', 'sharedMemorySize'], unsupported('sharedMemorySize')]
    if (linux?.maxSwap !== undefined) yield [['linuxParameters', 'maxSwap'], unsupported('maxSwap')]
    for (const [i, capability] of (linux?.capabilities?.add ?? []).entries())
      if (capability !== 'SYS_PTRACE')
        yield [
          ['linuxParameters', 'capabilities', 'add', i],
          `${capability} is not allowed on Fargate.`,
          'Only SYS_PTRACE can be added; any can be dropped.',
        ]
  }),
  onContainer('doc: Amazon ECS task definition differences for Fargate', function* (container) {
    if (container.linuxParameters?.tmpfs?.length) yield [['linuxParameters', 'tmpfs'], unsupported('tmpfs')]
    if (container.linuxParameters?.swappiness !== undefined) yield [['linuxParameters', 'swappiness'], unsupported('swappiness')]
    for (const [i, resource] of (container.resourceRequirements ?? []).entries())
      yield [['resourceRequirements', i], unsupported(`${resource.type ?? 'resourceRequirements'}`), 'Fargate has no GPUs and no accelerators.']
  }),
  onContainer('V P', function* (container, input) {
    if (!isAwsvpc(input)) return
    if (container.links?.length)
      yield [['links'], 'Links are not supported when networkMode=awsvpc.', 'Containers of one task reach each other on localhost.']
    if (container.dnsServers?.length) yield [['dnsServers'], 'DNS servers are not supported on container when networkMode=awsvpc.']
    if (container.disableNetworking) yield [['disableNetworking'], 'Disable Networking is not supported on container when networkMode=awsvpc.']
  }),
  onContainer('doc: ContainerDefinition', function* (container, input) {
    if (!isAwsvpc(input)) return
    if (container.dnsSearchDomains?.length) yield [['dnsSearchDomains'], 'DNS search domains are not supported on container when networkMode=awsvpc.']
    if (container.extraHosts?.length) yield [['extraHosts'], 'Extra hosts are not supported on container when networkMode=awsvpc.']
    if (container.hostname !== undefined) yield [['hostname'], 'Hostname is not supported on container when networkMode=awsvpc.']
  }),
  onContainer('V S', function* (container) {
    if (container.stopTimeout !== undefined && container.stopTimeout > 120)
      yield [['stopTimeout'], 'Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.']
  }),
  onContainer('V P', function* (container) {
    const log = container.logConfiguration
    if (log?.logDriver !== undefined && !logDrivers.includes(log.logDriver))
      yield [['logConfiguration', 'logDriver'], `${log.logDriver} is not a valid log driver. Must be one of [${logDrivers}]`]
    if (log?.logDriver !== 'awslogs') return
    if (!log.options?.['awslogs-group']) yield [['logConfiguration', 'options'], 'Log driver awslogs requires options: awslogs-group']
    if (!log.options?.['awslogs-stream-prefix'])
      yield [
        ['logConfiguration', 'options'],
        'Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.',
      ]
  }),
  onContainer('V Q', function* (container, input) {
    if (input.executionRoleArn) return
    if (container.logConfiguration?.logDriver === 'awslogs')
      yield [['logConfiguration'], 'Fargate requires task definition to have execution role ARN to support log driver awslogs.', roleHint]
    if (/^\d{12}\.dkr\.ecr[.-]/.test(container.image ?? ''))
      yield [['image'], 'Fargate requires task definition to have execution role ARN to support ECR images.', roleHint]
  }),
]

const logDrivers = ['awslogs', 'splunk', 'awsfirelens']
const volumeHint = 'On Fargate a volume is the task’s own, EFS, or EBS.'
const roleHint = 'Give executionRoleArn.'
