/**
 * The schemas of members that this API shows in another form than ECS, or adds. Also the components of these members,
 * which ECS's model does not have.
 */
import { keyAndValueNames, type StructureShape } from '@ecs-api/ecs-model'

export type JsonSchema = Record<string, unknown>
/** The document that has the structure: an answer of this API, the body of a request, or a JSON Merge Patch. */
export type Side = 'answer' | 'body' | 'patch'

/** A reference to a component by its name. */
export function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

/** The known values, and any other string. */
export function openEnum(values: readonly string[]): JsonSchema {
  return { anyOf: [{ type: 'string', enum: values }, { type: 'string' }] }
}

export function pairsSchema(pair: StructureShape, isClearable: boolean): JsonSchema {
  const [key, value] = keyAndValueNames(pair)
  return {
    type: 'object',
    additionalProperties: { type: isClearable ? ['string', 'null'] : 'string' },
    description: `A map: ${key} → ${value}.`,
  }
}

export function quantitySchema(name: string, kind: 'string' | 'integer', side: Side): JsonSchema {
  const description = name === 'cpu' ? 'CPU units; 1024 are one vCPU.' : 'MiB.'
  if (kind === 'integer') return { type: 'integer', description }
  // ECS returns the client's text, which may be no number when it is not a size of Fargate.
  return { type: side === 'answer' ? ['number', 'string'] : 'number', description }
}

export function shorthandSchema(shorthandName: string, ecsPath: readonly string[]): JsonSchema {
  const description = `ECS’s \`${ecsPath.join('.')}\`.`
  switch (shorthandName) {
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

/** Schemas of this API that the schemas of ECS's structures refer to. */
export const gatewaySchemas = {
  Runtime: {
    ...openEnum(['fargate', 'ec2', 'external', 'docker', 'podman', 'simulated']),
    description: 'The kind of host that runs a task.',
  },
  WaitOutcome: {
    type: 'string',
    enum: ['reached', 'failed', 'timeout'],
    description: 'How the wait ended (`?wait=`).',
  },
  PublishedPort: {
    type: 'object',
    description: 'A port of a container that is published on the host.',
    properties: {
      container: { type: 'string' },
      containerPort: { type: 'integer' },
      hostPort: { type: 'integer' },
      hostIp: { type: 'string' },
      protocol: { type: 'string' },
    },
    required: ['container'],
  },
  DeploymentNextStep: {
    type: 'object',
    description: 'The step that follows by itself, and its earliest time. Absent where none is known.',
    properties: { at: { type: 'string', format: 'date-time' }, text: { type: 'string' } },
    required: ['at', 'text'],
  },
  TaskFailure: {
    type: 'object',
    description: 'A task of a deployment that failed.',
    properties: { task: { type: 'string', description: 'Id of the task.' }, reason: { type: 'string' } },
    required: ['task', 'reason'],
  },
} satisfies Record<string, JsonSchema>

/** The members that this API adds to answers, by name. */
export const addedSchemas: Record<string, JsonSchema> = {
  configVersion: { type: 'string', description: 'Version of the fields that clients can set, for `If-Match`.' },
  outcome: refTo('WaitOutcome'),
  reason: { type: 'string', description: 'The reason for the outcome of the wait.' },
  id: { type: 'string', description: 'The last segment of the ARN.' },
  name: { type: 'string', description: '`family:revision`.' },
  tags: { type: 'object', additionalProperties: { type: 'string' }, description: 'A map: key → value.' },
  address: { type: 'string', description: 'Private IPv4 address of the task.' },
  publicAddress: { type: 'string' },
  runtime: refTo('Runtime'),
  ports: {
    type: 'array',
    items: refTo('PublishedPort'),
    description: 'Ports published on the host, where there are any.',
  },
  progress: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'Running ÷ requested tasks of the target revision; 1 only with the status SUCCESSFUL.',
  },
  healthyTaskCount: {
    type: 'integer',
    description:
      'Running tasks of the deployment that passed their health checks. Absent without a health check of an essential ' +
      'container, and when the deployment is not in progress.',
  },
  taskFailures: {
    type: 'array',
    items: refTo('TaskFailure'),
    description: 'Failed tasks of the deployment, with the reasons.',
  },
  waitingFor: {
    type: 'string',
    description:
      'The current step of ECS. It begins with `Waiting for you` while a PAUSE hook waits for `POST …/continue`. The ' +
      'counts of tasks are in the other fields. Absent when the deployment has ended.',
  },
  waitingSince: {
    type: 'string',
    format: 'date-time',
    description: 'When the current step began, where ECS says it.',
  },
  nextStep: refTo('DeploymentNextStep'),
  unavailable: {
    type: 'array',
    items: refTo('UnavailablePart'),
    description: 'Absent when nothing is missing.',
  },
}
