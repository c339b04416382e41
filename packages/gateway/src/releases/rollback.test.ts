import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDeployedService } from '../testing/deployed-service.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const remote = await startEngineOverTcp()
const second = await startEngineOverTcp()
const { api, newAccount, awsCalls } = await startTestProgram({
  accounts: [remote.account('remote'), second.account('second')],
})

type Deployed = Awaited<ReturnType<typeof createDeployedService>>

/** Three releases that differ in image, environment, network, container health check and count. */
async function threeReleases(): Promise<Deployed> {
  const service = await createDeployedService(api, await newAccount())
  await service.deploy({
    containers: {
      web: {
        image: 'nginx:1.28',
        environment: { LEVEL: 'debug' },
        healthCheck: { command: ['CMD-SHELL', 'true'], interval: 5 },
      },
    },
    count: 3,
  })
  await service.deploy({ containers: { web: { image: 'nginx:1.29' } }, subnets: ['subnet-0a1b2c3e'] })
  return service
}

const callsOf = (account: string, action: string) =>
  awsCalls.filter((call) => call.account === account && call.action === action).length

test('a rollback restores the definition, images and network of a release in one deployment, and keeps the count', async () => {
  const { account, path, releases, definition } = await threeReleases()
  const [first] = (await releases()).slice(-1)
  const updates = callsOf(account, 'UpdateService')
  const rolledBack = await api.post(`${path}/rollback?wait=STABLE`, { release: 1 })
  assert.deepEqual([rolledBack.status, rolledBack.body.outcome], [200, 'reached'], rolledBack.text)
  assert.equal(callsOf(account, 'UpdateService') - updates, 1)
  assert.deepEqual([rolledBack.body.desiredCount, rolledBack.body.runningCount], [3, 3])
  assert.deepEqual(rolledBack.body.networkConfiguration.awsvpcConfiguration.subnets, ['subnet-0a1b2c3d'])
  const [web] = (await definition()).containerDefinitions
  assert.equal(web.image, `nginx@${first.images[0].digest}`)
  assert.deepEqual(web.environment, { LEVEL: 'info', PASSWORD: 'known-value' })
  assert.ok(!('healthCheck' in web))
  const [newest] = await releases()
  assert.deepEqual(
    [newest.release, newest.restoredFrom, newest.outcome, newest.isCurrent, newest.by],
    [4, 1, 'stable', true, 'admin'],
  )
  assert.equal(newest.images[0].digest, first.images[0].digest)
})

test('after a rollback, a restart and a patch, the releases have the tag of the image beside its digest', async () => {
  const { path, deploy, releases } = await createDeployedService(api, await newAccount())
  await deploy({ containers: { web: { image: 'localhost:5000/shop/web' } } })
  for (const [action, body] of [
    ['rollback', { release: 1 }],
    ['restart', undefined],
  ] as const)
    assert.equal((await api.post(`${path}/${action}?wait=STABLE`, body)).body.outcome, 'reached')
  await deploy({ containers: { web: { environment: { LEVEL: 'debug' } } } })
  assert.equal((await api.post(`${path}/rollback?wait=STABLE`, { release: 2 })).body.outcome, 'reached')
  const all = await releases()
  const [{ digest }, { digest: otherDigest }] = [all[5].images[0], all[4].images[0]]
  const pinned = { container: 'web', image: `nginx@${digest}`, name: 'nginx:1.27', digest }
  assert.deepEqual(
    all.map(({ images }) => images[0]),
    [
      {
        container: 'web',
        image: `localhost:5000/shop/web@${otherDigest}`,
        name: 'localhost:5000/shop/web',
        digest: otherDigest,
      },
      ...[pinned, pinned, pinned],
      { container: 'web', image: 'localhost:5000/shop/web', name: 'localhost:5000/shop/web', digest: otherDigest },
      { container: 'web', image: 'nginx:1.27', name: 'nginx:1.27', digest },
    ],
  )
  assert.deepEqual((await api.get(`${path}/releases/5`)).body.images, [pinned])
})

test('a release that runs already is not deployed again, and no definition is registered twice', async () => {
  const { account, path, releases } = await threeReleases()
  assert.equal((await api.post(`${path}/rollback?wait=STABLE`, { release: 1 })).body.outcome, 'reached')
  for (const release of [1, 4]) {
    const again = await api.post(`${path}/rollback?wait=STABLE`, { release })
    assert.deepEqual([again.status, again.body.outcome], [200, 'reached'], again.text)
  }
  assert.equal((await releases()).length, 4)
  assert.equal((await api.post(`${path}/rollback?wait=STABLE`, { release: 2 })).body.outcome, 'reached')
  const registered = callsOf(account, 'RegisterTaskDefinition')
  assert.equal((await api.post(`${path}/rollback?wait=STABLE`, { release: 2 })).body.outcome, 'reached')
  assert.equal(callsOf(account, 'RegisterTaskDefinition'), registered)
})

