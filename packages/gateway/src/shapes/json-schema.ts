/** ECS's structures in our shape as JSON Schema, for openapi.json: what answers hold, and what bodies take (our form; ECS's forms are told in words). */
import {
  keyAndValue,
  type Member,
  operation,
  type Shape,
  type Shorthand,
  type StructureShape,
  structure,
} from '@ecs-api/ecs-model'
import Type, { type TSchema } from 'typebox'
import { form } from './form.ts'
import { addedFields, isReference, ourName, ownNames, pairs, quantities } from './rules.ts'

type JsonSchema = Record<string, unknown>
type Side = 'answer' | 'body'

/** Every schema that `answerSchema` and `bodySchema` have referred to, by its name under `#/components/schemas`. */
const componentSchemas: Record<string, JsonSchema> = {}

/** The component schemas, those of resources with an example. */
export function withExamples(examples: Readonly<Record<string, object>>): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(componentSchemas).map(([name, schema]) => [
      name,
      { ...schema, ...(examples[name] && { examples: [examples[name]] }) },
    ]),
  )
}

/** What an answer shows of the thing that ECS calls so. */
export function answerSchema(structureName: string): TSchema {
  return Type.Unsafe(refTo(structure(structureName), 'answer'))
}

/** What a body for the action may hold, in our form. `leftOut`: members that the path gives. */
export function bodySchema(operationName: string, leftOut: readonly string[] = []): TSchema {
  const input = operation(operationName)!.input
  const { properties, ...rest } = describeStructure(input, 'body') as { properties: Record<string, JsonSchema> }
  const shown = Object.entries(properties).filter(([name]) => !leftOut.includes(name))
  const words = shorthandsOf(input).map(([word, { to }]) => [word, shorthandSchema(word, to)])
  return Type.Unsafe({
    ...rest,
    properties: Object.fromEntries([...words, ...shown]),
    description: bodyWords(operationName),
  })
}

function shorthandsOf(shape: StructureShape): [word: string, Shorthand][] {
  return Object.entries(form.shorthands[shape.name] ?? {}).filter(([, { ofAnswers }]) => !ofAnswers)
}

function bodyWords(operationName: string): string {
  return (
    `Our form is shown. ECS's own works too: the input of ${operationName} as the AWS CLI takes it (\`--cli-input-json\`), lists of pairs in place of ` +
    'maps, numbers as strings, ARNs in place of names; and what a GET or a describe answered, whose answer-only fields are dropped.'
  )
}

function refTo(shape: StructureShape, side: Side): JsonSchema {
  const name = side === 'body' ? `${shape.name}Input` : shape.name
  if (!componentSchemas[name]) {
    componentSchemas[name] = {}
    Object.assign(componentSchemas[name], describeStructure(shape, side))
  }
  return { $ref: `#/components/schemas/${name}` }
}

function describeStructure(shape: StructureShape, side: Side): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  for (const member of shape.members.values()) {
    const name = side === 'answer' ? ourName(shape.name, member.name) : member.name
    properties[name] = describeMember(shape, member, side)
    if (side === 'answer' && Object.values(ownNames[shape.name] ?? {}).includes(name)) required.push(name)
  }
  if (side === 'body') for (const [word, { to }] of shorthandsOf(shape)) properties[word] ??= shorthandSchema(word, to)
  if (side === 'answer')
    for (const added of addedFields[shape.name] ?? []) properties[added] = addedSchemas[added] ?? {}
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false }
}

function describeMember(owner: StructureShape, member: Member, side: Side): JsonSchema {
  const { shape } = member
  if (quantities.has(member.name) && (shape.kind === 'string' || shape.kind === 'integer'))
    return quantitySchema(member.name, side)
  if (shape.kind === 'string' && isReference(owner.name, member.name))
    return { type: 'string', description: 'The short name.' }
  if (shape.kind === 'list' && shape.of.kind === 'structure' && pairs.has(member.name)) return pairsSchema(shape.of)
  return describeShape(shape, side === 'body' ? (offered[member.name] ?? member.values) : member.values, side)
}

