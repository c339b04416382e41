/** The query of the stream of many resources, and its events. */
import { answerSchema } from '../shapes/json-schema.ts'
import { Type } from '../typebox/type.ts'

const firstStateQuery = Type.Optional(
  Type.Enum(['all', 'none'], {
    $id: 'FirstState',
    description: 'With `none`, the first state is one empty page. For clients that need the changes alone.',
  }),
)

export const changeQuery = {
  state: firstStateQuery,
  clusters: Type.Optional(
    Type.String({ $id: 'ChangedClusters', description: 'Clusters by name or glob, separated by commas.' }),
  ),
  services: Type.Optional(
    Type.String({
      $id: 'ChangedServices',
      description: 'Services as `cluster/service`, separated by commas; both parts may be globs: `prod/*`.',
    }),
  ),
  tasks: Type.Optional(
    Type.String({
      $id: 'ChangedTasks',
      description: 'Tasks as `cluster/id`, separated by commas; both parts may be globs: `prod/*`.',
    }),
  ),
}

const cluster = Type.String({ description: 'The name of the cluster.' })
const name = Type.String()
const id = Type.String()
const age = Type.Number({ description: 'Seconds since AWS described the resource.' })
const changedResourceSchema = Type.Union(
  [
    Type.Object(
      { kind: Type.Literal('cluster'), cluster, name, resource: answerSchema('Cluster'), age },
      { $id: 'ChangedCluster' },
    ),
    Type.Object(
      { kind: Type.Literal('service'), cluster, name, resource: answerSchema('Service'), age },
      { $id: 'ChangedService' },
    ),
    Type.Object(
      { kind: Type.Literal('task'), cluster, id, resource: answerSchema('Task'), age },
      { $id: 'ChangedTask' },
    ),
  ],
  { $id: 'ChangedResource' },
)
const statePageSchema = Type.Object(
  {
    items: Type.Array(changedResourceSchema, { maxItems: 100 }),
    remaining: Type.Integer({
      description: 'Resources in later pages, and deletions before the last page; 0 in the last page only.',
    }),
  },
  { $id: 'ChangesStatePage' },
)
const eventId = Type.String({ description: 'The value of `Last-Event-ID` or `?cursor=` to resume after this event.' })

/** The schemas of the stream's events, as `{id, event, data}`. */
export const changeEventSchemas = [
  Type.Object(
    { id: eventId, event: Type.Literal('state'), data: statePageSchema },
    { $id: 'ChangesStateEvent', description: 'A page of the resources as they are when the stream begins.' },
  ),
  Type.Object(
    { id: eventId, event: Type.Enum(['change', 'deleted']), data: changedResourceSchema },
    { $id: 'ChangesChangeEvent', description: 'One resource: after a change, or before its deletion.' },
  ),
]
