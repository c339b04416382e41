/** The stream of the changes of many resources. */
import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import type { Topic } from '../cache/invalidation.ts'
import type { SnapshotItem } from '../cache/watch/snapshot.ts'
import { type Caller, cacheKeyOf } from '../http/caller.ts'
import { eventStreamType } from '../http/request/accept.ts'
import { type Api, type RouteSchema, streamQuery } from '../http/route.ts'
import type { EventSource } from '../http/streams/event-source.ts'
import { NotAcceptable } from '../problems/problem.ts'
import { Type } from '../typebox/type.ts'
import { describeSnapshot } from './describe.ts'
import { type ChangeFilter, type ChangeQuery, parseChangeFilter } from './filter.ts'
import { changeEventSchemas, changeQuery } from './schema.ts'

const changes = {
  summary: 'Stream the changes of many resources',
  operationId: 'streamChanges',
  description:
    'One event stream for clusters, services and tasks; only with `Accept: text/event-stream`. `clusters`, `services` ' +
    'and `tasks` select resources of their kind by names and globs. Without any of them, the stream has everything ' +
    'of the account that the token may see. Services are as in lists, without `events`.',
  tag: 'Changes',
  query: { ...changeQuery, ...streamQuery },
  answers: { 200: Type.Union(changeEventSchemas) },
  isStreamOnly: true,
  streamEvents: {
    description:
      '`state`: `{"items", "remaining"}`, the resources as they are now in pages of at most 100, until `remaining` ' +
      'is 0, or with `?state=none` one empty page; `change`: one resource that is new or changed; ' +
      '`deleted`: one resource before its deletion.',
    example:
      'id: 3f9c2a51b07e-12\nevent: change\ndata: {"kind":"service","cluster":"prod","name":"www",' +
      '"resource":{"name":"www","status":"ACTIVE"},"age":0.2}\n\n',
    schemas: changeEventSchemas,
  },
} satisfies RouteSchema

export function changeRoutes(api: Api<Account>, cache: Cache): void {
  const stream = ({
    account,
    caller,
    query,
  }: {
    account: Account
    caller: Caller
    query: ChangeQuery
  }): EventSource => {
    const filter = parseChangeFilter(query, caller)
    const key = cacheKeyOf(caller, `/changes ${JSON.stringify(filter)}`)
    const describe = (previous: readonly SnapshotItem[]) => describeSnapshot(account, caller, filter, previous)
    return cache.changeStream(account, { topics: topicsOf(filter), key }, describe, {
      startsWithState: query.state !== 'none',
    })
  }
  api.get('/:account/changes', { schema: changes, stream }, () => {
    throw new NotAcceptable('NotAcceptable', `This path returns ${eventStreamType} only.`, {
      next: `Send Accept: ${eventStreamType}.`,
    })
  })
}

/** A service has counts of its tasks, so the topics of services include tasks. */
function topicsOf({ clusters, services, tasks }: ChangeFilter): Topic[] {
  const topics: Topic[] = []
  if (clusters.length > 0) topics.push('clusters')
  if (services.length > 0) topics.push('services', 'tasks')
  else if (tasks.length > 0) topics.push('tasks')
  return topics
}
