/** The routes of the audit log, for admins. */
import type { Static } from 'typebox'
import { toAuditEntry } from '../access/audit.ts'
import type { Account } from '../aws/account.ts'
import { requireClusterInFence, requireNoAccountFence, requireNoClusterFence } from '../http/caller.ts'
import { listSchema, type Page, pageQuery, readCursor, writeCursor } from '../http/list.ts'
import { findMoment } from '../http/request/moment.ts'
import { timeOrDuration } from '../http/request/query.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { type AuditFilter, type AuditRow, listAuditEntries } from '../store/audit-records.ts'
import type { Store } from '../store/store.ts'
import { Type } from '../typebox/type.ts'

const tag = 'Audit'
const permission = 'administer'
const nullableText = (description: string) => Type.Union([Type.String({ description }), Type.Null()])

const deployment = Type.Object(
  {
    id: nullableText('The id of ECS’s service deployment; null while ECS does not show it.'),
    outcome: Type.Enum(['under-way', 'stable', 'failed', 'superseded', 'rolled-back', 'unknown'], {
      $id: 'AuditedOutcome',
      description:
        'As of a release. It is stored when the deployment ends, so it outlives the service. `superseded`: a later ' +
        'change ended the deployment. `unknown`: the gateway could not read the end, and `reason` says why.',
    }),
    reason: nullableText('Why the deployment ended, in ECS’s words where ECS gives a reason.'),
    endedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'Null while the deployment is under way, and when the time is not known.',
    }),
  },
  { $id: 'AuditedDeployment' },
)

const entry = Type.Object(
  {
    id: Type.String(),
    at: Type.String({ format: 'date-time', description: 'When the request arrived.' }),
    finishedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'Null while the request is in progress, and when the process died meanwhile.',
    }),
    requestId: Type.String({ description: 'The X-Request-Id of the response.' }),
    caller: Type.String({ description: 'The name of the token, or `oidc:` and the name of a person.' }),
    role: Type.String(),
    source: Type.String({ description: 'The client’s address.' }),
    action: Type.String({ description: 'Method and route.' }),
    path: Type.String(),
    account: nullableText('Name of the account.'),
    cluster: nullableText('Name of the cluster that the path names.'),
    service: nullableText('Name of the service that the path names, or that the request creates.'),
    input: Type.Unknown({ description: 'Query and body, without values that may be secret.' }),
    status: Type.Union([Type.Integer(), Type.Null()]),
    code: nullableText('The problem code of a request that failed or was rejected.'),
    awsRequestIds: Type.Array(Type.String(), { description: 'The request ids of the writes to AWS.' }),
    deployment: Type.Union([deployment, Type.Null()], {
      description:
        'The deployment that the request made. Null when it made none, and when an older version of the gateway, which ' +
        'stored no deployments, has written the entry.',
    }),
  },
  { $id: 'AuditEntry' },
)

const query = {
  since: Type.Optional(
    Type.String({
      $id: 'AuditSince',
      format: timeOrDuration,
      description: 'Only requests from this time on: ISO 8601, or a duration back from now, such as `15m`, `3h`, `2d`.',
    }),
  ),
  until: Type.Optional(
    Type.String({
      $id: 'AuditUntil',
      format: timeOrDuration,
      description: 'Only requests before this time, in the same form.',
    }),
  ),
  caller: Type.Optional(Type.String({ $id: 'AuditCaller', description: 'Only requests of this token.' })),
  cluster: Type.Optional(
    Type.String({ $id: 'AuditCluster', description: 'Only requests whose path names this cluster.' }),
  ),
  service: Type.Optional(
    Type.String({
      $id: 'AuditService',
      description: 'Only requests whose path names this service, or that create it, in all clusters or in `cluster`.',
    }),
  ),
  kind: Type.Optional(
    Type.Union([Type.Literal('change'), Type.Literal('plan')], {
      $id: 'AuditKind',
      description: 'Only changes, or only plans (`?dryRun=true`), which change nothing. Without it, both.',
    }),
  ),
  ...pageQuery,
}
const queryObject = Type.Object(query)
type AuditQuery = Static<typeof queryObject>

const listAccountEntries = {
  summary: 'Read the audit log of an account',
  operationId: 'listAccountAuditEntries',
  description: 'Every requested change, newest first, rejected ones too.',
  tag,
  permission,
  query,
  readsFrom: 'store',
  answers: { 200: listSchema('AuditEntryList', entry) },
} satisfies RouteSchema
const listAllEntries = {
  ...listAccountEntries,
  summary: 'Read the audit log',
  operationId: 'listAuditEntries',
  description:
    'Every requested change in all accounts, and changes without an account, such as tokens. ' +
    'Not for a token that is fenced to some accounts.',
  query,
} satisfies RouteSchema

export interface AuditRouteDeps {
  store: Store
  /** Checks whether open deployments of the entries have ended. Returns whether the entries may have changed. */
  readOutcomesOf: (entries: readonly AuditRow[]) => Promise<boolean>
}

export function auditRoutes(api: Api<Account>, deps: AuditRouteDeps): void {
  api.get('/:account/audit', { schema: listAccountEntries }, ({ account, query, caller }) => {
    if (query.cluster === undefined) requireNoClusterFence(caller)
    else requireClusterInFence(caller, query.cluster)
    return listEntries(deps, query, { account: account.name })
  })
  api.get('/audit', { schema: listAllEntries }, ({ query, caller }) => {
    requireNoAccountFence(caller)
    requireNoClusterFence(caller)
    return listEntries(deps, query)
  })
}

/** Lists entries, newest first; those of all accounts when `account` is not given. */
async function listEntries(
  { store, readOutcomesOf }: AuditRouteDeps,
  query: AuditQuery,
  { account }: { account?: string } = {},
): Promise<Page<ReturnType<typeof toAuditEntry>>> {
  const { limit, cursor, caller, cluster, service, kind, since, until } = query
  const filter: AuditFilter = { account, caller, cluster, service, kind, since: toUtc(since), until: toUtc(until) }
  const after = cursor === undefined ? undefined : positionAt(cursor)
  const listRows = () => listAuditEntries(store, filter, limit + 1, after)
  const firstRows = await listRows()
  const rows = (await readOutcomesOf(firstRows)) ? await listRows() : firstRows
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map(toAuditEntry),
    nextCursor: rows.length > limit && last ? writeCursor([last.at, last.id]) : null,
  }
}

/** Reads the cursor of a page: the time and the id of the last entry before the page. */
function positionAt(cursor: string): { at: string; id: string } {
  const [at, id] = readCursor(cursor, ['', ''])
  return { at: String(at), id: String(id) }
}

function toUtc(time: string | undefined): string | undefined {
  const moment = time === undefined ? undefined : findMoment(time, Date.now())
  return moment === undefined ? undefined : new Date(moment).toISOString()
}
