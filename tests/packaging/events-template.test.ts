// The template deploy/events.yaml has only resources, properties and references that CloudFormation knows. A queue and
// a rule with its settings deliver the ECS events of the engine, the AWS in a process that `LocalAws` starts.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ECS } from '@aws-sdk/client-ecs'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { SQS } from '@aws-sdk/client-sqs'
import { LocalAws } from '@ecs-api/local-aws'
import { parse, type ScalarTag } from 'yaml'

const text = readFileSync(fileURLToPath(new URL('../../deploy/events.yaml', import.meta.url)), 'utf8')

interface Reference {
  to: string
  attribute?: string
}
interface Template {
  Parameters: Record<
    string,
    { Type: string; Default: string | number; MinValue?: number; MaxValue?: number; AllowedPattern?: string }
  >
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>
  Outputs: Record<string, { Value: Reference }>
}

/** CloudFormation's short forms; the template uses no others. */
const customTags: ScalarTag[] = [
  { tag: '!Ref', resolve: (to): Reference => ({ to }) },
  {
    tag: '!GetAtt',
    resolve: (path): Reference => {
      const [to = '', attribute = ''] = path.split('.')
      return { to, attribute }
    },
  },
]
const template = parse(text, { customTags, strict: true }) as Template

// CloudFormation Template Reference: for each type the properties used here, and the attributes that `!GetAtt`
// supports.
const cloudFormationTypes: Record<string, { properties: string[]; attributes: string[] }> = {
  'AWS::SQS::Queue': {
    properties: [
      'QueueName',
      'MessageRetentionPeriod',
      'ReceiveMessageWaitTimeSeconds',
      'VisibilityTimeout',
      'SqsManagedSseEnabled',
    ],
    attributes: ['Arn', 'QueueName', 'QueueUrl'],
  },
  'AWS::SQS::QueuePolicy': { properties: ['Queues', 'PolicyDocument'], attributes: ['Id'] },
  'AWS::Events::Rule': { properties: ['Description', 'State', 'EventPattern', 'Targets'], attributes: ['Arn'] },
}

const engine = new LocalAws({ data: ':memory:', pace: 'instant' })
await engine.open()
const accountNumber = '111122223333'
const config = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  requestHandler: engine.requestHandler(accountNumber),
}
const clients = { ecs: new ECS(config), events: new EventBridge(config), sqs: new SQS(config) }
after(async () => {
  for (const client of Object.values(clients)) client.destroy()
  await engine.close()
})

/** Resolves references as CloudFormation does. */
function resolveReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolveReferences)
  if (typeof value !== 'object' || value === null) return value
  if ('to' in value) {
    const { to, attribute } = value as Reference
    const type = template.Resources[to]?.Type
    if (attribute === 'Arn')
      return type === 'AWS::Events::Rule'
        ? `arn:aws:events:us-east-1:${accountNumber}:rule/ecs`
        : `arn:aws:sqs:us-east-1:${accountNumber}:${queueName}`
    return template.Parameters[to]?.Default ?? `https://sqs.us-east-1.amazonaws.com/${accountNumber}/${queueName}`
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveReferences(inner)]))
}
const queueName = String(template.Parameters.QueueName?.Default)
const propertiesOf = (logicalName: string) =>
  resolveReferences(template.Resources[logicalName]?.Properties) as Record<string, unknown>

function referencesIn(value: unknown): Reference[] {
  if (typeof value !== 'object' || value === null) return []
  if ('to' in value) return [value as Reference]
  return Object.values(value).flatMap(referencesIn)
}

test('CloudFormation knows the template’s resources, properties and references', () => {
  for (const [logicalName, { Type, Properties }] of Object.entries(template.Resources)) {
    const type = cloudFormationTypes[Type]
    assert.ok(type, Type)
    for (const property of Object.keys(Properties))
      assert.ok(type.properties.includes(property), `${logicalName}.${property}`)
  }
  const references = referencesIn([template.Resources, template.Outputs])
  assert.ok(references.length >= 6)
  for (const { to, attribute } of references) {
    const known =
      attribute === undefined
        ? (template.Resources[to] ?? template.Parameters[to])
        : cloudFormationTypes[template.Resources[to]?.Type ?? '']
    assert.ok(known, to)
    if (attribute !== undefined)
      assert.ok(
        cloudFormationTypes[template.Resources[to]?.Type ?? '']?.attributes.includes(attribute),
        `${to}.${attribute}`,
      )
  }
  const { MinValue = 0, MaxValue = 0, Default } = template.Parameters.RetentionSeconds!
  assert.ok(MinValue >= 300 && MaxValue <= 3600 && Number(Default) >= MinValue && Number(Default) <= MaxValue)
  assert.deepEqual(template.Outputs.QueueUrl?.Value, { to: 'Queue' })
})

test('only the template’s rule may send to the queue, and only over TLS', () => {
  const { Statement } = propertiesOf('QueuePolicy').PolicyDocument as { Statement: Record<string, unknown>[] }
  const allowing = Statement.filter(({ Effect }) => Effect === 'Allow')
  assert.deepEqual(allowing, [
    {
      Sid: 'EventsOfThisRuleOnly',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: `arn:aws:sqs:us-east-1:${accountNumber}:${queueName}`,
      Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:events:us-east-1:${accountNumber}:rule/ecs` } },
    },
  ])
  assert.deepEqual(
    Statement.filter(({ Effect }) => Effect !== 'Allow'),
    [
      {
        Sid: 'OverTlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: `arn:aws:sqs:us-east-1:${accountNumber}:${queueName}`,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  )
})

test('the template’s queue receives events of tasks, service actions and deployments, and no event of others', async () => {
  const { ecs, events, sqs } = clients
  const { QueueName, ...attributes } = propertiesOf('Queue')
  const Attributes = {
    ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)])),
    Policy: JSON.stringify(propertiesOf('QueuePolicy').PolicyDocument),
  }
  const { QueueUrl } = await sqs.createQueue({ QueueName: String(QueueName), Attributes })
  const { EventPattern, Targets, Description, State } = propertiesOf('Rule')
  await events.putRule({
    Name: 'ecs',
    EventPattern: JSON.stringify(EventPattern),
    Description: String(Description),
    State: State as 'ENABLED',
  })
  await events.putTargets({ Rule: 'ecs', Targets: Targets as { Id: string; Arn: string }[] })

  await events.putEvents({ Entries: [{ Source: 'my.app', DetailType: 'ECS Task State Change', Detail: '{}' }] })
  await ecs.createCluster({})
  await ecs.registerTaskDefinition({
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
  })
  await ecs.createService({
    serviceName: 'www',
    taskDefinition: 'web',
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } },
  })
  const expected = ['ECS Deployment State Change', 'ECS Service Action', 'ECS Task State Change']
  const kinds = new Set<string>()
  const receive = async (waitSeconds?: number) => {
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl,
      MaxNumberOfMessages: 10,
      ...(waitSeconds !== undefined && { WaitTimeSeconds: waitSeconds }),
    })
    for (const { Body = '' } of Messages) {
      const event = JSON.parse(Body)
      assert.equal(event.source, 'aws.ecs')
      kinds.add(event['detail-type'])
    }
    return Messages.length
  }
  // Each call waits as long as the queue's own setting says.
  while (kinds.size < expected.length) assert.ok((await receive()) > 0, `only ${[...kinds]} arrived`)
  // All other messages of the queue are checked, too.
  while ((await receive(0)) > 0);
  assert.deepEqual([...kinds].sort(), expected)
})
