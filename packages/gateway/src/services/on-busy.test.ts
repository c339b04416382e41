/** `?onBusy=` of requests that deploy a service: what happens while another deployment of it is in progress. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAwsStandIn } from '../testing/aws-stand-in.ts'
import { createDeployedService } from '../testing/deployed-service.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startTestProgram } from '../testing/program.ts'

const remote = await startEngineOverTcp()
const { api, newAccount, newToken } = await startTestProgram({ accounts: [remote.account('remote')] })
const portalHeaders = { authorization: `Bearer ${await newToken({ name: 'portal', role: 'operator' })}` }

/** A patch whose deployment stays in progress: its health check has no result for an hour. */
const stuckWith = (image: string) => ({
  containers: {
    web: {
      image,
      healthCheck: { command: ['CMD', 'true'] },
      dockerLabels: { 'ecs-api.simulated.healthy-after': '3600' },
    },
  },
})
const stuck = stuckWith('nginx:1.27')
/** Removes the health check from the container, so that the deployment ends. */
const withoutHealthCheck = { healthCheck: null, dockerLabels: null }
const otherImage = { containers: { web: { image: 'nginx:1.28' } } }

test('reject: during a deployment, PATCH, restart and rollback get a 409 with the deployment’s token and start', async () => {
  const { path, deploy, releases } = await createDeployedService(api, await newAccount())
  await deploy(otherImage)
  const { body: service } = await api.patch(path, stuck, { headers: portalHeaders })
  const [primary] = service.deployments
  const expected = { id: primary.id, by: 'portal', since: primary.createdAt }
  for (const [method, url, body] of [
    ['patch', `${path}?onBusy=reject`, { containers: { web: { image: 'nginx:1.29' } } }],
    ['post', `${path}/restart?onBusy=reject`, undefined],
    ['post', `${path}/rollback?onBusy=reject`, { release: 1 }],
    ['post', `${path}/rollback?onBusy=reject&dryRun=true`, { release: 1 }],
  ] as const) {
    const refused = await api[method](url, body)
    assert.deepEqual([refused.status, refused.body.code], [409, 'DeploymentInProgress'], `${url}: ${refused.text}`)
    assert.deepEqual(refused.body.deployment, expected)
    assert.ok(refused.body.detail.includes('of the token portal'), refused.body.detail)
    assert.ok(refused.body.detail.includes(primary.createdAt), refused.body.detail)
  }
  assert.equal((await releases()).length, 3)
  // A change that starts no deployment is not rejected.
  assert.equal((await api.patch(`${path}?onBusy=reject`, { count: 3 })).status, 200)
  assert.equal((await api.post(`${path}/restart?onBusy=supersede`)).status, 200)
  assert.equal((await releases()).length, 4)
})

test('reject: a service without a deployment in progress is deployed', async () => {
  const { path } = await createDeployedService(api, await newAccount())
  const { status, body, text } = await api.patch(`${path}?onBusy=reject&wait=STABLE`, otherImage)
  assert.deepEqual([status, body.outcome], [200, 'reached'], text)
  assert.equal((await api.post(`${path}/rollback?onBusy=reject&wait=STABLE`)).body.outcome, 'reached')
})

test('reject: a deployment made without the gateway is found, and the response says that it was made elsewhere', async () => {
  const { account, path, deploy } = await createDeployedService(api, 'remote')
  await deploy(otherImage)
  await api.post(`/${account}/taskdefs`, {
    family: 'stuck',
    containerDefinitions: [{ name: 'web', ...stuck.containers.web }],
  })
  await remote.ecs.updateService({ cluster: 'prod', service: 'www', taskDefinition: 'stuck' })
  const refused = await api.post(`${path}/restart?onBusy=reject`)
  assert.deepEqual([refused.status, refused.body.code], [409, 'DeploymentInProgress'], refused.text)
  assert.equal(refused.body.deployment.by, 'elsewhere')
  assert.match(refused.body.detail, /made elsewhere has been deploying the service www since \d{4}-/)
})

test('reject: of two simultaneous requests one deploys, and the other gets a 409 with the token of the first', async () => {
  const { path, releases } = await createDeployedService(api, await newAccount())
  const both = await Promise.all([
    api.patch(`${path}?onBusy=reject`, stuckWith('nginx:1.28'), { headers: portalHeaders }),
    api.patch(`${path}?onBusy=reject`, stuckWith('nginx:1.29'), { headers: portalHeaders }),
  ])
  assertOneDeployed(both)
  assert.equal((await releases()).length, 2)
})

