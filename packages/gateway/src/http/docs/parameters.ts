/** The parameters of an operation: of its path, its query and the request's headers. */
import type { TProperties, TSchema } from 'typebox'
import type { Route } from '../route.ts'
import { hasEtag, isCached } from './caching.ts'
import type { Components, Reference } from './components.ts'
import type { Parameter } from './operation.ts'

export function parametersOf({ method, path, schema, hasStream }: Route): Parameter[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']): Parameter => {
    const given = schema.params?.[name]
    const described =
      given ??
      (name === 'account'
        ? {
            $id: 'AccountName',
            type: 'string',
            description: 'The account’s name in the configuration.',
            examples: ['local'],
          }
        : { type: 'string' })
    return parameter({ name, in: 'path', required: true }, described)
  })
  const query = schema.query ?? {}
  const inQuery = Object.entries(query as TProperties).map(([name, each]) =>
    parameter({ name, in: 'query', required: isRequired(each) }, each),
  )
  const inHeader: Parameter[] = []
  if (method !== 'GET')
    inHeader.push(
      header(
        'Idempotency-Key',
        'Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again.',
        '8e03978e-40d5-43dd-bc93-6894a57f9324',
      ),
    )
  if (schema.ifMatch)
    inHeader.push(
      header('If-Match', 'The `configVersion` or `ETag` that the resource must still have.', '"3f1c9a0e5b7d2c46"'),
    )
  if (hasEtag({ method, schema }))
    inHeader.push(
      header(
        'If-None-Match',
        'An `ETag`: the response is 304 when the resource still has it.',
        '"tnl8nZ0vF7eYLT1v3uD1cB0Sx1M"',
      ),
    )
  if (isCached({ method, path, schema }))
    inHeader.push(
      header(
        'Cache-Control',
        '`no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s.',
        'no-cache',
      ),
    )
  if (hasStream)
    inHeader.push(header('Last-Event-ID', 'For the event stream: resume after this event.', '3f9c2a51b07e-1'))
  return [...inPath, ...inQuery, ...inHeader]
}

/** A query parameter may be missing if it has a default, or the key with which TypeBox marks optional members. */
function isRequired(schema: TSchema): boolean {
  return !('default' in schema) && !('~optional' in schema)
}

/** In OpenAPI the description belongs to the parameter, and in the route's schema to the type of its value. */
function parameter(
  place: Pick<Parameter, 'name' | 'in' | 'required'>,
  { description, ...schema }: { description?: string } & object,
): Parameter {
  return { ...place, ...(description && { description }), schema }
}

/** Makes the parameter a component if its schema has an `$id`. */
export function asComponent(
  { schema: { $id, ...schema }, ...rest }: Parameter,
  components: Components,
): Parameter | Reference {
  const parameter: Parameter = { ...rest, schema: components.schema(schema) }
  return typeof $id === 'string' ? components.add('parameters', $id, parameter) : parameter
}

function header(name: string, description: string, example: string): Parameter {
  const $id = name.replaceAll('-', '')
  return { name, in: 'header', required: false, description, schema: { $id, type: 'string', examples: [example] } }
}
