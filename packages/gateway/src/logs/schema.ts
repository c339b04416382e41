/** The schemas of the log routes. */
import { timeOrDuration } from '../http/request/query.ts'
import { unavailableSchema } from '../http/unavailable-parts.ts'
import { Type } from '../typebox/type.ts'

export const logLineSchema = Type.Object(
  {
    time: Type.String({ format: 'date-time' }),
    task: Type.String({ description: 'Id of the task.' }),
    container: Type.String(),
    message: Type.String(),
    id: Type.String({ description: 'CloudWatch Logs’ id of the event.' }),
  },
  { $id: 'LogLine', description: 'A line that a container has printed.' },
)

const elsewhere = Type.Object(
  {
    container: Type.String(),
    driver: Type.Union([Type.String(), Type.Null()], {
      description: 'The log driver; null for a container without a log configuration.',
    }),
    options: Type.Record(Type.String(), Type.String(), {
      description: 'The options of the driver that say where the lines go.',
    }),
    detail: Type.String(),
    taskDefinitions: Type.Array(Type.String(), {
      description: 'The revisions of the service and of its tasks that it stands in: `family:revision`.',
    }),
  },
  { $id: 'LogsElsewhere', description: 'A container whose lines the gateway cannot read.' },
)

export const logPageSchema = Type.Object(
  {
    items: Type.Array(logLineSchema, { description: 'In order of time.' }),
    nextCursor: Type.Union([Type.String(), Type.Null()], {
      description: '`?cursor=` of the next page: the older one, or with `since` the newer one; null on the last page.',
    }),
    incomplete: Type.Boolean({ description: 'More than 100 log streams match; the newest were read.' }),
    elsewhere: Type.Array(elsewhere, {
      description: 'Containers that log to another place than CloudWatch Logs.',
    }),
    unavailable: Type.Optional(unavailableSchema),
  },
  { $id: 'LogPage' },
)

const moment = (description: string) =>
  Type.Optional(Type.String({ format: timeOrDuration, description, examples: ['15m'] }))

export const logQuery = {
  container: Type.Optional(Type.String({ $id: 'LogContainer', description: 'Only lines of this container.' })),
  since: moment(
    'Only lines from this time on, oldest first: ISO 8601, or a duration back from now, such as `90s`, `15m`, `3h`, `2d`. Without it, the newest lines are returned, and the next page is older.',
  ),
  until: moment('Only lines before this time, in the same form.'),
  grep: Type.Optional(
    Type.String({
      $id: 'LogGrep',
      minLength: 1,
      maxLength: 1000,
      description: 'Only lines that contain this text. Case-sensitive, unless `ignoreCase` is given.',
    }),
  ),
  ignoreCase: Type.Boolean({
    $id: 'LogIgnoreCase',
    default: false,
    description: 'Capital and small letters are the same for `grep`.',
  }),
  limit: Type.Integer({
    $id: 'LogLimit',
    minimum: 1,
    maximum: 10_000,
    default: 100,
    description: 'Maximum number of lines.',
  }),
  cursor: Type.Optional(
    Type.String({
      $id: 'LogCursor',
      description: '`nextCursor` of the previous page; for the event stream the id of the last event.',
    }),
  ),
  follow: Type.Boolean({
    $id: 'LogFollow',
    default: false,
    description: 'Follows, as `Accept: text/event-stream` does.',
  }),
}

export const optionalTaskQuery = {
  task: Type.Optional(
    Type.String({
      $id: 'LogTask',
      description:
        'Only lines of this task (id or ARN). ECS may have forgotten the task if its log stream still exists.',
    }),
  ),
}
