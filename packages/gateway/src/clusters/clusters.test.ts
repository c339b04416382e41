import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()

test('a client creates, gets, lists, changes and deletes a cluster', async () => {
  const account = await newAccount()
  const made = await api.post(`/${account}/clusters`, { name: 'prod', tags: { team: 'web' } })
  assert.equal(made.status, 201, made.text)
  assert.equal(made.headers.location, `/v1/ecs/${account}/clusters/prod`)
  assert.equal(made.body.name, 'prod')
  assert.equal(made.body.status, 'ACTIVE')
  assert.match(made.body.arn, /^arn:aws:ecs:us-east-1:\d{12}:cluster\/prod$/)
  assert.deepEqual(made.body.tags, { team: 'web' })

  const got = await api.get(`/${account}/clusters/prod`)
  assert.equal(got.status, 200, got.text)
  assert.equal(got.body.configVersion, made.body.configVersion)
  assert.deepEqual((await api.get(`/${account}/clusters/${encodeURIComponent(made.body.arn)}`)).body, got.body)
  assert.deepEqual((await api.get(`/${account}/clusters`)).body, { items: [got.body], nextCursor: null })

  const patched = await api.patch(`/${account}/clusters/prod`, {
    tags: { team: null, stage: 'live' },
    settings: { containerInsights: 'enabled' },
  })
  assert.equal(patched.status, 200, patched.text)
  assert.deepEqual([patched.body.tags, patched.body.settings], [{ stage: 'live' }, { containerInsights: 'enabled' }])
  assert.notEqual(patched.body.configVersion, made.body.configVersion)
  assert.deepEqual((await api.get(`/${account}/clusters/prod`)).body, patched.body)

  const deleted = await api.delete(`/${account}/clusters/prod`)
  assert.equal(deleted.status, 200, deleted.text)
  assert.equal(deleted.body.status, 'INACTIVE')
  assert.equal((await api.get(`/${account}/clusters/prod`)).body.code, 'ClusterNotFound')
  assert.deepEqual((await api.get(`/${account}/clusters`)).body.items, [])
  assert.equal((await api.post(`/${account}/clusters`, { name: 'prod' })).status, 201)
})

test('a second POST of a name in use gets a 409', async () => {
  const account = await newAccount()
  assert.equal((await api.post(`/${account}/clusters`, { clusterName: 'one' })).status, 201)
  const second = await api.post(`/${account}/clusters`, { name: 'one' })
  assert.deepEqual([second.status, second.body.code], [409, 'ClusterAlreadyExists'])
})

test('PUT creates a cluster or brings it to the given state, and leaves other fields as they are', async () => {
  const account = await newAccount()
  const made = await api.put(`/${account}/clusters/prod`, { tags: { a: '1' }, capacityProviders: ['FARGATE'] })
  assert.equal(made.status, 201, made.text)
  const again = await api.put(`/${account}/clusters/prod`, { tags: { b: '2' } })
  assert.equal(again.status, 200, again.text)
  assert.deepEqual([again.body.tags, again.body.capacityProviders], [{ a: '1', b: '2' }, ['FARGATE']])
  assert.deepEqual((await api.put(`/${account}/clusters/prod`, { tags: { b: '2' } })).body, again.body)
})

test('If-Match guards a change', async () => {
  const account = await newAccount()
  const { body: made } = await api.put(`/${account}/clusters/prod`, {})
  const stale = await api.patch(
    `/${account}/clusters/prod`,
    { tags: { a: '1' } },
    { headers: { 'if-match': '"other"' } },
  )
  assert.deepEqual([stale.status, stale.body.code], [412, 'PreconditionFailed'])
  const fresh = await api.patch(
    `/${account}/clusters/prod`,
    { tags: { a: '1' } },
    { headers: { 'if-match': `"${made.configVersion}"` } },
  )
  assert.equal(fresh.status, 200, fresh.text)
  const { headers: got } = await api.get(`/${account}/clusters/prod`)
  assert.equal((await api.delete(`/${account}/clusters/prod`, { headers: { 'if-match': got.etag! } })).status, 200)
})

test('a cluster with tasks is not deleted, and the error lists them', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }],
  })
  const run = async (count: number) => {
    const ran = await api.post(`/${account}/clusters/prod/tasks`, { taskDefinition: 'web', count })
    assert.equal(ran.status, 201, ran.text)
    return ran.body.items as { id: string }[]
  }
  const [task] = await run(1)
  const one = await api.delete(`/${account}/clusters/prod`)
  assert.deepEqual([one.status, one.body.code, one.body.tasks], [409, 'ClusterContainsTasks', [task!.id]])
  assert.match(one.body.detail, /^The cluster prod still contains 1 task: \w+\./)
  for (let i = 0; i < 10; i++) await run(10)
  const many = await api.delete(`/${account}/clusters/prod`)
  assert.match(many.body.detail, /^The cluster prod still contains at least 100 tasks: \w+, \w+, \w+ and 97 more\./)
})