test('after a restart, an earlier release with the same content counts as running already', async () => {
  const { path, releases } = await createDeployedService(api, await newAccount())
  assert.equal((await api.post(`${path}/restart?wait=STABLE`)).body.outcome, 'reached')
  const rolledBack = await api.post(`${path}/rollback?wait=STABLE`)
  assert.deepEqual(
    [rolledBack.status, rolledBack.body.outcome, rolledBack.body.taskDefinition],
    [200, 'reached', 'web:1'],
    rolledBack.text,
  )
  assert.equal((await releases()).length, 2)
})

test('a rollback without a body restores the newest stable release except the current one', async () => {
  const service = await createDeployedService(api, await newAccount())
  const none = await api.post(`${service.path}/rollback`)
  assert.deepEqual([none.status, none.body.code], [409, 'NoReleaseToRestore'], none.text)
  await service.deploy({ containers: { web: { image: 'nginx:1.28' } } })
  const stuck = {
    healthCheck: { command: ['CMD', 'true'] },
    dockerLabels: { 'ecs-api.simulated.healthy-after': '3600' },
  }
  await api.patch(service.path, { containers: { web: stuck } })
  const rolledBack = await api.post(`${service.path}/rollback?wait=STABLE`, {})
  assert.deepEqual([rolledBack.status, rolledBack.body.outcome], [200, 'reached'], rolledBack.text)
  const [newest, failed] = await service.releases()
  assert.deepEqual([newest.restoredFrom, failed.outcome], [2, 'superseded'])
})

test('a rollback without a body skips releases with the content that runs, as after a restart', async () => {
  const service = await createDeployedService(api, await newAccount())
  await service.deploy({ containers: { web: { image: 'nginx:1.28' } } })
  assert.equal((await api.post(`${service.path}/restart?wait=STABLE`)).body.outcome, 'reached')
  const plan = await api.post(`${service.path}/rollback?dryRun=true`)
  assert.equal(plan.body.release, 1, plan.text)
  const key = { headers: { 'idempotency-key': 'rollback-after-restart' } }
  const rolledBack = await api.post(`${service.path}/rollback?wait=STABLE`, undefined, key)
  assert.deepEqual(
    [rolledBack.body.outcome, (await service.releases())[0].restoredFrom],
    ['reached', 1],
    rolledBack.text,
  )
})

test('the plan warns of a stable release whose tasks ended by themselves', async () => {
  const { path, deploy } = await createDeployedService(api, await newAccount())
  const stopped = `${path}/tasks?status=STOPPED&limit=100`
  await deploy({ containers: { web: { dockerLabels: { 'ecs-api.simulated.exit-after': '0.2' } } } })
  const endedTasks = async () => {
    const { items } = (await api.get(stopped, { headers: { 'cache-control': 'no-cache' } })).body
    return items.filter(({ stopCode }: { stopCode: string }) => stopCode === 'EssentialContainerExited')
  }
  while ((await endedTasks()).length < 3);
  await deploy({ containers: { web: { dockerLabels: null } } })
  const { body, text } = await api.post(`${path}/rollback?dryRun=true`)
  assert.equal(body.release, 2, text)
  assert.match(body.warnings[0], /^Tasks of release 2 ended by themselves soon after their start: \d+, the last at /)
  const toFirst = await api.post(`${path}/rollback?dryRun=true`, { release: 1 })
  assert.doesNotMatch(toFirst.body.warnings.join(' '), /ended by themselves/)
})

test('a rollback by task definition restores the newest release that had it', async () => {
  const { path, releases } = await threeReleases()
  const rolledBack = await api.post(`${path}/rollback?wait=STABLE`, { taskDefinition: 'web:2' })
  assert.equal(rolledBack.body.outcome, 'reached', rolledBack.text)
  assert.equal((await releases())[0].restoredFrom, 2)
})

test('every error of the body gets a pointer in a 400, also a release that does not exist', async () => {
  const { path } = await createDeployedService(api, await newAccount())
  const faulty = await api.post(`${path}/rollback`, { relase: 1, release: 0, taskDefinition: 'web' })
  assert.equal(faulty.body.code, 'InvalidBody', faulty.text)
  assert.deepEqual(
    new Set(faulty.body.errors.map(({ pointer }: { pointer: string }) => pointer)),
    new Set(['/relase', '/release', '/taskDefinition']),
  )
  assert.match(faulty.text, /did you mean release\?/)
  for (const [body, pointer] of [
    [{ release: 9 }, '/release'],
    [{ taskDefinition: 'web:9' }, '/taskDefinition'],
  ] as const) {
    const { status, body: problem } = await api.post(`${path}/rollback`, body)
    assert.deepEqual([status, problem.code, problem.errors[0].pointer], [400, 'ReleaseNotFound', pointer])
  }
  assert.equal((await api.post(`${path}/rollback`, [])).body.code, 'InvalidBody')
})