/** ECS has more of these; here is Fargate only, and all else is a 400. */
const offered: Readonly<Record<string, readonly string[]>> = {
  launchType: ['FARGATE'],
  schedulingStrategy: ['REPLICA'],
}

function pairsSchema(pair: StructureShape): JsonSchema {
  const [key, value] = keyAndValue(pair)
  return { type: 'object', additionalProperties: { type: 'string' }, description: `A map: ${key} → ${value}.` }
}

function describeShape(shape: Shape, values: readonly string[] | undefined, side: Side): JsonSchema {
  switch (shape.kind) {
    case 'structure':
      return refTo(shape, side)
    case 'list':
      return { type: 'array', items: describeShape(shape.of, values, side) }
    case 'map':
      return { type: 'object', additionalProperties: describeShape(shape.of, undefined, side) }
    case 'string':
      if (!values) return { type: 'string' }
      // A list of values is closed for what we take; ECS may answer with one that is newer than this program.
      return side === 'body'
        ? { type: 'string', enum: values }
        : { type: 'string', description: `One of ${values.join(', ')}.` }
    case 'integer':
      return { type: 'integer' }
    case 'double':
      return { type: 'number' }
    case 'boolean':
      return { type: 'boolean' }
    case 'timestamp':
      return { type: 'string', format: 'date-time' }
    case 'blob':
      return { type: 'string', contentEncoding: 'base64' }
    case 'document':
      return {}
  }
}

function quantitySchema(name: string, side: Side): JsonSchema {
  const description = name === 'cpu' ? 'CPU units; 1024 are one vCPU.' : 'MiB.'
  // ECS keeps what it is given: a size of a container that isn't Fargate's could be no number.
  return side === 'answer' ? { type: ['number', 'string'], description } : { type: 'number', description }
}

function shorthandSchema(word: string, to: readonly string[]): JsonSchema {
  const description = `Short for ${to.join('.')}.`
  switch (word) {
    case 'ports':
      return {
        type: 'array',
        items: { anyOf: [{ type: 'integer', minimum: 1, maximum: 65535 }, { type: 'string' }] },
        description,
        examples: [[80, '53/udp']],
      }
    case 'count':
      return { type: 'integer', minimum: 0, maximum: 5000, description }
    case 'assignPublicIp':
      return { type: 'boolean', description }
    case 'subnets':
    case 'securityGroups':
      return { type: 'array', items: { type: 'string' }, description }
    default:
      return { type: 'string', description }
  }
}

const addedSchemas: Record<string, JsonSchema> = {
  configVersion: { type: 'string', description: 'A version of what a client can set; for `If-Match`.' },
  outcome: { type: 'string', enum: ['reached', 'failed', 'timeout'], description: 'How the wait ended (`?wait=`).' },
  reason: { type: 'string', description: 'Why the wait ended so.' },
  id: { type: 'string', description: 'The last segment of the ARN.' },
  name: { type: 'string', description: '`family:revision`.' },
  tags: { type: 'object', additionalProperties: { type: 'string' }, description: 'A map: key → value.' },
  address: { type: 'string', description: 'Its private IPv4 address.' },
  publicAddress: { type: 'string' },
  runtime: {
    type: 'string',
    enum: ['fargate', 'ec2', 'external', 'docker', 'podman', 'simulated'],
    description: 'What runs it.',
  },
  ports: {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        container: { type: 'string' },
        containerPort: { type: 'integer' },
        hostPort: { type: 'integer' },
        hostIp: { type: 'string' },
        protocol: { type: 'string' },
      },
      additionalProperties: false,
    },
    description: 'Ports published on the host, where there are any.',
  },
  progress: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'Running ÷ requested tasks of the target revision; 1 only when SUCCESSFUL.',
  },
  taskFailures: {
    type: 'array',
    items: {
      type: 'object',
      properties: { task: { type: 'string' }, reason: { type: 'string' } },
      additionalProperties: false,
    },
    description: 'Tasks of it that failed, and why.',
  },
}
