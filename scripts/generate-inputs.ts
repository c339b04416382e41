/**
 * Writes the inputs.generated.ts of packages/local-aws/src: the inputs of the engine's actions of Secrets Manager, SSM,
 * CloudWatch, CloudWatch Logs, EventBridge, SQS, KMS and the Resource Groups Tagging API, with AWS's limits, patterns
 * and values, and the names of the actions that the engine lacks. The source is AWS's service models in botocore:
 *
 *   node scripts/generate-inputs.ts FOLDER
 *
 * FOLDER has secretsmanager.json, ssm.json, cloudwatch.json, logs.json, events.json, sqs.json, kms.json and
 * resourcegroupstaggingapi.json (botocore/data/…/service-2.json, unpacked).
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compilePattern } from '../packages/local-aws/src/protocol/input-table.ts'

interface RawShape {
  type: string
  required?: string[]
  members?: Record<string, { shape: string }>
  member?: { shape: string }
  key?: { shape: string }
  value?: { shape: string }
  min?: number
  max?: number
  pattern?: string
  enum?: string[]
  sensitive?: boolean
}

/** Members of the JavaScript SDK's models that the used version of botocore's lacks, by shape. */
const newerMembers: Readonly<Record<string, Readonly<Record<string, { shape: string }>>>> = {
  FilterLogEventsRequest: { startFromHead: { shape: 'StartFromHead' } },
  GenerateDataKeyRequest: { DryRun: { shape: 'NullableBooleanType' } },
  DecryptRequest: { DryRun: { shape: 'NullableBooleanType' } },
}

interface Model {
  operations: Record<string, { input?: { shape: string } }>
  shapes: Record<string, RawShape>
}

const awsServices = [
  {
    file: 'secretsmanager.json',
    folder: 'secrets-manager',
    offeredActions: [
      ...[
        'CreateSecret',
        'PutSecretValue',
        'GetSecretValue',
        'BatchGetSecretValue',
        'DescribeSecret',
        'ListSecrets',
        'UpdateSecret',
      ],
      ...[
        'UpdateSecretVersionStage',
        'ListSecretVersionIds',
        'DeleteSecret',
        'RestoreSecret',
        'TagResource',
        'UntagResource',
        'GetRandomPassword',
      ],
      ...['GetResourcePolicy', 'PutResourcePolicy', 'DeleteResourcePolicy'],
    ],
  },
  {
    file: 'ssm.json',
    folder: 'ssm',
    offeredActions: [
      ...[
        'PutParameter',
        'GetParameter',
        'GetParameters',
        'GetParametersByPath',
        'GetParameterHistory',
        'DescribeParameters',
        'DeleteParameter',
      ],
      ...[
        'DeleteParameters',
        'LabelParameterVersion',
        'UnlabelParameterVersion',
        'AddTagsToResource',
        'RemoveTagsFromResource',
        'ListTagsForResource',
        'ResumeSession',
        'TerminateSession',
      ],
    ],
  },
  {
    file: 'cloudwatch.json',
    folder: 'cloudwatch',
    offeredActions: ['GetMetricData', 'ListMetrics', 'PutMetricData'],
  },
  {
    file: 'logs.json',
    folder: 'logs',
    offeredActions: [
      ...[
        'CreateLogGroup',
        'DeleteLogGroup',
        'DescribeLogGroups',
        'CreateLogStream',
        'DeleteLogStream',
        'DescribeLogStreams',
        'PutLogEvents',
      ],
      ...[
        'GetLogEvents',
        'FilterLogEvents',
        'PutRetentionPolicy',
        'DeleteRetentionPolicy',
        'TagResource',
        'UntagResource',
        'ListTagsForResource',
      ],
      ...['TagLogGroup', 'UntagLogGroup', 'ListTagsLogGroup'],
    ],
  },
  {
    file: 'resourcegroupstaggingapi.json',
    folder: 'tagging',
    offeredActions: ['GetResources', 'GetTagKeys', 'GetTagValues', 'TagResources', 'UntagResources'],
  },
  {
    file: 'events.json',
    folder: 'events',
    offeredActions: [
      ...[
        'PutRule',
        'DescribeRule',
        'ListRules',
        'DeleteRule',
        'EnableRule',
        'DisableRule',
        'PutTargets',
        'RemoveTargets',
        'ListTargetsByRule',
      ],
      ...[
        'ListRuleNamesByTarget',
        'PutEvents',
        'TestEventPattern',
        'TagResource',
        'UntagResource',
        'ListTagsForResource',
      ],
    ],
  },
  {
    file: 'sqs.json',
    folder: 'sqs',
    offeredActions: [
      ...[
        'CreateQueue',
        'GetQueueUrl',
        'GetQueueAttributes',
        'SetQueueAttributes',
        'ListQueues',
        'DeleteQueue',
        'PurgeQueue',
      ],
      ...['SendMessage', 'SendMessageBatch', 'ReceiveMessage', 'DeleteMessage', 'DeleteMessageBatch'],
      ...['ChangeMessageVisibility', 'ChangeMessageVisibilityBatch', 'TagQueue', 'UntagQueue', 'ListQueueTags'],
    ],
  },
  {
    file: 'kms.json',
    folder: 'kms',
    offeredActions: [
      ...['CreateKey', 'DescribeKey', 'ListKeys', 'EnableKey', 'DisableKey'],
      ...['CreateAlias', 'DeleteAlias', 'ListAliases', 'GenerateDataKey', 'Decrypt'],
    ],
  },
]

