/** Problems (RFC 9457) in openapi.json: one schema, one response for each status, and the codes as a list. */
import { problemCodes } from '../../problems/codes.ts'
import type { Components, Reference } from './components.ts'

const { STATUS_CODES } = process.getBuiltinModule('node:http')

const strings = { type: 'array', items: { type: 'string' } }

/** A `$id` makes a component of each. */
const problem = {
  $id: 'Problem',
  type: 'object',
  description: 'A problem (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', description: 'The page that explains the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened, and what to do next where that is known.' },
    code: {
      $id: 'ProblemCode',
      anyOf: [{ type: 'string', enum: Object.keys(problemCodes) }, { type: 'string' }],
      description: 'One of /docs/problems, or the name of AWS’s exception where AWS refused the request.',
    },
    requestId: { type: 'string' },
    awsRequestId: { type: 'string', description: 'The request id of the AWS call that failed.' },
    errors: {
      type: 'array',
      description: 'Everything that is wrong with the request, each where the client wrote it.',
      items: {
        $id: 'RequestError',
        type: 'object',
        description: 'One thing that is wrong with the request.',
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
      description: 'Of GuardrailBroken: everything that the guardrails forbid.',
      items: {
        $id: 'GuardrailBreach',
        type: 'object',
        description: 'One thing that the guardrails of an account forbid.',
        required: ['at', 'message'],
        properties: {
          at: { type: 'string', description: 'The field, in ECS’s own form of the body.' },
          message: { type: 'string' },
        },
      },
    },
    services: { ...strings, description: 'Of ClusterContainsServices: names of the services.' },
    tasks: { ...strings, description: 'Of ClusterContainsTasks: ids of the tasks.' },
    resource: {
      type: 'object',
      additionalProperties: true,
      description: 'Of DeploymentFailed and TaskFailed: the resource as the call without `?fail=true` returns it.',
    },
    configVersion: { type: 'string', description: 'Of PreconditionFailed: the version of the resource now.' },
    position: { type: 'integer', description: 'Of MalformedJson: the offset in the body at which reading stopped.' },
    action: { type: 'string', description: 'Of AwsAccessDenied: the action that AWS denies to this service.' },
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