test('a cluster whose tasks are stopping is not deleted, and error and plan name them and say to wait', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  const dockerLabels = { 'ecs-api.simulated.ignore-sigterm': 'true' }
  const containerDefinitions = [{ name: 'web', image: 'nginx:1.29', dockerLabels }]
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions })
  const ran = await api.post(`/${account}/clusters/prod/tasks?wait=RUNNING`, { taskDefinition: 'web' })
  const stopped = await api.delete(`/${account}/clusters/prod/tasks/${ran.body.items[0].id}`)
  assert.ok(stopped.status < 300, stopped.text)
  const { id } = ran.body.items[0]
  for (const query of ['?dryRun=true', '']) {
    const { status, body } = await api.delete(`/${account}/clusters/prod${query}`)
    assert.deepEqual([status, body.code, body.tasks], [409, 'ClusterContainsTasks', [id]], query)
    const wait = 'Wait until they have stopped, then repeat the request.'
    assert.equal(body.detail, `The cluster prod still contains 1 task that is stopping: ${id}. ${wait}`)
  }
})

test('all errors of a body are reported at once, under the client’s own names', async () => {
  const account = await newAccount()
  const rejected = await api.post(`/${account}/clusters`, {
    name: 'no spaces',
    setings: {},
    tags: ['x'],
    capacityProviders: 'FARGATE',
  })
  assert.equal(rejected.status, 400)
  assert.equal(rejected.body.code, 'InvalidBody')
  assert.deepEqual(
    rejected.body.errors.map((error: { pointer: string }) => error.pointer).sort(),
    ['/capacityProviders', '/name', '/setings', '/tags/0'],
    rejected.text,
  )
  assert.match(rejected.text, /did you mean settings\?/)
  const one = await api.post(`/${account}/clusters`, { nam: 'a' })
  assert.equal(one.body.detail, '/nam: unknown field nam; did you mean name?')
  const twice = await api.post(`/${account}/clusters`, { name: 'a', clusterName: 'a' })
  assert.match(twice.body.errors[0].message, /given twice/)
})

test('the output of describe-clusters can be posted as it is', async () => {
  const account = await newAccount()
  const { body: made } = await api.post(`/${account}/clusters`, { name: 'a', tags: [{ key: 'k', value: 'v' }] })
  await api.delete(`/${account}/clusters/a`)
  const again = await api.post(`/${account}/clusters`, {
    clusters: [
      {
        clusterArn: made.arn,
        clusterName: 'a',
        status: 'ACTIVE',
        runningTasksCount: 0,
        tags: [{ key: 'k', value: 'v' }],
      },
    ],
    failures: [],
  })
  assert.equal(again.status, 201, again.text)
  assert.equal(again.body.configVersion, made.configVersion)
  await api.delete(`/${account}/clusters/a`)
  assert.equal((await api.post(`/${account}/clusters`, made)).status, 201)
})

test('lists continue beyond AWS’s page size, and a cursor stays valid after a deletion', async () => {
  const account = await newAccount()
  const names = Array.from({ length: 250 }, (_, i) => `c-${String(i).padStart(3, '0')}`)
  await Promise.all(names.map((name) => api.post(`/${account}/clusters`, { name })))
  const seen: string[] = []
  let path: string | undefined = `/${account}/clusters?limit=120`
  while (path) {
    const page = await api.get(path)
    assert.equal(page.status, 200, page.text)
    seen.push(...page.body.items.map((item: { name: string }) => item.name))
    if (seen.length === 120) await api.delete(`/${account}/clusters/c-119`)
    path = /<(.+)>; rel="next"/.exec(page.headers.link ?? '')?.[1]
    assert.equal(path === undefined, page.body.nextCursor === null)
  }
  assert.deepEqual(seen, names)
  assert.equal((await api.get(`/${account}/clusters?cursor=nonsense`)).body.code, 'InvalidCursor')
})

test('a default strategy may omit weights, and a service that would use it is rejected', async () => {
  const account = await newAccount()
  const capacityProviders = ['FARGATE', 'FARGATE_SPOT']
  const defaultCapacityProviderStrategy = [{ capacityProvider: 'FARGATE' }]
  const made = await api.post(`/${account}/clusters`, { name: 'a', capacityProviders, defaultCapacityProviderStrategy })
  assert.deepEqual(
    [made.status, made.body.defaultCapacityProviderStrategy],
    [201, [{ capacityProvider: 'FARGATE', weight: 0, base: 0 }]],
    made.text,
  )
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const service = await api.post(`/${account}/clusters/a/services`, {
    name: 'www',
    taskDefinition: 'web',
    count: 1,
    subnets: ['subnet-0a1b2c3d'],
  })
  assert.equal(service.status, 400)
  assert.match(
    service.body.detail,
    /^There are no capacity providers with a weight value greater than zero defined in the default capacity provider/,
  )
  const two = [1, 2].map((base, i) => ({ capacityProvider: capacityProviders[i], weight: 1, base }))
  for (const write of [api.put, api.patch]) {
    const rejected = await write(`/${account}/clusters/a`, { defaultCapacityProviderStrategy: two, capacityProviders })
    assert.deepEqual(
      [rejected.status, rejected.body.errors?.[0].pointer],
      [400, '/defaultCapacityProviderStrategy'],
      rejected.text,
    )
    const out = await write(`/${account}/clusters/a`, {
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1001 }],
      capacityProviders,
    })
    assert.deepEqual(
      [out.status, out.body.errors?.[0].pointer],
      [400, '/defaultCapacityProviderStrategy/0/weight'],
      out.text,
    )
  }
})
