/**
 * The rules of RegisterTaskDefinition for features that Fargate lacks. They apply to definitions that require FARGATE.
 * `evidence` is how it is known that AWS has a rule; rule.ts explains its forms.
 */
import { isFargateSize, parseCpuUnits, parseMemoryMiB, possibleFargateSizes } from '../fargate-sizes.ts'
import {
  type Container,
  containerRule,
  isAwsvpc,
  isFargate,
  isWindows,
  type TaskDefinitionInput,
  taskDefinitionRule,
} from './definition-rule.ts'
import { ROLE_HINT } from './logging.ts'
import type { Finding, OriginWithDefaultCode, Rule } from './rule.ts'

function fargateTaskDefinitionRule(
  origin: OriginWithDefaultCode,
  find: (input: TaskDefinitionInput) => Iterable<Finding>,
): Rule {
  return taskDefinitionRule(origin, function* (input) {
    if (isFargate(input)) yield* find(input)
  })
}

function fargateContainerRule(
  origin: OriginWithDefaultCode,
  find: (container: Container, input: TaskDefinitionInput) => Iterable<Finding>,
): Rule {
  return containerRule(origin, function* (container, input) {
    if (isFargate(input)) yield* find(container, input)
  })
}

const unsupportedText = (field: string) => `Fargate compatible task definitions do not support ${field}`

export const fargateRules: readonly Rule[] = [
  fargateTaskDefinitionRule({ evidence: 'recorded response: radkawar/stackd' }, function* (input) {
    if (!isAwsvpc(input)) yield [['networkMode'], 'Fargate only supports network mode ‘awsvpc’.']
  }),
  fargateTaskDefinitionRule({ evidence: 'deployment: cdk-preflight' }, function* (input) {
    for (const member of ['cpu', 'memory'] as const)
      if (input[member] === undefined)
        yield [[member], `Fargate requires that '${member}' be defined at the task level.`]
  }),
  fargateTaskDefinitionRule({ evidence: 'recorded response: controls 136, 137' }, function* ({ runtimePlatform }) {
    const { cpuArchitecture, operatingSystemFamily } = runtimePlatform ?? {}
    if (cpuArchitecture !== undefined && cpuArchitecture !== 'ARM64' && cpuArchitecture !== 'X86_64')
      yield [['runtimePlatform', 'cpuArchitecture'], 'Invalid CPU architecture', 'ARM64 or X86_64.']
    if (
      operatingSystemFamily !== undefined &&
      operatingSystemFamily !== 'LINUX' &&
      !operatingSystemFamily.startsWith('WINDOWS_SERVER_')
    )
      yield [
        ['runtimePlatform', 'operatingSystemFamily'],
        `Tasks using the Fargate launch type are not supported on operating system family ${operatingSystemFamily}`,
      ]
  }),
  fargateTaskDefinitionRule(
    { evidence: 'recorded response: radkawar/stackd; cdk-preflight pf-ecs-fargate-windows-cpu-under-1vcpu' },
    function* (input) {
      const cpu = parseCpuUnits(input.cpu ?? '')
      const memory = parseMemoryMiB(input.memory ?? '')
      const windows = isWindows(input)
      if (cpu !== undefined && memory !== undefined && !isFargateSize(cpu, memory, { isWindows: windows }))
        yield [
          ['cpu'],
          `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
          possibleFargateSizes(cpu, memory, { isWindows: windows }),
        ]
    },
  ),
  fargateTaskDefinitionRule({ evidence: 'deployment: cdk-preflight' }, function* (input) {
    if (input.ipcMode !== undefined) yield [['ipcMode'], unsupportedText('ipcMode')]
    if (input.placementConstraints?.length) yield [['placementConstraints'], unsupportedText('constraints')]
    if (input.pidMode !== undefined && input.pidMode !== 'task')
      yield [
        ['pidMode'],
        "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
      ]
    for (const [i, volume] of (input.volumes ?? []).entries()) {
      if (volume.host?.sourcePath !== undefined)
        yield [['volumes', i, 'host', 'sourcePath'], unsupportedText('sourcePath'), VOLUME_HINT]
      if (volume.dockerVolumeConfiguration)
        yield [['volumes', i, 'dockerVolumeConfiguration'], unsupportedText('dockerVolumeConfiguration'), VOLUME_HINT]
    }
  }),
  fargateContainerRule({ evidence: 'deployment: cdk-preflight' }, function* (container) {
    if (container.privileged)
      yield [['privileged'], 'Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.']
    if (container.dockerSecurityOptions?.length)
      yield [['dockerSecurityOptions'], unsupportedText('dockerSecurityOptions')]
    const linux = container.linuxParameters
    if (linux?.devices?.length) yield [['linuxParameters', 'devices'], unsupportedText('devices')]
    if (linux?.sharedMemorySize !== undefined)
      yield [['linuxParameters', 'sharedMemorySize'], unsupportedText('sharedMemorySize')]
    if (linux?.maxSwap !== undefined) yield [['linuxParameters', 'maxSwap'], unsupportedText('maxSwap')]
    for (const [i, capability] of (linux?.capabilities?.add ?? []).entries())
      if (capability !== 'SYS_PTRACE')
        yield [
          ['linuxParameters', 'capabilities', 'add', i],
          `${capability} is not allowed on Fargate.`,
          'Only SYS_PTRACE can be added; any can be dropped.',
        ]
  }),
  fargateContainerRule({ evidence: 'cdk-preflight pf-ecs-fargate-gpu-resource' }, function* (container) {
    for (const [i, { type }] of (container.resourceRequirements ?? []).entries())
      if (type === 'GPU')
        yield [
          ['resourceRequirements', i],
          'Tasks using the Fargate launch type do not support GPU resource requirements.',
        ]
  }),
  fargateContainerRule(
    { evidence: 'contract: Amazon ECS task definition differences for Fargate' },
    function* (container) {
      if (container.linuxParameters?.swappiness !== undefined)
        yield [['linuxParameters', 'swappiness'], unsupportedText('swappiness')]
      for (const [i, { type }] of (container.resourceRequirements ?? []).entries())
        if (type !== 'GPU')
          yield [
            ['resourceRequirements', i],
            unsupportedText(`${type ?? 'resourceRequirements'}`),
            'Fargate has no GPUs and no accelerators.',
          ]
    },
  ),
  fargateContainerRule({ evidence: 'recorded response: radkawar/stackd' }, function* (container) {
    if (container.stopTimeout !== undefined && container.stopTimeout > 120)
      yield [
        ['stopTimeout'],
        'Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.',
      ]
  }),
  fargateContainerRule({ evidence: 'error quoted in a public repository' }, function* (container, input) {
    if (!input.executionRoleArn && /^\d{12}\.dkr\.ecr[.-]/.test(container.image ?? ''))
      yield [['image'], 'Fargate requires task definition to have execution role ARN to support ECR images.', ROLE_HINT]
  }),
]

const VOLUME_HINT = 'On Fargate a volume is the task’s own, EFS, or EBS.'