const [folder] = process.argv.slice(2)
if (!folder) throw new Error('Name the folder with the service models: node scripts/generate-inputs.ts FOLDER')
for (const { file, folder: service, offeredActions } of awsServices) {
  const model = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Model
  const usedShapes = new Map<string, object>()
  for (const action of offeredActions)
    collectShapes(model, model.operations[action]?.input?.shape ?? failMissing(action), usedShapes)
  const lines = [
    '// Made by scripts/generate-inputs.ts from AWS’s service model. Do not edit.',
    "import type { InputTable } from '../protocol/input-table.ts'",
    '',
    'export const inputs: InputTable = {',
    '  actions: {',
    ...offeredActions.map((action) => `    ${action}: '${model.operations[action]?.input?.shape}',`),
    '  },',
    '  notOffered: [',
    ...Object.keys(model.operations)
      .filter((name) => !offeredActions.includes(name))
      .map((name) => `    '${name}',`),
    '  ],',
    '  shapes: {',
    ...[...usedShapes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, shape]) => `    ${name}: ${JSON.stringify(shape)},`),
    '  },',
    '}',
    '',
  ]
  writeFileSync(new URL(`../packages/local-aws/src/${service}/inputs.generated.ts`, import.meta.url), lines.join('\n'))
}

/** Adds a shape to `usedShapes`, and all shapes that it refers to. */
function collectShapes(model: Model, name: string, usedShapes: Map<string, object>): void {
  if (usedShapes.has(name)) return
  const {
    type,
    required,
    members,
    member,
    key,
    value,
    min,
    max,
    pattern,
    enum: values,
    sensitive,
  } = withNewerMembers(name, model.shapes[name] ?? failMissing(name))
  // A pattern that does not compile fails here, not at the first request.
  if (pattern !== undefined) compilePattern(pattern)
  usedShapes.set(name, {
    type,
    ...(required && { required }),
    ...(members && { members: Object.fromEntries(Object.entries(members).map(([word, { shape }]) => [word, shape])) }),
    ...((member ?? value) && { of: (member ?? value)?.shape }),
    ...(key && { key: key.shape }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(pattern !== undefined && { pattern }),
    ...(values && { values }),
    ...(sensitive && { sensitive }),
  })
  for (const { shape } of Object.values(members ?? {})) collectShapes(model, shape, usedShapes)
  for (const inner of [member, value, key]) if (inner) collectShapes(model, inner.shape, usedShapes)
}

function withNewerMembers(name: string, shape: RawShape): RawShape {
  const newer = newerMembers[name]
  return newer ? { ...shape, members: { ...shape.members, ...newer } } : shape
}

function failMissing(name: string): never {
  throw new Error(`the model has no action ${name} with an input`)
}
