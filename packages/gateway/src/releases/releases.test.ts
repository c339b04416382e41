import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDeployedService } from '../testing/deployed-service.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'
import { until } from '../testing/until.ts'

const remote = await startEngineOverTcp()
const { api, newAccount, newToken, setGuardrails, awsCalls } = await startTestProgram({
  accounts: [remote.account('remote')],
})

const digest = /^sha256:[0-9a-f]{64}$/

test('each deployment is a release with its images, its configuration and the token that made it', async () => {
  const { path, deploy, releases } = await createDeployedService(api, await newAccount())
  const token = await newToken({ name: 'portal', role: 'operator' })
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  const restarted = await api.post(`${path}/restart?wait=STABLE`, undefined, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(restarted.body.outcome, 'reached', restarted.text)
  const all = await releases()
  assert.deepEqual(
    all.map(({ release, by, taskDefinition, outcome, isCurrent, restoredFrom }) => [
      release,
      by,
      taskDefinition,
      outcome,
      isCurrent,
      restoredFrom,
    ]),
    [
      [3, 'portal', 'web:2', 'stable', true, null],
      [2, 'admin', 'web:2', 'stable', false, null],
      [1, 'admin', 'web:1', 'stable', false, null],
    ],
  )
  const [newest, , first] = all
  assert.deepEqual(
    newest.images.map(({ container, image }: { container: string; image: string }) => [container, image]),
    [['web', 'nginx:1.28']],
  )
  assert.match(newest.images[0].digest, digest)
  assert.equal(newest.imagesPinned, true)
  assert.deepEqual(newest.configuration.networkConfiguration.awsvpcConfiguration.subnets, ['subnet-0a1b2c3d'])
  assert.equal(newest.configuration.launchType, 'FARGATE')
  assert.ok(Date.parse(first.createdAt) <= Date.parse(newest.createdAt))
  assert.deepEqual((await api.get(`${path}/releases/1`)).body, first)
  const missing = await api.get(`${path}/releases/4`)
  assert.deepEqual([missing.status, missing.body.code], [404, 'ReleaseNotFound'], missing.text)
})

test('releases come in pages, the highest number first', async () => {
  const { path, deploy } = await createDeployedService(api, await newAccount())
  for (const image of ['nginx:1.28', 'nginx:1.29']) await deploy({ containers: { web: { image } } })
  const numbers: number[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: { body: { items: { release: number }[]; nextCursor: string | null } } = await api.get(
      `${path}/releases?limit=2${cursor && `&cursor=${cursor}`}`,
    )
    numbers.push(...body.items.map(({ release }) => release))
    cursor = body.nextCursor
  }
  assert.deepEqual(numbers, [3, 2, 1])
})

test('deployments made elsewhere are releases in the order of their creation', async () => {
  const { path, deploy, releases } = await createDeployedService(api, 'remote')
  await remote.ecs.updateService({ cluster: 'prod', service: 'www', forceNewDeployment: true })
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  const all = await releases()
  assert.deepEqual(
    all.map(({ release, by }) => [release, by]),
    [
      [3, 'admin'],
      [2, 'elsewhere'],
      [1, 'admin'],
    ],
  )
  await remote.ecs.updateService({ cluster: 'prod', service: 'www', forceNewDeployment: true })
  const [newest, ...others] = await releases()
  assert.deepEqual([newest.release, newest.by, newest.isCurrent], [4, 'elsewhere', true])
  assert.deepEqual(
    others.map(({ release, arn }) => [release, arn]),
    all.map(({ release, arn }) => [release, arn]),
  )
  assert.equal((await api.get(path)).status, 200)
})

test('a deployment that ECS describes is stored as a release, although no client reads the releases', async () => {
  const account = await newAccount()
  const { path, deploy, releases } = await createDeployedService(api, account)
  const listings = () => awsCalls.filter((call) => call.account === account && call.action === 'ListServiceDeployments')
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  await until(listings, ({ length }) => length > 0)
  assert.equal((await api.get(path)).status, 200)
  assert.deepEqual(
    (await releases()).map(({ release, outcome }) => [release, outcome]),
    [
      [2, 'stable'],
      [1, 'stable'],
    ],
  )
})

test('a service that was deleted and created again has releases of its own', async () => {
  const account = await newAccount()
  const { path, deploy, releases } = await createDeployedService(api, account)
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  assert.equal((await releases()).length, 2)
  await api.delete(`${path}?force=true&wait=INACTIVE`)
  assert.equal((await api.get(`${path}/releases`)).body.code, 'ServiceNotFound')
  const body = { name: 'www', taskDefinition: 'web', count: 0 }
  assert.equal((await api.post(`/${account}/clusters/prod/services`, body)).status, 201)
  assert.deepEqual(
    (await releases()).map(({ release, taskDefinition }) => [release, taskDefinition]),
    [[1, 'web:2']],
  )
})

test('a rollback by ECS makes no release: the failed release is `rolled-back`, and the earlier one is current', async () => {
  const { path, releases } = await createDeployedService(api, await newAccount(), {
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  const broken = { image: 'nope:1', dockerLabels: { 'ecs-api.simulated.pull-error': 'manifest unknown' } }
  await api.patch(`${path}?wait=STABLE`, { containers: { web: broken } })
  const all = await releases()
  assert.deepEqual(
    all.map(({ release, outcome, isCurrent, imagesPinned }) => [release, outcome, isCurrent, imagesPinned]),
    [
      [2, 'rolled-back', false, false],
      [1, 'stable', true, true],
    ],
  )
  const plan = await api.post(`${path}/rollback?dryRun=true`, { release: 2 })
  assert.equal(plan.body.warnings[0], 'Release 2 failed when it was deployed (rolled-back).', plan.text)
})

test('a deployment that a newer one replaced is superseded', async () => {
  const { path, releases } = await createDeployedService(api, await newAccount())
  const stuck = {
    healthCheck: { command: ['CMD', 'true'] },
    dockerLabels: { 'ecs-api.simulated.healthy-after': '3600' },
  }
  await api.patch(path, { containers: { web: stuck } })
  assert.deepEqual(
    (await releases()).map(({ outcome }) => outcome),
    ['under-way', 'stable'],
  )
  await api.post(`${path}/restart`)
  assert.deepEqual(
    (await releases()).map(({ outcome }) => outcome),
    ['under-way', 'superseded', 'stable'],
  )
})

test('a difference names every changed field, and masks values that may be secret', async () => {
  const { path, deploy } = await createDeployedService(api, await newAccount())
  await deploy({
    containers: { web: { image: 'nginx:1.28', environment: { PASSWORD: 'other-value', MORE: 'third-value' } } },
    subnets: ['subnet-0a1b2c3e'],
  })
  const { status, body, text } = await api.get(`${path}/releases/1/diff?to=2`)
  assert.equal(status, 200, text)
  assert.deepEqual([body.from, body.to], [1, 2])
  const changes = Object.fromEntries(
    body.changes.map((change: { path: string; from: unknown; to: unknown }) => [change.path, [change.from, change.to]]),
  )
  assert.deepEqual(changes['/taskDefinition'], ['web:1', 'web:2'])
  assert.deepEqual(changes['/containers/web/image'], ['nginx:1.27', 'nginx:1.28'])
  assert.deepEqual(changes['/containers/web/environment/PASSWORD'], ['(hidden)', '(hidden)'])
  assert.deepEqual(changes['/containers/web/environment/MORE'], [null, '(hidden)'])
  assert.deepEqual(changes['/networkConfiguration/awsvpcConfiguration/subnets'], [
    ['subnet-0a1b2c3d'],
    ['subnet-0a1b2c3e'],
  ])
  assert.match(changes['/images/web/digest'][0], digest)
  assert.ok(!('/containers/web/environment/LEVEL' in changes))
  assert.doesNotMatch(text, /known-value|other-value|third-value/)
  const toCurrent = await api.get(`${path}/releases/1/diff`)
  assert.deepEqual(toCurrent.body, body)
  assert.deepEqual((await api.get(`${path}/releases/2/diff`)).body.changes, [])
  const missing = await api.get(`${path}/releases/1/diff?to=7`)
  assert.deepEqual(
    [missing.status, missing.body.code, missing.body.errors[0].name],
    [400, 'ReleaseNotFound', 'to'],
    missing.text,
  )
})

test('a token cannot compare or restore releases whose task definition families its fence excludes', async () => {
  const { path, deploy } = await createDeployedService(api, await newAccount())
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  const token = await newToken({ name: 'fenced', role: 'operator', taskDefinitions: ['other-*'] })
  const headers = { authorization: `Bearer ${token}` }
  assert.equal((await api.get(`${path}/releases/1/diff`, { headers })).body.code, 'OutsideFence')
  assert.equal((await api.post(`${path}/rollback`, {}, { headers })).body.code, 'OutsideFence')
  assert.equal((await api.get(`${path}/releases`, { headers })).status, 200)
})

test('guardrails apply to the definition that a rollback deploys', async () => {
  const account = await newAccount()
  const { path, deploy, releases } = await createDeployedService(api, account)
  await deploy({ containers: { web: { image: 'registry.example/nginx:1.28' } } })
  await setGuardrails(account, { registries: ['registry.example/*'] })
  const refused = await api.post(`${path}/rollback`, {})
  assert.deepEqual([refused.status, refused.body.code], [403, 'GuardrailBroken'], refused.text)
  assert.equal((await api.post(`${path}/rollback?dryRun=true`, {})).body.code, 'GuardrailBroken')
  assert.equal((await releases()).length, 2)
})
