/**
 * Requests inside an organisation's boundary: tags in requests, families that organisations share, new resources in
 * lists, and the number of AWS calls.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fargatePlacement, startOrgsOnOneEngine, webDefinition } from '../testing/orgs.ts'
import { startTestProgram, type TestProgram } from '../testing/program.ts'

const { aws, engine, accountOf, startGateway } = await startOrgsOnOneEngine()
const ownProgram = await startGateway('mine')
const otherProgram = await startGateway('theirs')
const boundaryKey = 'ecs-api:org'
const { api } = ownProgram

const namesIn = async ({ api }: TestProgram, path: string): Promise<string[]> => {
  const names: string[] = []
  let next: string | undefined = `/shared/${path}`
  while (next) {
    const { status, body, headers, text } = await api.get(next)
    assert.equal(status, 200, text)
    names.push(...body.items.map(({ name, id }: { name?: string; id: string }) => name ?? id))
    next = /<(.+)>; rel="next"/.exec(headers.link ?? '')?.[1]
  }
  return names
}

test('a request that contradicts the boundary’s tag gets a 400 with pointer and reason, and changes nothing', async () => {
  await api.post('/shared/clusters', { name: 'words', tags: { team: 'a' } })
  await api.post('/shared/taskdefs', webDefinition('words'))
  await api.post('/shared/clusters/words/services', { name: 'www', taskDefinition: 'words', count: 0 })
  const before = ownProgram.awsCalls.filter(({ mayHaveChanged }) => mayHaveChanged).length
  const contradicting = { [boundaryKey]: 'other' }
  const [at, www] = ['/shared/clusters', '/shared/clusters/words/services/www']
  for (const [pointer, answer] of [
    [`/tags/${boundaryKey}`, await api.post(at, { name: 'more', tags: contradicting })],
    ['/tags/0', await api.post(at, { name: 'more', tags: [{ key: boundaryKey, value: 'other' }] })],
    [`/tags/${boundaryKey}`, await api.put(`${at}/words`, { tags: contradicting })],
    [`/tags/${boundaryKey}`, await api.patch(`${at}/words`, { tags: { ...contradicting, team: 'b' } })],
    [`/tags/${boundaryKey}`, await api.patch(`${at}/words`, { tags: { [boundaryKey]: null, team: 'b' } })],
    [`/tags/${boundaryKey}`, await api.post('/shared/taskdefs', { ...webDefinition('more'), tags: contradicting })],
    [`/tags/${boundaryKey}`, await api.post(`${at}/words/tasks`, { taskDefinition: 'words', tags: contradicting })],
    [
      `/tags/${boundaryKey}`,
      await api.post(`${at}/words/services`, { name: 'more', taskDefinition: 'words', tags: contradicting }),
    ],
    [
      '/propagateTags',
      await api.post(`${at}/words/services`, { name: 'more', taskDefinition: 'words', propagateTags: 'NONE' }),
    ],
    [
      `/tags/${boundaryKey}`,
      await api.patch(www, { tags: { [boundaryKey]: null }, containers: { web: { image: 'nginx:2' } } }),
    ],
    ['/propagateTags', await api.patch(www, { propagateTags: 'NONE' })],
  ] as const) {
    assert.deepEqual(
      [answer.status, answer.body.code, answer.body.errors[0].pointer],
      [400, 'InvalidBody', pointer],
      answer.text,
    )
    assert.match(answer.text, /the tag ecs-api:org|must get the tag/)
  }
  assert.equal(ownProgram.awsCalls.filter(({ mayHaveChanged }) => mayHaveChanged).length, before)
})

test('a request may contain the boundary’s tag, and a replacement of all tags keeps it', async () => {
  const { status, body } = await api.post('/shared/clusters', { name: 'kept', tags: { [boundaryKey]: 'mine', a: '1' } })
  assert.deepEqual([status, body.tags], [201, { [boundaryKey]: 'mine', a: '1' }])
  const patched = async (path: string, tags: unknown) =>
    (await api.patch(`/shared/clusters/kept${path}`, { tags })).body.tags
  assert.deepEqual(await patched('', [{ key: 'b', value: '2' }]), { b: '2', [boundaryKey]: 'mine' })
  assert.deepEqual(await patched('', null), { [boundaryKey]: 'mine' })
  assert.deepEqual((await api.put('/shared/clusters/kept', body)).body.tags, { [boundaryKey]: 'mine', a: '1' })
  await api.post('/shared/taskdefs', webDefinition('kept'))
  await api.post('/shared/clusters/kept/services', { name: 'www', taskDefinition: 'kept', count: 0, tags: { a: '1' } })
  assert.deepEqual(await patched('/services/www', [{ key: 'b', value: '2' }]), { b: '2', [boundaryKey]: 'mine' })
  assert.deepEqual(await patched('/services/www', null), { [boundaryKey]: 'mine' })
  assert.equal((await api.get('/shared/clusters/kept/services/www')).status, 200)
})

test('a family shared with another organisation resolves to our newest revision, not AWS’s newest', async () => {
  await api.post('/shared/clusters', { name: 'families' })
  const revisions = [ownProgram, otherProgram, ownProgram, otherProgram].map(
    ({ api }) =>
      () =>
        api.post('/shared/taskdefs', webDefinition('shared')),
  )
  for (const register of revisions) assert.equal((await register()).status, 201)
  const { status, body } = await api.get('/shared/taskdefs/shared')
  assert.deepEqual([status, body.name], [200, 'shared:3'])
  assert.equal((await otherProgram.api.get('/shared/taskdefs/shared')).body.name, 'shared:4')
  assert.deepEqual(
    [(await api.get('/shared/taskdefs/shared:3')).status, (await api.get('/shared/taskdefs/shared:2')).status],
    [200, 404],
  )
  const run = await api.post('/shared/clusters/families/tasks', { taskDefinition: 'shared' })
  assert.equal(run.body.items[0].taskDefinition, 'shared:3', run.text)
  const service = await api.post('/shared/clusters/families/services', {
    name: 'www',
    taskDefinition: 'shared',
    count: 0,
  })
  assert.equal(service.body.taskDefinition, 'shared:3')
  assert.deepEqual(await namesIn(ownProgram, 'taskdefs?family=shared'), ['shared:3', 'shared:1'])
  assert.deepEqual(await namesIn(ownProgram, 'taskdefs?family=shared&latest=true'), ['shared:3'])
  const removed = await api.delete('/shared/taskdefs/shared')
  assert.deepEqual(
    [removed.body.items.map(({ name }: { name: string }) => name), removed.body.remaining],
    [['shared:1', 'shared:3'], 0],
  )
  assert.equal((await api.get('/shared/taskdefs/shared')).status, 404)
  assert.equal((await api.delete('/shared/taskdefs/shared')).status, 404)
  assert.equal((await otherProgram.api.get('/shared/taskdefs/shared')).body.status, 'ACTIVE')
})

test('a cluster or service that another client tags belongs to the organisation, and so do the tasks of the service', async () => {
  await aws.createCluster({ clusterName: 'adopted' })
  await aws.registerTaskDefinition({
    ...webDefinition('adopted'),
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
  })
  const { service } = await aws.createService({
    cluster: 'adopted',
    serviceName: 'www',
    taskDefinition: 'adopted',
    desiredCount: 1,
    ...fargatePlacement,
  })
  const stray = (await aws.runTask({ cluster: 'adopted', taskDefinition: 'adopted', ...fargatePlacement })).tasks![0]!
  assert.equal((await api.get('/shared/clusters/adopted')).status, 404)
  const arn = service!.clusterArn!
  for (const resourceArn of [arn, service!.serviceArn!])
    await aws.tagResource({ resourceArn, tags: [{ key: boundaryKey, value: 'mine' }] })
  const fresh = { headers: { 'cache-control': 'no-cache' } }
  assert.equal((await api.get('/shared/clusters/adopted/services/www', fresh)).status, 200)
  assert.deepEqual(
    (await api.get('/shared/clusters/adopted/services', fresh)).body.items.map(({ name }: { name: string }) => name),
    ['www'],
  )
  const { body } = await api.get('/shared/clusters/adopted/tasks?status=ALL', fresh)
  assert.deepEqual(
    body.items.map(({ group }: { group: string }) => group),
    ['service:www'],
  )
  assert.equal((await api.get(`/shared/clusters/adopted/tasks/${stray.taskArn!.split('/').at(-1)}`)).status, 404)
  assert.equal((await api.get(`/shared/clusters/adopted/tasks/${body.items[0].id}`, fresh)).status, 200)
})

test('a stream of a resource outside the boundary does not open, and one inside emits its changes', async () => {
  await api.post('/shared/clusters', { name: 'streams' })
  const { url } = await ownProgram.listen()
  const { openEventReader } = await import('../testing/event-reader.ts')
  const headers = { authorization: `Bearer ${ownProgram.token}` }
  const reader = await openEventReader(`${url}/v1/ecs/shared/clusters/streams`, headers)
  await reader.waitForEvent(({ event }) => event === 'state')
  await api.patch('/shared/clusters/streams', { tags: { now: 'changed' } })
  assert.equal((await reader.waitForEvent(({ event }) => event === 'change')).data.tags.now, 'changed')
  await aws.untagResource({ resourceArn: reader.events[0]!.data.arn, tagKeys: [boundaryKey] })
  await reader.waitForEvent(({ event }) => event === 'deleted')
  reader.close()
  assert.equal((await openEventReader(`${url}/v1/ecs/shared/clusters/streams`, headers)).status, 404)
})

test('hundreds of resources are found by tag, a hundred per call, and described one page at a time', async () => {
  const many = await startGateway('many')
  for (let i = 0; i < 330; i++) {
    await aws.createCluster({ clusterName: `many-${1000 + i}`, tags: [{ key: boundaryKey, value: 'many' }] })
    await aws.createCluster({ clusterName: `noise-${1000 + i}` })
  }
  const first = await many.api.get('/shared/clusters')
  assert.deepEqual([first.body.items.length, first.body.items[99].name], [100, 'many-1099'])
  const count = (action: string) => many.awsCalls.filter((call) => call.action === action).length
  assert.deepEqual([count('GetResources'), count('DescribeClusters')], [4, 1])
  assert.deepEqual(
    await namesIn(many, 'clusters?limit=150'),
    Array.from({ length: 330 }, (_, i) => `many-${1000 + i}`),
  )
  await many.api.post('/shared/taskdefs', webDefinition('many'))
  for (let i = 0; i < 310; i++)
    await aws.createService({
      cluster: 'many-1000',
      serviceName: `s-${1000 + i}`,
      taskDefinition: 'many',
      desiredCount: 0,
      tags: i % 2 ? [] : [{ key: boundaryKey, value: 'many' }],
      ...fargatePlacement,
    })
  const services = await namesIn(many, 'clusters/many-1000/services')
  assert.deepEqual(
    services,
    Array.from({ length: 155 }, (_, i) => `s-${1000 + 2 * i}`),
  )
})

test('lists show new resources at once, although ECS and its tag index show them late', async () => {
  const late = await startOrgsOnOneEngine({ consistencyDelayMs: 3000 })
  const here = await late.startGateway('mine')
  const there = await late.startGateway('theirs')
  const made = [
    await here.api.post('/shared/clusters', { name: 'new' }),
    await here.api.post('/shared/taskdefs', webDefinition('new')),
    await here.api.post('/shared/clusters/new/services', { name: 'www', taskDefinition: 'new', count: 1 }),
    await here.api.post('/shared/clusters/new/tasks', { taskDefinition: 'new', count: 2 }),
  ]
  for (const { status, text } of made) assert.equal(status, 201, text)
  const lists = ['clusters', 'services', 'clusters/new/services', 'taskdefs']
  for (const list of lists) assert.equal((await namesIn(here, list)).length, 1, list)
  assert.ok((await namesIn(here, 'tasks')).length >= 2)
  assert.equal((await here.api.get('/shared/clusters/new/services/www')).status, 200)
  assert.equal((await there.api.get('/shared/clusters/new/services')).status, 404)
  for (const list of ['clusters', 'services', 'taskdefs']) assert.deepEqual(await namesIn(there, list), [], list)
  // The overlay ends with the first response that shows the resource; the tag index may still lag then.
  for (
    let attempts = 0;
    (await late.aws.describeClusters({ clusters: ['new'] })).clusters?.length === 0 && attempts < 1000;
    attempts++
  )
    await new Promise((resolve) => setTimeout(resolve, 20))
  for (const list of lists) assert.equal((await namesIn(here, list)).length, 1, list)
})

test('lists still show new resources while ECS shows them and the tag index does not', async () => {
  const slow = await startGateway('slow', { freshMs: 60_000 })
  await otherProgram.api.post('/shared/clusters', { name: 'beside' })
  await otherProgram.api.post('/shared/taskdefs', webDefinition('beside'))
  assert.deepEqual([await namesIn(slow, 'clusters'), await namesIn(slow, 'taskdefs')], [[], []])
  const tagIndexReads = () => slow.awsCalls.filter(({ action }) => action === 'GetResources').length
  await slow.api.post('/shared/clusters', { name: 'slow' })
  await slow.api.post('/shared/taskdefs', webDefinition('slow'))
  const before = tagIndexReads()
  // The first read shows the write and ends its overlay; the cached tag index is unchanged.
  for (const limit of [1, 2, 3])
    assert.deepEqual(
      [await namesIn(slow, `clusters?limit=${limit}`), await namesIn(slow, `taskdefs?limit=${limit}`)],
      [['slow'], ['slow:1']],
    )
  assert.equal(tagIndexReads(), before)
})

test('a read of one resource makes one call, and without a boundary no read calls GetResources', async () => {
  await api.post('/shared/clusters', { name: 'cheap' })
  await api.post('/shared/taskdefs', webDefinition('cheap'))
  await api.post('/shared/clusters/cheap/services', { name: 'www', taskDefinition: 'cheap', count: 0 })
  const callsOf = async ({ api, awsCalls }: TestProgram, path: string) => {
    const before = awsCalls.length
    assert.equal((await api.get(`/shared/${path}`, { headers: { 'cache-control': 'no-cache' } })).status, 200)
    return awsCalls.slice(before).map(({ action }) => action)
  }
  for (const [path, action] of [
    ['clusters/cheap', 'DescribeClusters'],
    ['clusters/cheap/services/www', 'DescribeServices'],
  ] as const)
    assert.deepEqual(await callsOf(ownProgram, path), [action])
  const all = await startGateway(undefined)
  for (const path of [
    'clusters',
    'services',
    'tasks',
    'taskdefs',
    'clusters/cheap',
    'clusters/cheap/services',
    'clusters/cheap/services/www',
  ])
    await callsOf(all, path)
  assert.ok(all.awsCalls.every(({ action }) => action !== 'GetResources'))
  assert.deepEqual(await callsOf(all, 'clusters/cheap/services'), ['ListServices', 'DescribeServices'])
  assert.deepEqual((await all.api.post('/shared/clusters', { name: 'plain' })).body.tags, {})
})

test('a denied tag lookup names the missing permission, and a throttled one is replaced by the last tag index', async (t) => {
  const endDenial = engine.inject({ action: 'GetResources', kind: 'denied' })
  t.after(endDenial)
  const newcomer = await startGateway('newcomer')
  const rejected = await newcomer.api.get('/shared/services')
  endDenial()
  assert.deepEqual(
    [rejected.status, rejected.body.code, rejected.body.action],
    [502, 'AwsAccessDenied', 'tag:GetResources'],
  )
  const known = await namesIn(ownProgram, 'clusters')
  t.after(engine.inject({ action: 'GetResources', kind: 'throttle' }))
  const isRefused = () =>
    ownProgram.awsCalls.some(({ action, problem }) => action === 'GetResources' && problem?.code === 'TooManyRequests')
  for (let limit = 100; !isRefused() && limit < 1000; limit++)
    assert.deepEqual(await namesIn(ownProgram, `clusters?limit=${limit}`), known)
  assert.ok(isRefused())
})

test('tag lookups have an AWS request budget of their own', async () => {
  const poor = await startGateway('poor', { budget: { taggedResources: { burst: 1, refill: 0.001 } } })
  assert.equal((await poor.api.get('/shared/clusters')).status, 200)
  const { status, body } = await poor.api.get('/shared/taskdefs')
  assert.deepEqual([status, body.code], [429, 'TooManyRequests'])
  // A cached tag index is used when the budget has no tokens.
  assert.equal((await poor.api.get('/shared/services')).status, 200)
})

test('a local account supports a boundary, too', async () => {
  const { api } = await startTestProgram({ local: { boundaryTag: { key: 'Team', value: 'Web Shop' } } })
  assert.deepEqual((await api.post('/local/clusters', { name: 'prod' })).body.tags, { Team: 'Web Shop' })
  await api.post('/local/taskdefs', webDefinition('web'))
  assert.equal(
    (await api.post('/local/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 2 }))
      .status,
    201,
  )
  const [task] = (await api.get('/local/tasks')).body.items
  assert.equal(task.tags.Team, 'Web Shop')
  assert.deepEqual(
    (await api.get('/local/taskdefs')).body.items.map(({ name }: { name: string }) => name),
    ['web:1'],
  )
})

test('a cluster that one organisation deletes and another one creates again belongs to the other one', async () => {
  await api.post('/shared/clusters', { name: 'given-up' })
  await api.post('/shared/taskdefs', webDefinition('given-up'))
  assert.equal((await api.delete('/shared/clusters/given-up')).status, 200)
  assert.equal((await otherProgram.api.post('/shared/clusters', { name: 'given-up' })).status, 201)
  const made = await api.post('/shared/clusters/given-up/services', {
    name: 'www',
    taskDefinition: 'given-up',
    count: 0,
    launchType: 'FARGATE',
  })
  assert.deepEqual([made.status, made.body.code], [404, 'ClusterNotFound'])
  // Another client replaced the cluster; the first read finds that.
  await api.post('/shared/clusters', { name: 'taken-over' })
  await aws.deleteCluster({ cluster: 'taken-over' })
  await otherProgram.api.post('/shared/clusters', { name: 'taken-over' })
  await api.get('/shared/clusters/taken-over', { headers: { 'cache-control': 'no-cache' } })
  const run = await api.post('/shared/clusters/taken-over/tasks', { taskDefinition: 'given-up', launchType: 'FARGATE' })
  assert.deepEqual([run.status, run.body.code], [404, 'ClusterNotFound'])
})

test('the boundary of an account can be changed while the gateway runs', async () => {
  const moved = await startGateway('mine')
  assert.equal((await moved.api.get('/shared/clusters/words')).status, 200)
  await moved.replaceAccounts([accountOf('elsewhere')])
  assert.deepEqual(
    [(await moved.api.get('/shared/clusters/words')).status, await namesIn(moved, 'clusters')],
    [404, []],
  )
})
