/** The responses of an operation, with their headers and media types. */
import type { TSchema } from 'typebox'
import { problemCodes } from '../../problems/codes.ts'
import type { Route } from '../route.ts'
import { hasEtag, isCached } from './caching.ts'
import type { Components, Json } from './components.ts'
import { streamContent } from './event-streams.ts'
import type { Content, Operation } from './operation.ts'
import { problemResponse } from './problem-schemas.ts'
import type { Code } from './problems-of-route.ts'

const defaultDescriptions: Record<number, string> = {
  200: 'The request succeeded.',
  201: 'Created.',
  202: 'The wait timed out. The change goes on.',
  302: 'Elsewhere.',
}
const stringSchema = { schema: { type: 'string' } }
const headers = {
  ETag: { description: 'For If-None-Match.', required: true, ...stringSchema },
  Age: { description: 'Age of the answer in seconds.', required: true, schema: { type: 'integer' } },
  'Ecs-Api-Stale': {
    description:
      '`budget`: the answer is more than 2 s old, because the AWS request budget of the account is exhausted.',
    schema: { type: 'string', enum: ['budget'] },
  },
  'Ecs-Api-Deployment': {
    description:
      'The id of the service deployment that the request made; `none` where it made none. Absent in the response of a ' +
      'dry run, and where ECS does not name it within 2 s.',
    ...stringSchema,
  },
  Location: { description: 'Path of the created resource.', ...stringSchema },
  Link: { description: 'The next page, as `rel="next"`.', ...stringSchema },
} satisfies Record<string, { description: string; required?: true; schema: Json }>

export function responsesOf(route: Route, problems: readonly Code[], components: Components): Operation['responses'] {
  const { method, schema, hasStream } = route
  const responses: Operation['responses'] = {}
  for (const [status, answer] of Object.entries(schema.answers)) {
    const isGet = method === 'GET' && status === '200'
    const names = headersOf(route, status)
    responses[status] = {
      description:
        (answer as { description?: string }).description ??
        defaultDescriptions[Number(status)] ??
        'The request succeeded.',
      ...(names.length > 0 && {
        headers: Object.fromEntries(
          names.map((name) => [name, components.add('headers', name.replaceAll('-', ''), headers[name])]),
        ),
      }),
      content: {
        ...(!schema.isStreamOnly && {
          [schema.produces ?? 'application/json']: { schema: components.schema(answer) },
        }),
        ...(isGet && contentOf(schema.alsoProduces ?? {}, components)),
        ...(isGet && hasStream && streamContent(schema.streamEvents)),
      },
    }
  }
  if (hasEtag(route))
    responses[304] = components.add('responses', 'NotModified', { description: 'Not modified (If-None-Match).' })
  for (const status of new Set(problems.map((code) => problemCodes[code].status)))
    responses[status] = problemResponse(components, status)
  responses.default = problemResponse(components, 'default')
  return responses
}

function contentOf(schemas: Readonly<Record<string, TSchema>>, components: Components): Record<string, Content> {
  return Object.fromEntries(
    Object.entries(schemas).map(([type, schema]) => [type, { schema: components.schema(schema) }]),
  )
}

function headersOf(route: Route, status: string): (keyof typeof headers)[] {
  const { schema, hasStream } = route
  // When a route has a 201, its 200 is the plan of a dry run.
  const isPlan = status === '200' && 201 in schema.answers
  const deploymentHeaders = schema.makesDeployment && !isPlan ? (['Ecs-Api-Deployment'] as const) : []
  if (status === '201' || status === '202') return ['Location', ...deploymentHeaders]
  if (schema.makesDeployment) return [...deploymentHeaders]
  if (!hasEtag(route) || status !== '200') return []
  return [
    'ETag',
    'Age',
    ...(isCached(route) ? (['Ecs-Api-Stale'] as const) : []),
    ...(schema.query?.cursor && (!hasStream || schema.query.limit) ? (['Link'] as const) : []),
  ]
}
