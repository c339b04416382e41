/** The audit log on a store that accepts no entries for a while. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { openStore } from '../store/store.ts'
import { AuditLog } from './audit.ts'

const request = {
  requestId: 'r',
  caller: 'ci',
  role: 'admin',
  source: '127.0.0.1',
  action: 'DELETE /v1/ecs/tokens/:name',
  path: '/v1/ecs/tokens/old',
  account: undefined,
  cluster: undefined,
  service: undefined,
  query: {},
  body: undefined,
} as const

/** Opens an audit log. After `acceptEntries(false)` its writes fail, because its store is read-only then. */
async function openAudit(t: TestContext) {
  const settings = { url: undefined, key: undefined, data: ':memory:' }
  const [store, readOnly] = await Promise.all([openStore(settings), openStore(settings)])
  t.after(() => Promise.all([store.close(), readOnly.close()]))
  await sql`PRAGMA query_only = 1`.execute(readOnly.db)
  let accepts = true
  const errors: unknown[] = []
  const audit = new AuditLog({
    store: Object.create(store, { db: { get: () => (accepts ? store.db : readOnly.db) } }),
    keptDays: 30,
    rejectionsPerMinute: 1,
    now: Date.now,
    ageingNow: Date.now,
    onEntry: () => {},
    onUnexpectedError: (error) => errors.push(error),
  })
  return {
    audit,
    errors,
    acceptEntries: (isAccepting: boolean) => {
      accepts = isAccepting
    },
    entries: () => store.db.selectFrom('audit').selectAll().execute(),
  }
}

test('the count of similar rejections continues while the store accepts no entries', async (t) => {
  const { audit, errors, acceptEntries, entries } = await openAudit(t)
  const rejected = { status: 403, code: 'Forbidden', awsRequestIds: [] }
  await audit.recordRejected(request, rejected)
  for (const _ of [1, 2, 3]) await audit.recordRejected(request, rejected)
  acceptEntries(false)
  await audit.close()
  assert.match(errors.map(String).join(), /StoreUnavailable/)
  await audit.recordRejected(request, rejected)
  acceptEntries(true)
  await audit.close()
  assert.deepEqual(
    (await entries()).map(({ input }) => JSON.parse(input ?? '').alikeRequests),
    [undefined, 4],
  )
})

test('the entry of a revocation is written at the close, if the store accepts entries again', async (t) => {
  const { audit, errors, acceptEntries, entries } = await openAudit(t)
  acceptEntries(false)
  const entry = await audit.begin(request, { mayPrecedeAudit: true })
  await audit.finish(entry, { status: 200, code: undefined, awsRequestIds: [] })
  await assert.rejects(audit.begin(request), { code: 'StoreUnavailable' })
  acceptEntries(true)
  await audit.close()
  assert.deepEqual(
    (await entries()).map(({ id, status }) => [id, status]),
    [[entry.id, 200]],
  )
  assert.deepEqual(errors, [])
})

test('an entry that cannot be written when the audit log closes is reported as lost', async (t) => {
  const { audit, errors, acceptEntries } = await openAudit(t)
  acceptEntries(false)
  const entry = await audit.begin(request, { mayPrecedeAudit: true })
  await audit.finish(entry, { status: 200, code: undefined, awsRequestIds: [] })
  await audit.close()
  assert.match(String(errors[0]), new RegExp(`The entry ${entry.id} of the audit log is lost`))
})
