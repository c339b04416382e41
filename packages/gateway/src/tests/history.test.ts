import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { openEventQueue } from '../testing/event-queue.ts'
import { startTestProgram } from '../testing/program.ts'
import { until } from '../testing/until.ts'

const web = {
  family: 'web',
  containerDefinitions: [{ name: 'web', image: 'nginx', environment: { PASSWORD: 'known-value' } }],
}

test('stopped tasks and service events stay readable after ECS has forgotten them', async () => {
  // Two engines in turn under one account name: resources of the first are unknown to the second, as if ECS had
  // forgotten them.
  const [earlier, later] = [await startEngineOverTcp(), await startEngineOverTcp()]
  const { api, replaceAccounts } = await startTestProgram({ accounts: [earlier.account('prod-account')] })
  const at = '/prod-account'
  const createClusterAndDefinition = async () => {
    await api.post(`${at}/clusters`, { name: 'prod' })
    await api.post(`${at}/taskdefs`, web)
  }
  await createClusterAndDefinition()
  const ids: string[] = []
  for (const startedBy of ['ada', 'ada', 'bob']) {
    const { body } = await api.post(`${at}/clusters/prod/tasks?wait=RUNNING`, { taskDefinition: 'web', startedBy })
    const { id } = body.items[0]
    ids.unshift(id)
    await api.delete(`${at}/clusters/prod/tasks/${id}?wait=STOPPED&reason=enough`)
  }
  const last = await api.get(`${at}/clusters/prod/tasks/${ids[0]}`)
  assert.equal(last.body.stoppedReason, 'enough')

  await replaceAccounts([later.account('prod-account')])
  await createClusterAndDefinition()
  const { body: running } = await api.post(`${at}/clusters/prod/tasks?wait=RUNNING`, { taskDefinition: 'web' })
  assert.deepEqual((await api.get(`${at}/clusters/prod/tasks/${ids[0]}`)).body, last.body)
  const idsOf = async (query: string) => {
    const { status, body } = await api.get(`${at}/clusters/prod/tasks?${query}`)
    assert.equal(status, 200)
    return { ids: body.items.map(({ id }: { id: string }) => id), nextCursor: body.nextCursor }
  }
  assert.deepEqual(await idsOf('status=STOPPED'), { ids, nextCursor: null })
  assert.deepEqual(await idsOf('status=STOPPED&startedBy=ada'), { ids: ids.slice(1), nextCursor: null })
  assert.deepEqual(await idsOf(''), { ids: [running.items[0].id], nextCursor: null })
  assert.deepEqual((await idsOf('status=ALL')).ids, [running.items[0].id, ...ids])
  const pages: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await idsOf(`status=ALL&limit=1${cursor && `&cursor=${cursor}`}`)
    pages.push(...page.ids)
    cursor = page.nextCursor
  }
  assert.deepEqual(pages, [running.items[0].id, ...ids])
  assert.equal((await api.get(`${at}/clusters/other/tasks/${ids[0]}`)).status, 404)
})

test('more than the 100 events that ECS keeps are listed, and none of an earlier service of the same name', async () => {
  const { api } = await startTestProgram()
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', web)
  const path = '/local/clusters/prod/services/www'
  const create = () =>
    api.post('/local/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 0 })
  await create()
  const all = async () => {
    const items: { id: string; message: string; createdAt: string }[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: { body: { items: typeof items; nextCursor: string | null } } = await api.get(
        `${path}/events?limit=40${cursor && `&cursor=${cursor}`}`,
      )
      items.push(...body.items)
      cursor = body.nextCursor
    }
    return items
  }
  const first = await all()
  for (let i = 0; i < 70; i++) await api.patch(`${path}?wait=STABLE`, { count: i % 2 === 0 ? 2 : 0 })
  const { body: service } = await api.get(path, { headers: { 'cache-control': 'no-cache' } })
  const events = await all()
  assert.ok(events.length > 100, `${events.length} events`)
  assert.deepEqual(
    events.slice(0, 100).map(({ id }) => id),
    service.events.map(({ id }: { id: string }) => id),
  )
  assert.deepEqual(events.slice(-first.length), first)
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length)
  assert.deepEqual(
    events.map(({ createdAt }) => createdAt),
    events
      .map(({ createdAt }) => createdAt)
      .toSorted()
      .reverse(),
  )
  await api.delete(`${path}?force=true&wait=INACTIVE`)
  await create()
  const eventsOfNewService = await all()
  assert.ok(eventsOfNewService.length > 0 && eventsOfNewService.length < 100)
  assert.ok(eventsOfNewService.every(({ id }) => !events.some((event) => event.id === id)))
})