test('a dry run returns the plan with masked secrets and changes nothing', async () => {
  const { account, path, releases } = await threeReleases()
  const { body: service } = await api.get(path)
  const changesBefore = awsCalls.filter((call) => call.account === account && call.mayHaveChanged).length
  const { status, body, text } = await api.post(`${path}/rollback?dryRun=true`, { release: 1 })
  assert.equal(status, 200, text)
  assert.deepEqual([body.release, body.imagesPinned, body.configVersion], [1, true, service.configVersion])
  assert.deepEqual(
    body.calls.map(({ action }: { action: string }) => action),
    ['RegisterTaskDefinition', 'UpdateService'],
  )
  assert.match(body.calls[0].input.containerDefinitions[0].image, /^nginx@sha256:/)
  assert.deepEqual(body.calls[1].input.networkConfiguration.awsvpcConfiguration.subnets, ['subnet-0a1b2c3d'])
  const paths = body.changes.map((change: { path: string }) => change.path)
  for (const changed of [
    '/taskDefinition',
    '/containers/web/image',
    '/containers/web/environment/LEVEL',
    '/containers/web/healthCheck',
    '/networkConfiguration/awsvpcConfiguration/subnets',
  ])
    assert.ok(paths.includes(changed), `${changed} in ${paths}`)
  assert.match(body.effects[0], /^Release 1 comes back: nginx:\d\S*\.$/)
  assert.match(body.effects.join(' '), /desired count stays 3/)
  assert.deepEqual(body.effectKinds, ['release', 'reaction', 'registration', 'kept'])
  assert.deepEqual([body.warnings.length, body.warningKinds], [1, ['simulation']])
  assert.doesNotMatch(text, /known-value|"debug"/)
  assert.equal(awsCalls.filter((call) => call.account === account && call.mayHaveChanged).length, changesBefore)
  assert.equal((await releases()).length, 3)
  const running = await api.post(`${path}/rollback?dryRun=true`, { release: 3 })
  assert.deepEqual([running.body.calls, running.body.changes], [[], []], running.text)
})

test('each plan has one change for an image: its name in the task definition', async () => {
  const { path } = await threeReleases()
  const imagesOf = async (release: number) => {
    const { body } = await api.post(`${path}/rollback?dryRun=true`, { release })
    return body.changes.filter((change: { path: string }) => change.path.endsWith('/image'))
  }
  const [toFirst, ...others] = await imagesOf(1)
  assert.deepEqual([toFirst.path, toFirst.from, others], ['/containers/web/image', 'nginx:1.29', []])
  assert.match(toFirst.to, /^nginx@sha256:/)
  assert.equal((await api.post(`${path}/rollback?wait=STABLE`, { release: 1 })).body.outcome, 'reached')
  const [toThird, ...more] = await imagesOf(3)
  assert.deepEqual([toThird.path, toThird.from, more], ['/containers/web/image', toFirst.to, []])
})

test('a definition that became INACTIVE is registered again, and a deleted one is a 409', async () => {
  const { account, path, releases, definition } = await threeReleases()
  assert.equal((await api.delete(`/${account}/taskdefs/web:1`)).status, 200)
  const rolledBack = await api.post(`${path}/rollback?wait=STABLE`, { release: 1 })
  assert.equal(rolledBack.body.outcome, 'reached', rolledBack.text)
  assert.equal((await definition()).containerDefinitions[0].environment.LEVEL, 'info')
  assert.equal((await api.delete(`/${account}/taskdefs/web:2?purge=true`)).status, 200)
  const before = await releases()
  const gone = await api.post(`${path}/rollback`, { release: 2 })
  assert.deepEqual(
    [gone.status, gone.body.code, gone.body.missing],
    [409, 'ReleaseIncomplete', ['taskDefinition web:2']],
    gone.text,
  )
  assert.match(gone.body.detail, /Release 2 cannot be restored: its task definition web:2 was deleted/)
  assert.equal((await api.post(`${path}/rollback?dryRun=true`, { release: 2 })).body.code, 'ReleaseIncomplete')
  assert.equal((await releases()).length, before.length)
})

