/** Who changed what, when, from where, with what result; for admins. */
import Type, { type Static } from 'typebox'
import { presentEntry } from '../access/audit.ts'
import type { Account } from '../aws/account.ts'
import { requireAllAccounts, requireAllClusters, requireCluster } from '../http/caller.ts'
import { listSchema, type Page, pageQuery, readCursor, writeCursor } from '../http/list.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { type AuditFilter, entries } from '../store/audit-records.ts'
import type { Store } from '../store/store.ts'

const tag = 'Audit'
const permission = 'administer'
const optional = (description: string) => Type.Union([Type.String({ description }), Type.Null()])

const entry = Type.Object(
  {
    id: Type.String(),
    at: Type.String({ format: 'date-time', description: 'When it was asked for.' }),
    finishedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'Null while it is under way, and where the process died.',
    }),
    requestId: Type.String({ description: 'The answer’s X-Request-Id.' }),
    caller: Type.String({ description: 'Name of the token.' }),
    role: Type.String(),
    source: Type.String({ description: 'The client’s address.' }),
    action: Type.String({ description: 'Method and route.' }),
    path: Type.String(),
    account: optional('Name of the account.'),
    cluster: optional('Name of the cluster that the path names.'),
    input: Type.Unknown({ description: 'Query and body, without what may be secret.' }),
    status: Type.Union([Type.Integer(), Type.Null()]),
    code: optional('The problem’s code, of what failed or was refused.'),
    awsRequestIds: Type.Array(Type.String(), { description: 'Of the calls to AWS that change something.' }),
  },
  { $id: 'AuditEntry' },
)

const query = {
  since: Type.Optional(Type.String({ $id: 'AuditSince', format: 'date-time' })),
  until: Type.Optional(Type.String({ $id: 'AuditUntil', format: 'date-time' })),
  caller: Type.Optional(Type.String({ $id: 'AuditCaller', description: 'Only what this token asked for.' })),
  cluster: Type.Optional(Type.String({ $id: 'AuditCluster', description: 'Only where the path names this cluster.' })),
  ...pageQuery,
}
const queryObject = Type.Object(query)
type AuditQuery = Static<typeof queryObject>

const ofAccount = {
  summary: 'Read the audit of an account',
  operationId: 'listAccountAuditEntries',
  description: 'Every change that was asked for, newest first, refused ones too.',
  tag,
  permission,
  query,
  answers: { 200: listSchema('AuditEntryList', entry) },
} satisfies RouteSchema
const ofAll = {
  ...ofAccount,
  summary: 'Read the audit',
  operationId: 'listAuditEntries',
  description:
    'As of an account, over all accounts, and what concerns none, such as tokens. Not for a token that is fenced to some accounts.',
  query,
} satisfies RouteSchema

export function auditRoutes(api: Api<Account>, store: Store): void {
  api.get('/:account/audit', { schema: ofAccount }, ({ account, query, caller }) => {
    if (query.cluster === undefined) requireAllClusters(caller)
    else requireCluster(caller, query.cluster)
    return listEntries(store, account.name, query)
  })
  api.get('/audit', { schema: ofAll }, ({ query, caller }) => {
    requireAllAccounts(caller)
    requireAllClusters(caller)
    return listEntries(store, undefined, query)
  })
}

async function listEntries(
  store: Store,
  account: string | undefined,
  query: AuditQuery,
): Promise<Page<ReturnType<typeof presentEntry>>> {
  const { limit, cursor, caller, cluster, since, until } = query
  const filter: AuditFilter = { account, caller, cluster, since: iso(since), until: iso(until) }
  const rows = await entries(store, filter, limit + 1, cursor === undefined ? undefined : entryAt(cursor))
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(presentEntry),
    nextCursor: rows.length > limit && last ? writeCursor([last.at, last.id]) : null,
  }
}

function entryAt(cursor: string): { at: string; id: string } {
  const [at, id] = readCursor(cursor, ['', ''])
  return { at: String(at), id: String(id) }
}

function iso(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString()
}