test('the stopped tasks of a service are listed without those of an earlier service of the same name', async () => {
  const { api } = await startTestProgram()
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', web)
  const path = '/local/clusters/prod/services/www'
  const create = () =>
    api.post('/local/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 1 })
  const idsOf = async (query = '') => {
    const headers = { 'cache-control': 'no-cache' }
    const lists = ['/local/tasks?', '/local/clusters/prod/tasks?'].map(async (list) => {
      const { body } = await api.get(`${list}service=www&status=ALL${query}`, { headers })
      return body.items.map(({ id }: { id: string }) => id) as string[]
    })
    const [all, ofCluster] = await Promise.all(lists)
    assert.deepEqual(all, ofCluster)
    return all!
  }
  await create()
  const [earlier] = await idsOf()
  await api.delete(`${path}?force=true&wait=INACTIVE`)
  await api.delete(`/local/clusters/prod/tasks/${earlier}?wait=STOPPED`)
  assert.deepEqual(await idsOf(), [earlier], 'while the deleted service is the last one of its name')
  await create()
  const [running, ...others] = await idsOf()
  assert.notEqual(running, earlier)
  assert.deepEqual(others, [])
  assert.deepEqual(await idsOf('&limit=1'), [running])
})

test('the events of a cluster are those of its services, also deleted ones, each with the name of its service', async () => {
  const { api } = await startTestProgram()
  await api.post('/local/taskdefs', web)
  for (const cluster of ['prod', 'test']) await api.post('/local/clusters', { name: cluster })
  const create = (cluster: string, name: string) =>
    api.post(`/local/clusters/${cluster}/services?wait=STABLE`, { name, taskDefinition: 'web', count: 1 })
  await create('prod', 'gone')
  const { items: earlier } = (await api.get('/local/clusters/prod/services/gone/events')).body
  await api.delete('/local/clusters/prod/services/gone?force=true&wait=INACTIVE')
  for (const name of ['www', 'gone', 'jobs']) await create('prod', name)
  await create('test', 'other')
  // These make more than the 100 events that ECS keeps, so that the oldest ones come from the history.
  for (let i = 0; i < 60; i++)
    await api.patch('/local/clusters/prod/services/www?wait=STABLE', { count: i % 2 === 0 ? 2 : 0 })
  type Event = { id: string; service: string; createdAt: string; message: string }
  const pages = async (path: string, query = '') => {
    const items: Event[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: { body: { items: Event[]; nextCursor: string | null } } = await api.get(
        `/local/clusters/prod${path}/events?limit=30${query}${cursor && `&cursor=${cursor}`}`,
        { headers: { 'cache-control': 'no-cache' } },
      )
      items.push(...body.items)
      cursor = body.nextCursor
    }
    return items
  }
  const all = await pages('')
  const { createdAt: recreatedAt } = (await api.get('/local/clusters/prod/services/gone')).body
  const isOfDeleted = ({ service, createdAt }: Event) => service === 'gone' && createdAt < recreatedAt
  const idsOfDeleted = new Set(all.filter(isOfDeleted).map(({ id }) => id))
  assert.ok(earlier.length > 0 && earlier.every(({ id }: Event) => idsOfDeleted.has(id)), 'before the deletion')
  const merged = all.filter((event) => !isOfDeleted(event))
  const expected: Event[] = []
  for (const service of ['www', 'gone', 'jobs'])
    expected.push(...(await pages(`/services/${service}`)).map((event) => ({ ...event, service })))
  expected.sort((a, b) => (a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt < b.createdAt ? 1 : -1))
  assert.ok(expected.filter(({ service }) => service === 'www').length > 100)
  assert.deepEqual(merged, expected)

  const [newest, oldest] = [merged[20]!.createdAt, merged[60]!.createdAt]
  assert.deepEqual(
    await pages('', `&since=${oldest}&until=${newest}`),
    expected.filter(({ createdAt }) => createdAt >= oldest && createdAt < newest),
  )
  for (const name of ['www', 'gone', 'jobs'])
    await api.delete(`/local/clusters/prod/services/${name}?force=true&wait=INACTIVE`)
  const kept = new Set((await pages('')).map(({ id }) => id))
  assert.ok(
    all.every(({ id }) => kept.has(id)),
    'after the deletion of all services',
  )
  assert.deepEqual((await api.get('/local/clusters/none/events')).body.code, 'ClusterNotFound')
  const bad = await api.get('/local/clusters/prod/events?since=yesterday&limit=0')
  assert.deepEqual([bad.status, bad.body.errors.length], [400, 2])
})

test('with an event feed, history keeps a stopped task that no client has read', async () => {
  const remote = await startEngineOverTcp()
  const queueUrl = 'https://sqs.us-east-1.amazonaws.com/111122223333/kept'
  const handler = remote.engine.requestHandler('111122223333')
  const queue = await openEventQueue(
    { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: handler },
    queueUrl,
  )
  after(() => queue.close())
  const { api, awsCalls, replaceAccounts } = await startTestProgram({
    accounts: [remote.account('withQueue', { events: { queueUrl } })],
  })
  await api.post('/withQueue/clusters', { name: 'prod' })
  await api.post('/withQueue/taskdefs', web)
  const network = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
  const run = await remote.ecs.runTask({
    cluster: 'prod',
    taskDefinition: 'web',
    launchType: 'FARGATE',
    networkConfiguration: network,
  })
  const arn = run.tasks?.[0]?.taskArn ?? ''
  await remote.ecs.stopTask({ cluster: 'prod', task: arn, reason: 'unseen' })
  const describeCount = () => awsCalls.filter(({ action }) => action === 'DescribeTasks').length
  await until(describeCount, (count) => count > 0)
  const afterwards = await startEngineOverTcp()
  await replaceAccounts([afterwards.account('withQueue')])
  await api.post('/withQueue/clusters', { name: 'prod' })
  const { status, body } = await api.get(`/withQueue/clusters/prod/tasks/${arn.split('/').at(-1)}`)
  assert.deepEqual([status, body.lastStatus, body.stoppedReason], [200, 'STOPPED', 'unseen'])
})

test('with an event feed, history keeps a stopped task that ECS still shows as running for a while', async () => {
  const remote = await startEngineOverTcp({ consistencyDelayMs: 2_000 })
  const queueUrl = 'https://sqs.us-east-1.amazonaws.com/111122223333/late'
  const handler = remote.engine.requestHandler('111122223333')
  const queue = await openEventQueue(
    { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: handler },
    queueUrl,
  )
  after(() => queue.close())
  const { api, awsCalls, replaceAccounts } = await startTestProgram({
    accounts: [remote.account('late', { events: { queueUrl } })],
  })
  await api.post('/late/clusters', { name: 'prod' })
  await api.post('/late/taskdefs', web)
  const { body: run } = await api.post('/late/clusters/prod/tasks?wait=RUNNING', { taskDefinition: 'web' })
  const describeCount = () => awsCalls.filter(({ action }) => action === 'DescribeTasks').length
  const before = describeCount()
  await remote.ecs.stopTask({ cluster: 'prod', task: run.items[0].id, reason: 'unseen' })
  await until(describeCount, (count) => count >= before + 2)
  const afterwards = await startEngineOverTcp()
  await replaceAccounts([afterwards.account('late')])
  await api.post('/late/clusters', { name: 'prod' })
  const { status, body } = await api.get(`/late/clusters/prod/tasks/${run.items[0].id}`)
  assert.deepEqual([status, body.lastStatus], [200, 'STOPPED'])
})