test('the same Idempotency-Key makes one deployment', async () => {
  const { path, releases } = await threeReleases()
  const headers = { 'idempotency-key': 'back' }
  const first = await api.post(`${path}/rollback`, { release: 1 }, { headers })
  const again = await api.post(`${path}/rollback`, { release: 1 }, { headers })
  assert.deepEqual([first.status, again.status, again.headers['idempotent-replayed']], [200, 200, 'true'])
  assert.deepEqual(again.body, first.body)
  assert.equal((await releases()).length, 4)
})

test('a rollback whose response from AWS was lost is not made twice with its Idempotency-Key', async () => {
  const { path, deploy, releases } = await createDeployedService(api, 'remote')
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  for (const [action, release] of [
    ['RegisterTaskDefinition', 1],
    ['UpdateService', 2],
  ] as const) {
    const before = (await releases()).length
    const headers = { 'idempotency-key': `lost-${action}` }
    const endFault = remote.engine.inject({ action, kind: 'cut', amount: 1 })
    const lost = await api.post(`${path}/rollback`, { release }, { headers })
    endFault()
    assert.equal(lost.status, 504, lost.text)
    const { taskDefinitionArns: registered = [] } = await remote.ecs.listTaskDefinitions({ familyPrefix: 'web' })
    const again = await api.post(`${path}/rollback`, { release }, { headers })
    assert.equal(again.status, 200, again.text)
    const [newest] = await releases()
    assert.deepEqual([newest.release, newest.restoredFrom, newest.by], [before + 1, release, 'admin'])
    const { taskDefinitionArns: now = [] } = await remote.ecs.listTaskDefinitions({ familyPrefix: 'web' })
    assert.equal(now.length, registered.length)
  }
})

test('a repeated rollback does not take another client’s deployment for that of its lost first try', async () => {
  const { path, deploy, releases } = await createDeployedService(api, 'second')
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  const lostTry = async (action: string, body: object, key: string) => {
    const endFault = second.engine.inject({ action, kind: 'cut', amount: 1 })
    const { status, text } = await api.post(`${path}/rollback`, body, { headers: { 'idempotency-key': key } })
    endFault()
    assert.equal(status, 504, text)
  }
  await lostTry('RegisterTaskDefinition', { release: 1 }, 'other-first')
  await deploy({ containers: { web: { image: 'nginx:1.29' } } })
  const headers = { 'idempotency-key': 'other-first' }
  const repeated = await api.post(`${path}/rollback`, { release: 1 }, { headers })
  assert.equal(repeated.status, 200, repeated.text)
  assert.deepEqual(
    (await releases()).map(({ release, restoredFrom }) => [release, restoredFrom]),
    [
      [4, 1],
      [3, null],
      [2, null],
      [1, null],
    ],
  )

  for (const [body, key] of [
    [{ release: 3 }, 'by-number'],
    [{}, 'newest-stable'],
  ] as const) {
    const before = (await releases()).length
    await lostTry('UpdateService', body, key)
    await deploy({ containers: { web: { image: `nginx:${key}` } } })
    const again = await api.post(`${path}/rollback`, body, { headers: { 'idempotency-key': key } })
    assert.equal(again.status, 200, again.text)
    assert.match(again.body.taskDefinition, /^web:/)
    assert.equal((await releases()).length, before + 2, 'the rollback is not made a second time')
  }
})

test('If-Match with an older version rejects a rollback', async () => {
  const { path, deploy, releases } = await createDeployedService(api, await newAccount())
  const { configVersion } = (await api.get(path)).body
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  const refused = await api.post(`${path}/rollback`, {}, { headers: { 'if-match': configVersion } })
  assert.deepEqual([refused.status, refused.body.code], [412, 'PreconditionFailed'], refused.text)
  assert.equal((await releases()).length, 2)
  const current = (await api.get(path)).body.configVersion
  assert.equal((await api.post(`${path}/rollback`, {}, { headers: { 'if-match': current } })).status, 200)
})

test('a rollback clears members that the release did not have, and moves back to the launch type', async () => {
  const account = await newAccount()
  const { path, deploy, releases } = await createDeployedService(api, account)
  await api.patch(`/${account}/clusters/prod`, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })
  await deploy({
    serviceConnectConfiguration: { enabled: true, namespace: 'inner' },
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  })
  const rolledBack = await api.post(`${path}/rollback?wait=STABLE`, { release: 1 })
  assert.equal(rolledBack.body.outcome, 'reached', rolledBack.text)
  const [newest, second] = await releases()
  assert.equal(second.configuration.serviceConnectConfiguration.enabled, true)
  assert.deepEqual(newest.configuration.serviceConnectConfiguration, { enabled: false })
  assert.deepEqual([newest.configuration.launchType, newest.restoredFrom], ['FARGATE', 1])
  assert.equal((await releases()).length, 3)
})
