/** The migration of audit entries that earlier versions stored without the service. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addAuditEntry, listAuditEntries } from './audit-records.ts'
import { addAuditServices } from './audit-services.ts'
import { openStore } from './store.ts'

test('entries of earlier versions get their service, and whether they asked for a plan', async (t) => {
  const store = await openStore({ url: undefined, key: undefined, data: ':memory:' })
  t.after(() => store.close())
  const service = '/v1/ecs/:account/clusters/:cluster/services'
  const entries: [action: string, path: string, input: object | null][] = [
    [`POST ${service}`, '/v1/ecs/a/clusters/c/services', { query: { dryRun: false }, body: { name: 'web' } }],
    [`POST ${service}`, '/v1/ecs/a/clusters/c/services', { query: { dryRun: false }, body: { serviceName: 'api' } }],
    [`POST ${service}`, '/v1/ecs/a/clusters/c/services', { query: ['x'] }],
    [`PATCH ${service}/:service`, '/v1/ecs/a/clusters/c/services/web', { query: { dryRun: true } }],
    [
      `POST ${service}/:service/restart`,
      `/v1/ecs/a/clusters/c/services/${encodeURIComponent('arn:aws:ecs:x:1:service/c/web')}/restart`,
      null,
    ],
    [`DELETE ${service}/:service`, '/v1/ecs/a/clusters/c/services/%E0%A4%A', null],
    ['POST /v1/ecs/:account/taskdefs', '/v1/ecs/a/taskdefs', { query: { dryRun: true }, body: { name: 'web' } }],
    ['POST /v1/ecs/tokens', '/v1/ecs/tokens', { query: {}, body: { name: 'web' } }],
  ]
  const count = 600
  for (let i = 0; i < count; i++) {
    const [action, path, input] = entries[i % entries.length]!
    await addAuditEntry(store, {
      ...{ id: `id-${i}`, at: new Date(i * 1000).toISOString(), request_id: 'r', caller: 'ci', role: 'admin' },
      ...{ source: '::1', action, path, account: 'a', cluster: 'c', service: null, is_plan: null },
      ...{ input: input && JSON.stringify(input), status: 200, code: null, aws_request_ids: null, finished_at: null },
      ...{ revision: null, deployment: null, outcome: null, outcome_reason: null, ended_at: null, check_at: null },
    })
  }
  await addAuditServices(store.db)
  const filter = { account: 'a', caller: undefined, cluster: undefined, since: undefined, until: undefined }
  const actionsOf = async (name: string | undefined, kind: 'change' | 'plan' | undefined) =>
    [
      ...new Set(
        (await listAuditEntries(store, { ...filter, service: name, kind }, count)).map(({ action }) => action),
      ),
    ].sort()
  assert.deepEqual(await actionsOf('web', 'change'), [`POST ${service}`, `POST ${service}/:service/restart`])
  assert.deepEqual(await actionsOf('web', 'plan'), [`PATCH ${service}/:service`])
  assert.deepEqual(await actionsOf('api', undefined), [`POST ${service}`])
  assert.deepEqual(await actionsOf(undefined, 'plan'), [`PATCH ${service}/:service`, 'POST /v1/ecs/:account/taskdefs'])
  assert.equal((await listAuditEntries(store, { ...filter, service: undefined, kind: undefined }, count)).length, count)
})
