/** The event stream of an operation: its events as schemas, and its text as a response. */
import type { TSchema } from 'typebox'
import { Type } from '../../typebox/type.ts'
import type { Route, RouteSchema } from '../route.ts'
import type { Components } from './components.ts'
import type { Content, Operation } from './operation.ts'

/** The events of the route's stream: its own or those of a resource, and the notices that every stream can have. */
export function eventStreamOf({ schema, hasStream }: Route, components: Components): Pick<Operation, 'x-event-stream'> {
  const events = schema.streamEvents ? schema.streamEvents.schemas : resourceEvents(schema.answers[200])
  if (!hasStream || !events) return {}
  return { 'x-event-stream': { oneOf: [...events, streamNotice].map((event) => components.schema(event)) } }
}

/** @param resource a named schema, or a reference to one */
function resourceEvents(resource: (TSchema & { $id?: string; $ref?: string }) | undefined): TSchema[] | undefined {
  const name = resource?.$id ?? resource?.$ref?.split('/').at(-1)
  if (!resource || !name) return undefined
  const event = Type.Enum(['state', 'change', 'deleted'])
  return [Type.Object({ id: Type.String(), event, data: resource }, { $id: `${name}StreamEvent` })]
}

const streamNotice = Type.Object(
  {
    event: Type.Enum(['problem', 'end']),
    data: Type.Object({ code: Type.String(), detail: Type.String() }, { $id: 'StreamNotice' }),
  },
  { $id: 'StreamNoticeEvent', description: '`problem`: AWS cannot be asked now. `end`: why the stream ends.' },
)

/** The response to `Accept: text/event-stream`. */
export function streamContent({ description, example } = resourceStreamEvents): Record<string, Content> {
  return {
    'text/event-stream': {
      schema: {
        type: 'string',
        description:
          `Server-sent events. ${description} Each has an \`id\` for \`Last-Event-ID\` or \`?cursor=\`. ` +
          '`problem` (`{"code", "detail"}`): it cannot be looked at now. `end` (`{"code", "detail"}`): why the stream ' +
          'ends, such as SlowReader or ShuttingDown. A comment every 15 s.',
      },
      examples: { 'example 1': { value: example } },
    },
  }
}

const resourceStreamEvents: NonNullable<RouteSchema['streamEvents']> = {
  description:
    '`state`: the resource as it is now, first; `change`: the resource after a change; `deleted`: the resource before ' +
    'its deletion, then the stream ends.',
  example: 'id: 3f9c2a51b07e-1\nevent: state\ndata: {"name":"www","status":"ACTIVE"}\n\n',
}
