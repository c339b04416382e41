/**
 * The rules of RegisterTaskDefinition on a definition as a whole, and on its storage, tags and pairs. The rules on
 * containers and volumes are in other files of this folder, and Fargate's restrictions in fargate.ts. `evidence` is how
 * it is known that AWS has a rule; rule.ts explains its forms.
 */
import type { EphemeralStorage, RegisterTaskDefinitionRequest, Tag, TagResourceRequest } from '@aws-sdk/client-ecs'
import { parseCpuUnits, parseMemoryMiB } from '../fargate-sizes.ts'
import { parseArn } from '../references.ts'
import type { AwsJson } from '../wire.ts'
import { containersOf, isFargate, isWindows, taskDefinitionRule } from './definition-rule.ts'
import { type Rule, rule } from './rule.ts'

const namePattern = /^[a-zA-Z0-9\-_]{1,255}$/
const NAME_HINT = 'Up to 255 letters, digits, - and _.'

export const taskDefinitionRules: readonly Rule[] = [
  taskDefinitionRule({ evidence: 'cdk-preflight pf-ecs-container-definitions-empty' }, function* (input) {
    if (!input.containerDefinitions?.length) yield [['containerDefinitions'], 'Container list cannot be empty']
  }),
  taskDefinitionRule({ evidence: 'aws/amazon-ecs-cli#37, aws/aws-cli#6774' }, function* (input) {
    if (input.family !== undefined && !namePattern.test(input.family))
      yield [['family'], 'Family contains invalid characters.', NAME_HINT]
  }),
  taskDefinitionRule({ evidence: 'deployment: cdk-preflight' }, function* (input) {
    const names = new Set<string>()
    for (const [i, container] of containersOf(input).entries()) {
      if (container.name && names.has(container.name))
        yield [['containerDefinitions', i, 'name'], 'Container names must be unique within a task definition']
      if (container.name) names.add(container.name)
    }
  }),
  // ECS checks the form of the size first, then the essential container, then the network mode (the recorded
  // AWS responses that the next rule names, numbers 86, 87 and 138).
  taskDefinitionRule(
    { evidence: 'recorded response: radkawar/stackd', code: 'InvalidParameterException' },
    function* (input) {
      if (input.cpu !== undefined && parseCpuUnits(input.cpu) === undefined)
        yield [['cpu'], "Invalid 'cpu' setting for task.", 'CPU units as 256, or as ".25 vCPU".']
      if (input.memory !== undefined && parseMemoryMiB(input.memory) === undefined)
        yield [['memory'], "Invalid 'memory' setting for task.", 'MiB as 512, or as "0.5 GB".']
    },
  ),
  taskDefinitionRule({ evidence: 'recorded response: radkawar/stackd' }, function* (input) {
    const containers = containersOf(input)
    if (containers.length > 0 && containers.every((container) => container.essential === false))
      yield [['containerDefinitions'], "Task definition doesn't have any essential container."]
  }),
  taskDefinitionRule({ evidence: 'aws/amazon-ecs-cli#184' }, function* (input) {
    if (containersOf(input).length > 10)
      yield [['containerDefinitions'], 'Too many containers.', 'A task definition has at most 10.']
  }),
  taskDefinitionRule(
    { evidence: 'fabfuel/ecs-deploy#231, aws-samples/aws-modern-application-workshop#9' },
    function* (input) {
      for (const member of ['taskRoleArn', 'executionRoleArn'] as const)
        if (input[member] !== undefined && !isRoleReference(input[member]))
          yield [[member], 'Role is not valid', 'The ARN of an IAM role, or its name.']
    },
  ),
  taskDefinitionRule({ evidence: 'deployment: cdk-preflight' }, function* (input) {
    const limit = parseCpuUnits(input.cpu ?? '') ?? Number.POSITIVE_INFINITY
    const sum = containersOf(input).reduce((total, container) => total + (container.cpu ?? 0), 0)
    if (sum > limit)
      yield [['cpu'], "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."]
  }),
  taskDefinitionRule({ evidence: 'cloudnativedaysjp/dreamkast-infra#4766' }, function* (input) {
    const limit = parseMemoryMiB(input.memory ?? '') ?? Number.POSITIVE_INFINITY
    const sum = containersOf(input).reduce((total, container) => total + (container.memoryReservation ?? 0), 0)
    if (sum > limit)
      yield [
        ['memory'],
        "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.",
      ]
  }),
  taskDefinitionRule({ evidence: 'cdk-preflight pf-ecs-fargate-inference-accelerator' }, function* (input) {
    if (input.inferenceAccelerators?.length)
      yield [['inferenceAccelerators'], "Unsupported field 'inferenceAccelerators'."]
  }),
  taskDefinitionRule({ evidence: 'cdk-preflight pf-ecs-fargate-ephemeral-storage-ec2' }, function* (input) {
    if (input.ephemeralStorage && input.requiresCompatibilities?.includes('EC2'))
      yield [
        ['ephemeralStorage'],
        'Tasks using the EC2 launch type do not support EphemeralStorage.',
        'Take EC2 out of requiresCompatibilities.',
      ]
  }),
  taskDefinitionRule({ evidence: 'documentation: RegisterTaskDefinition, cpu' }, function* (input) {
    const cpu = isFargate(input) ? undefined : parseCpuUnits(input.cpu ?? '')
    if (cpu !== undefined && (cpu < 128 || cpu > 196_608))
      yield [['cpu'], 'The cpu of a task must be between 128 and 196608 CPU units.']
  }),
  taskDefinitionRule(
    { evidence: 'documentation: RegisterTaskDefinition, placementConstraints' },
    function* ({ placementConstraints = [] }) {
      if (placementConstraints.length > 10)
        yield [['placementConstraints'], 'A task definition can have at most 10 placement constraints.']
      for (const [i, { expression }] of placementConstraints.entries())
        if (!expression)
          yield [['placementConstraints', i, 'expression'], 'A memberOf placement constraint must have an expression.']
        else if (expression.length > 2000)
          yield [
            ['placementConstraints', i, 'expression'],
            'The expression of a placement constraint can have at most 2000 characters.',
          ]
    },
  ),
  taskDefinitionRule({ evidence: 'documentation: RegisterTaskDefinition, pidMode and ipcMode' }, function* (input) {
    for (const member of ['pidMode', 'ipcMode'] as const)
      if (isWindows(input) && input[member] !== undefined)
        yield [[member], `${member} is not supported for Windows containers.`]
  }),
  rule<Partial<AwsJson<EphemeralStorage>>>(
    { on: 'EphemeralStorage', code: 'ClientException', evidence: 'deployment: cdk-preflight' },
    function* ({ sizeInGiB: size }) {
      if (size !== undefined && size < 21) yield [['sizeInGiB'], 'EphemeralStorage size should be at least 21']
      if (size !== undefined && size > 200) yield [['sizeInGiB'], 'EphemeralStorage size should be at most 200']
    },
  ),
  // One rule on the tags of task definitions and one on those of other resources: AWS's exceptions differ.
  ...(['ClientException', 'InvalidParameterException'] as const).map((code) =>
    rule<Partial<Tag>, TaggedInput>(
      { on: 'Tag', code, evidence: 'recorded response: radkawar/stackd; field report of 2026-11-28' },
      function* (tag, input) {
        if (tag.value === undefined && isOfDefinition(input) === (code === 'ClientException'))
          yield [['value'], 'Tag value can not be null.']
      },
    ),
  ),
  // The gateway's API shows the pairs as a map, in which a pair without a name has no key. The text is ours, since
  // ECS's was not found.
  rule<{ name?: string }>(
    { on: 'KeyValuePair', code: 'ClientException', evidence: 'contract: KeyValuePair' },
    function* (pair) {
      if (!pair.name) yield [['name'], 'The name of a name-value pair can not be null or empty.']
    },
  ),
]

/** The input of any action with tags. */
type TaggedInput = Partial<Pick<TagResourceRequest, 'resourceArn'> & Pick<RegisterTaskDefinitionRequest, 'family'>>

function isOfDefinition({ family, resourceArn = '' }: TaggedInput): boolean {
  return family !== undefined || (parseArn(resourceArn)?.resource.startsWith('task-definition/') ?? false)
}

/**
 * Whether the text is a role's ARN, or its name with or without its path (API Reference, RegisterTaskDefinition: "short
 * name or full ARN").
 */
export function isRoleReference(text: string): boolean {
  return text.startsWith('arn:')
    ? /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,600}$/.test(text)
    : /^\/?([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/.test(text)
}
