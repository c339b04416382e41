/** Problems (RFC 9457) in openapi.json: one schema, one response for each status, and the codes as a list. */
import { problemCodes } from '../../problems/codes.ts'
import type { Components, Reference } from './components.ts'

const { STATUS_CODES } = process.getBuiltinModule('node:http')

const strings = { type: 'array', items: { type: 'string' } }

/** Each schema with an `$id` becomes a component. */
const problem = {
  $id: 'Problem',
  type: 'object',
  description: 'A problem (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', description: 'The page that explains the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened, and what to do next.' },
    code: {
      $id: 'ProblemCode',
      anyOf: [{ type: 'string', enum: Object.keys(problemCodes) }, { type: 'string' }],
      description: 'A code of /docs/problems, or the name of AWS’s exception when AWS rejected the request.',
    },
    requestId: { type: 'string' },
    awsRequestId: { type: 'string', description: 'The request id of the AWS call that failed.' },
    errors: {
      type: 'array',
      description: 'Every error of the request, each with its place.',
      items: {
        $id: 'RequestError',
        type: 'object',
        description: 'One error of the request.',
        required: ['in', 'message'],
        properties: {
          in: { type: 'string', enum: ['body', 'query', 'path', 'header'] },
          pointer: { type: 'string', description: 'JSON Pointer into the body.' },
          name: { type: 'string', description: 'Name of the parameter or header.' },
          message: { type: 'string' },
        },
      },
    },
    errorsOmitted: { type: 'integer', description: 'How many errors there are besides those in `errors`.' },
    breaches: {
      type: 'array',
      description: 'For GuardrailBroken: the limits that the request exceeds.',
      items: {
        $id: 'GuardrailBreach',
        type: 'object',
        description: 'A limit of the account’s guardrails that the request exceeds.',
        required: ['at', 'message'],
        properties: {
          at: { type: 'string', description: 'The field, in ECS’s own form of the body.' },
          message: { type: 'string' },
        },
      },
    },
    services: { ...strings, description: 'For ClusterContainsServices: names of the services.' },
    tasks: { ...strings, description: 'For ClusterContainsTasks: ids of the tasks.' },
    resource: {
      type: 'object',
      additionalProperties: true,
      description: 'For DeploymentFailed and TaskFailed: the resource as the call without `?fail=true` returns it.',
    },
    configVersion: { type: 'string', description: 'For PreconditionFailed: the present version of the resource.' },
    position: { type: 'integer', description: 'For MalformedJson: the offset in the body at which reading stopped.' },
    action: { type: 'string', description: 'For AwsAccessDenied: the action that AWS denies to the gateway.' },
  },
}

const example = {
  type: '/docs/problems/InvalidBody',
  title: problemCodes.InvalidBody.title,
  status: 400,
  detail: '/containerDefinitions/0/imgae: unknown field; did you mean image?',
  code: 'InvalidBody',
  requestId: '2f9d3c1e-6a4b-4b57-9d64-2b8f0a4f7c11',
  errors: [{ in: 'body', pointer: '/containerDefinitions/0/imgae', message: 'unknown field; did you mean image?' }],
}

const retryAfter = { description: 'Seconds to wait before a retry, where they are known.', schema: { type: 'integer' } }

/** `404`: the response NotFound, which all operations share; `default`: any problem that an operation does not list. */
export function problemResponse(components: Components, status: number | 'default'): Reference {
  const phrase = status === 'default' ? 'Other Problem' : (STATUS_CODES[status] ?? `Problem ${status}`)
  const description =
    status === 'default'
      ? 'Any other problem.'
      : `${phrase}. \`x-problems\` of the operation has the codes of the problems that it can have.`
  const hasRetryAfter = status === 429 || status === 503
  return components.add('responses', phrase.replaceAll(' ', ''), {
    description,
    ...(hasRetryAfter && { headers: { 'Retry-After': components.add('headers', 'RetryAfter', retryAfter) } }),
    content: {
      'application/problem+json': {
        schema: components.schema(problem),
        ...(status === 400 && { examples: { 'example 1': { value: example } } }),
      },
    },
  })
}