test('reject: while a request repeats its failed first try, another request gets a 409', async () => {
  const aws = await startEngineOverTcp()
  const standIn = await startAwsStandIn(aws.account('behind').endpoint ?? '')
  const { api } = await startTestProgram({ accounts: [aws.account('behind', { endpoint: standIn.endpoint })] })
  const { path, releases } = await createDeployedService(api, 'behind')
  const restart = `${path}/restart?onBusy=reject`
  const keyed = { headers: { 'idempotency-key': 'repeated' } }
  standIn.responses.set('UpdateService', () => ({ status: 500, body: { __type: 'ServerException', message: 'no' } }))
  const firstTry = await api.post(restart, undefined, keyed)
  assert.equal(firstTry.status, 502, firstTry.text)

  const [isSent, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  standIn.responses.set('UpdateService', async () => {
    standIn.responses.delete('UpdateService')
    isSent.resolve()
    await mayGoOn.promise
    return undefined
  })
  const repeating = api.post(restart, undefined, keyed)
  await isSent.promise
  const other = await api.post(restart, undefined)
  mayGoOn.resolve()
  const repeat = await repeating
  assert.deepEqual(
    [repeat.status, other.status, other.body.code],
    [200, 409, 'DeploymentInProgress'],
    `${repeat.text} ${other.text}`,
  )
  assert.equal((await releases()).length, 2)
})

test('onBusy=queue gets a 501, because this version does not have it', async () => {
  const { path } = await createDeployedService(api, await newAccount())
  for (const url of [`${path}/restart?onBusy=queue`, `${path}/rollback?onBusy=queue`]) {
    const { status, body } = await api.post(url)
    assert.deepEqual([status, body.code], [501, 'NotYetAvailable'])
  }
  assert.equal((await api.patch(`${path}?onBusy=queue`, { count: 1 })).status, 501)
  assert.equal((await api.patch(`${path}?onBusy=never`, { count: 1 })).body.code, 'InvalidQuery')
})

test('reject: a plan is rejected while a deployment is in progress', async () => {
  const { path } = await createDeployedService(api, await newAccount())
  await api.patch(path, stuck)
  const { status, body } = await api.post(`${path}/restart?dryRun=true&onBusy=reject`)
  assert.deepEqual([status, body.code], [409, 'DeploymentInProgress'])
  const planned = await api.post(`${path}/restart?dryRun=true`)
  assert.equal(planned.body.warnings[0], 'A deployment of the service is in progress, which this one replaces.')
  const [deployment] = (await api.get(`${path}/deployments`)).body.items
  for (const [stopType, effect] of [
    ['ROLLBACK', 'ECS stops the deployment and rolls the service back to the state before it.'],
    ['ABORT', 'ECS stops the deployment, and its tasks stay as they are.'],
  ]) {
    const stop = await api.post(`${path}/deployments/${deployment.id}/stop?dryRun=true`, { stopType })
    assert.deepEqual([stop.body.calls[0].action, stop.body.effects], ['StopServiceDeployment', [effect]], stop.text)
    assert.equal(stop.body.configVersion, undefined, 'a stop takes no If-Match')
  }
})

test('reject: of two simultaneous requests to two processes one deploys', { skip: skipWithoutPostgres }, async (t) => {
  const postgres = await startPostgres()
  const store = storeOn(postgres.newUrl())
  // Like ECS, this AWS shows a change only some time after it.
  const delayed = await startEngineOverTcp({ consistencyDelayMs: 300 })
  const [one, other] = [
    await startTestProgram({ accounts: [delayed.account('shared')], store }),
    await startTestProgram({ accounts: [delayed.account('shared')], store }),
  ]
  t.after(async () => {
    await one.close()
    await other.close()
    await postgres.stop()
  })
  const { path, releases } = await createDeployedService(one.api, 'shared')
  for (let round = 1; round <= 5; round++) {
    const both = await Promise.all([
      one.api.patch(`${path}?onBusy=reject`, stuckWith('nginx:1.28')),
      other.api.patch(`${path}?onBusy=reject`, stuckWith('nginx:1.29')),
    ])
    assertOneDeployed(both)
    assert.equal(
      (await one.api.patch(`${path}?wait=STABLE`, { containers: { web: withoutHealthCheck } })).body.outcome,
      'reached',
    )
    assert.equal((await releases()).length, 1 + 2 * round)
  }
  const numbers = await Promise.all(
    [one, other, one, other].map(async (each) =>
      JSON.stringify((await each.api.get(`${path}/releases`, { headers: { 'cache-control': 'no-cache' } })).body.items),
    ),
  )
  assert.equal(new Set(numbers).size, 1)
})

function assertOneDeployed(
  both: { status: number; body: { code?: string; deployment?: { by: string } }; text: string }[],
) {
  const [deployed, refused] = both.sort((a, b) => a.status - b.status)
  assert.deepEqual(
    [deployed!.status, refused!.status, refused!.body.code],
    [200, 409, 'DeploymentInProgress'],
    `${deployed!.text} ${refused!.text}`,
  )
  assert.notEqual(refused!.body.deployment?.by, 'elsewhere')
}
