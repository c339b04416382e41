/** The outcomes of deployments in the audit log, which outlive the service and the process. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createDeployedService } from '../testing/deployed-service.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { newFolder } from '../testing/process.ts'
import { startTestProgram, type TestProgram } from '../testing/program.ts'
import { until } from '../testing/until.ts'

const remote = await startEngineOverTcp()
const { api, newAccount } = await startTestProgram({ accounts: [remote.account('remote')] })
const postgres = skipWithoutPostgres ? undefined : await startPostgres()
after(() => postgres?.stop())

const failing = { containers: { web: { dockerLabels: { 'ecs-api.simulated.exit-code': '3' } } } }
const neverReady = { containers: { web: { dockerLabels: { 'ecs-api.simulated.start-delay': '3600' } } } }
const rollingBack = {
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
}

/** The deploying entries of the service www, the oldest first: method and end of the route, and the deployment. */
async function deploymentsInAudit({ get }: TestProgram['api'], account: string) {
  const { body, text } = await get(`/${account}/audit?service=www&kind=change`)
  assert.ok(body.items, text)
  return body.items.toReversed().map(({ action, deployment }: { action: string; deployment: object | null }) => ({
    change: action.replace(/ .*\/:?/, ' '),
    ...deployment,
  }))
}

test('the audit has the outcome of each deployment, also after the deletion of the service', async () => {
  const account = await newAccount()
  const { path, deploy } = await createDeployedService(api, account, rollingBack)
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  const failed = await api.patch(`${path}?wait=STABLE`, failing)
  assert.equal(failed.body.outcome, 'failed', failed.text)
  await api.patch(path, { count: 1 })
  const ids = (await api.get(`${path}/deployments`)).body.items.map(({ id }: { id: string }) => id).toReversed()
  assert.equal((await api.delete(`${path}?wait=INACTIVE`)).status, 200)
  const entries = await deploymentsInAudit(api, account)
  assert.deepEqual(
    entries.map(({ change, id, outcome }: Record<string, string>) => [change, id, outcome]),
    [
      ['POST services', ids[0], 'stable'],
      ['PATCH service', ids[1], 'stable'],
      ['PATCH service', ids[2], 'rolled-back'],
      ['PATCH service', undefined, undefined],
      ['DELETE service', undefined, undefined],
    ],
  )
  assert.match(entries[2].reason, /circuit breaker/)
  assert.ok(Date.parse(entries[2].endedAt) > Date.parse(entries[1].endedAt))
})

test('a deployment in progress is under way in the audit, and the deletion of its service ends it', async () => {
  const account = await newAccount()
  const { path } = await createDeployedService(api, account)
  const { headers } = await api.patch(path, neverReady)
  const id = headers['ecs-api-deployment']
  const [, underWay] = await deploymentsInAudit(api, account)
  assert.deepEqual(underWay, { change: 'PATCH service', id, outcome: 'under-way', reason: null, endedAt: null })
  await api.delete(path)
  const [, ended] = await deploymentsInAudit(api, account)
  const reason = 'The service was deleted during the deployment.'
  assert.deepEqual(ended, { change: 'PATCH service', id, outcome: 'superseded', reason, endedAt: null })
})

test('a deployment that a newer one replaces is superseded in the audit', async () => {
  const account = await newAccount()
  const { path, deploy } = await createDeployedService(api, account)
  await api.patch(path, neverReady)
  await deploy({ containers: { web: { dockerLabels: null } } })
  const entries = await deploymentsInAudit(api, account)
  assert.deepEqual(
    entries.map(({ outcome }: { outcome: string }) => outcome),
    ['stable', 'superseded', 'stable'],
  )
})

test('a deployment that ends while the gateway is down has its outcome after the start', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const start = () => startTestProgram({ data: folder, accounts: [remote.account('remote')] })
  const first = await start()
  const { path } = await createDeployedService(first.api, 'remote')
  const { headers } = await first.api.patch(path, neverReady)
  await first.close()
  const deployment = `service-deployment/prod/www/${headers['ecs-api-deployment']}`
  await remote.ecs.stopServiceDeployment({
    serviceDeploymentArn: `arn:aws:ecs:us-east-1:${remote.number}:${deployment}`,
    stopType: 'ABORT',
  })

  const second = await start()
  const listed = await until(
    () => second.awsCalls.find(({ action }) => action === 'ListServiceDeployments'),
    (call) => call !== undefined,
  )
  assert.equal(listed?.requestId, undefined, 'no request has caused the call')
  await remote.ecs.deleteService({ cluster: 'prod', service: 'www', force: true })
  const [, ended] = await deploymentsInAudit(second.api, 'remote')
  assert.deepEqual([ended.outcome, ended.reason], ['failed', 'Service deployment stopped by user.'])
  await second.close()
})

test('the outcome is unknown, with the reason, when ECS no longer shows the service', async () => {
  const { api, close } = await startTestProgram({ accounts: [remote.account('remote')] })
  await remote.ecs.createCluster({ clusterName: 'gone' })
  const path = '/remote/clusters/gone/services'
  await api.post(path, { name: 'www', taskDefinition: 'web', count: 1 })
  await remote.ecs.deleteService({ cluster: 'gone', service: 'www', force: true })
  await until(async () => (await api.get(`${path}/www`)).status === 404)
  await until(async () => (await remote.ecs.listTasks({ cluster: 'gone' })).taskArns?.length === 0)
  await remote.ecs.deleteCluster({ cluster: 'gone' })
  const [entry] = await deploymentsInAudit(api, 'remote')
  const reason = 'The service was deleted before the gateway had read the end of the deployment.'
  assert.deepEqual([entry.outcome, entry.reason, entry.endedAt], ['unknown', reason, null])
  await close()
})

test('several processes on one PostgreSQL show the same outcome', { skip: skipWithoutPostgres }, async () => {
  const settings = { store: storeOn(postgres!.newUrl()), accounts: [remote.account('remote')] }
  const [one, other] = [await startTestProgram(settings), await startTestProgram(settings)]
  await remote.ecs.createCluster({ clusterName: 'shared' })
  const path = '/remote/clusters/shared/services'
  const created = await one.api.post(`${path}?wait=STABLE`, { name: 'www', taskDefinition: 'web:1', count: 1 })
  assert.equal(created.body.outcome, 'reached', created.text)
  const [[shown], [shownByOther]] = [
    await deploymentsInAudit(one.api, 'remote'),
    await deploymentsInAudit(other.api, 'remote'),
  ]
  assert.deepEqual([shown.id, shown.outcome], [created.headers['ecs-api-deployment'], 'stable'])
  assert.deepEqual(shownByOther, shown)
  for (const { close } of [one, other]) await close()
})
