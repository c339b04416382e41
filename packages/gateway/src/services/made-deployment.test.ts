/** The header `Ecs-Api-Deployment`: which deployment a request has made. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api } = await startTestProgram()
const services = '/local/clusters/made/services'

await api.post('/local/clusters', { name: 'made' })
await api.post('/local/taskdefs', { family: 'made', containerDefinitions: [{ name: 'web', image: 'nginx' }] })

const newestDeploymentId = async (service: string) =>
  (await api.get(`${services}/${service}/deployments`, { headers: { 'cache-control': 'no-cache' } })).body.items[0].id

test('a request that deploys a service names its deployment, also when it is replayed', async () => {
  const headers = { 'idempotency-key': 'made-1' }
  const body = { name: 'www', taskDefinition: 'made', count: 1 }
  const created = await api.post(services, body, { headers })
  assert.equal(created.status, 201, created.text)
  assert.equal(created.headers['ecs-api-deployment'], await newestDeploymentId('www'))
  assert.equal(
    (await api.post(services, body, { headers })).headers['ecs-api-deployment'],
    created.headers['ecs-api-deployment'],
  )

  const restarted = await api.post(`${services}/www/restart?wait=STABLE`)
  assert.equal(restarted.body.outcome, 'reached', restarted.text)
  assert.equal(restarted.headers['ecs-api-deployment'], await newestDeploymentId('www'))
  assert.notEqual(restarted.headers['ecs-api-deployment'], created.headers['ecs-api-deployment'])

  const patched = await api.patch(`${services}/www`, { containers: { web: { image: 'nginx:1.29' } } })
  assert.equal(patched.headers['ecs-api-deployment'], await newestDeploymentId('www'))
  const rolledBack = await api.post(`${services}/www/rollback`, { taskDefinition: 'made:1' })
  assert.equal(rolledBack.status, 200, rolledBack.text)
  assert.equal(rolledBack.headers['ecs-api-deployment'], await newestDeploymentId('www'))
})

test('a change that makes no deployment has the header Ecs-Api-Deployment: none', async () => {
  await api.post(`${services}?wait=STABLE`, { name: 'counted', taskDefinition: 'made', count: 1 })
  for (const change of [{ count: 2 }, { count: 2 }, { tags: { team: 'web' } }]) {
    const { status, headers } = await api.patch(`${services}/counted`, change)
    assert.deepEqual([status, headers['ecs-api-deployment']], [200, 'none'])
  }
})
