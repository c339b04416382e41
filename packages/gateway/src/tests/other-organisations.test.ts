/**
 * Calls every route of openapi.json that has a resource in its path with a resource of another organisation. The
 * response must be the same as for a resource that does not exist.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tag } from '@aws-sdk/client-ecs'
import { fargatePlacement, startOrgsOnOneEngine, webDefinition } from '../testing/orgs.ts'
import type { TestProgram } from '../testing/program.ts'

const { aws, startGateway } = await startOrgsOnOneEngine()
const ownProgram = await startGateway('mine')
const otherProgram = await startGateway('theirs')
const clustersPath = '/shared/clusters'

async function createResources({ api }: TestProgram, name: string) {
  const made = [
    await api.post(clustersPath, { name }),
    await api.post('/shared/taskdefs', webDefinition(name)),
    await api.post(`${clustersPath}/${name}/services?wait=STABLE`, {
      name: `${name}-www`,
      taskDefinition: name,
      count: 1,
    }),
    await api.post(`${clustersPath}/${name}/tasks?wait=RUNNING`, { taskDefinition: name }),
  ]
  for (const { status, text } of made) assert.equal(status, 201, text)
  const deployments = await api.get(`${clustersPath}/${name}/services/${name}-www/deployments`)
  return {
    cluster: name,
    service: `${name}-www`,
    task: made[3]!.body.items[0].id as string,
    taskdef: `${name}:1`,
    deployment: deployments.body.items[0].id as string,
  }
}
type Names = Awaited<ReturnType<typeof createResources>>
const ofMine = await createResources(ownProgram, 'mine')
const ofTheirs = await createResources(otherProgram, 'theirs')
const nowhere: Names = {
  cluster: 'nobody',
  service: 'nobody-www',
  task: '0'.repeat(32),
  taskdef: 'nobody:1',
  deployment: 'nobodyeploymentidnobodyeploy',
}

// In our cluster, another client of AWS has created a service and a task without the tag.
await aws.createService({
  cluster: 'mine',
  serviceName: 'stray',
  taskDefinition: 'theirs',
  desiredCount: 1,
  ...fargatePlacement,
})
const strayTask = (await aws.runTask({ cluster: 'mine', taskDefinition: 'theirs', ...fargatePlacement })).tasks![0]!
  .taskArn!
const stray: Names = { ...ofMine, service: 'stray', task: strayTask.split('/').at(-1)!, taskdef: 'theirs:1' }
const strayNowhere: Names = { ...nowhere, cluster: 'mine' }

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
const openapi: { paths: Record<string, Partial<Record<Method, object>>> } = (await ownProgram.api.get('/openapi.json'))
  .body
const routes = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  /\{(cluster|service|task|taskdef|deployment)\}/.test(path)
    ? (Object.keys(methods) as Method[]).map((method) => ({ method, path }))
    : [],
)

/** The body of a request that would change something; undefined for a method without a body. */
function bodyOf(method: Method, path: string): object | undefined {
  if (method === 'get' || method === 'delete') return undefined
  if (method === 'post' && path.endsWith('/services')) return { name: 'new', taskDefinition: 'mine', count: 0 }
  if (method === 'post' && path.endsWith('/tasks')) return { taskDefinition: 'mine' }
  if (path.endsWith('/exec')) return { command: 'env' }
  if (path.endsWith('{cluster}')) return { tags: { changed: 'yes' } }
  if (path.endsWith('{service}')) return { count: 3, tags: { changed: 'yes' } }
  return {}
}

/** Sends a request. @returns the response, with the names of the request replaced, so that responses can be compared */
async function comparableResponse(
  { api }: TestProgram,
  method: Method,
  path: string,
  names: Names,
  headers: Record<string, string> = {},
) {
  const url = path.replace(
    /\{(\w+)\}/g,
    (_, name: string) => ({ account: 'shared', release: '1', ...names })[name] ?? 'nothing',
  )
  const body = bodyOf(method, path)
  const answer = body
    ? await api[method as 'post'](url, body, { headers })
    : await api[method as 'get'](url, { headers })
  let text = JSON.stringify({ status: answer.status, ...answer.body, requestId: '' })
  for (const [name, value] of Object.entries(names).sort(([, a], [, b]) => b.length - a.length))
    for (const nameInText of new Set([decodeURIComponent(value), decodeURIComponent(value).split('/').at(-1)!]))
      text = text.replaceAll(nameInText, `{${name}}`)
  return { status: answer.status, text }
}

/** The state of all resources that do not belong to us, as AWS shows it. */
async function readForeignState(): Promise<unknown> {
  const { clusters } = await aws.describeClusters({
    clusters: ['mine', 'theirs'],
    include: ['TAGS', 'SETTINGS', 'CONFIGURATIONS'],
  })
  const inCluster = async (cluster: string, services: string[]) => {
    const described = await aws.describeServices({ cluster, services, include: ['TAGS'] })
    const { taskArns } = await aws.listTasks({ cluster })
    const { tasks = [] } = await aws.describeTasks({ cluster, tasks: taskArns, include: ['TAGS'] })
    return {
      services: described.services!.map(({ events: _, ...service }) => service),
      tasks: tasks
        .map(({ taskArn, desiredStatus, tags }) => ({ taskArn, desiredStatus, tags }))
        .sort((a, b) => (a.taskArn! < b.taskArn! ? -1 : 1)),
    }
  }
  const { taskDefinition, tags } = await aws.describeTaskDefinition({ taskDefinition: 'theirs:1', include: ['TAGS'] })
  return JSON.stringify([
    clusters!.find(({ clusterName }) => clusterName === 'theirs'),
    await inCluster('theirs', ['theirs-www']),
    (await inCluster('mine', ['stray'])).services,
    taskDefinition,
    tags,
  ])
}

const asArns = (names: Names): Names => {
  const arn = (resource: string) => encodeURIComponent(`arn:aws:ecs:us-east-1:111122223333:${resource}`)
  const { cluster, service, task, taskdef } = names
  return {
    ...names,
    cluster: arn(`cluster/${cluster}`),
    service: arn(`service/${cluster}/${service}`),
    task: arn(`task/${cluster}/${task}`),
    taskdef: arn(`task-definition/${taskdef}`),
  }
}

/** Cluster names are unique in an account, so PUT of a cluster is the one route that reveals an existing name. */
const revealsName = ({ method, path }: { method: Method; path: string }) =>
  method === 'put' && path.endsWith('{cluster}')

test('openapi.json has at least 22 routes with a resource, and each GET works on our own resources', async () => {
  assert.ok(routes.length >= 22, String(routes.length))
  for (const { method, path } of routes.filter((route) => route.method === 'get')) {
    const { status, text } = await comparableResponse(ownProgram, method, path, ofMine)
    assert.equal(status, 200, `${method} ${path}: ${text}`)
  }
})

for (const [resources, hidden, missing] of [
  ['the resources of another organisation', ofTheirs, nowhere],
  ['the ARNs of another organisation', asArns(ofTheirs), asArns(nowhere)],
  ['resources without the tag in our own cluster', stray, strayNowhere],
] as const)
  test(`each route responds to ${resources} as to missing ones, and changes nothing`, async () => {
    const before = await readForeignState()
    for (const { method, path } of routes.filter((route) => !revealsName(route))) {
      // Routes that only name the cluster find our own cluster there.
      if (hidden === stray && !/\{(service|task|taskdef)\}/.test(path)) continue
      const headers: Record<string, string>[] =
        method === 'get' ? [{}, { 'cache-control': 'no-cache' }, { accept: 'text/event-stream' }] : [{}]
      for (const each of headers) {
        const [actual, expected] = [
          await comparableResponse(ownProgram, method, path, hidden, each),
          await comparableResponse(ownProgram, method, path, missing, each),
        ]
        const where = `${method} ${path} ${JSON.stringify(each)}`
        assert.ok(expected.status === 404 || expected.status === 406, `${where}: ${expected.text}`)
        assert.equal(actual.text, expected.text, where)
      }
    }
    assert.deepEqual(await readForeignState(), before)
  })

test('a taken cluster name is the only fact that another organisation learns, and the cluster stays unchanged', async () => {
  const before = await readForeignState()
  for (const answer of [
    await ownProgram.api.put(`${clustersPath}/theirs`, { tags: { x: 'y' } }),
    await ownProgram.api.post(clustersPath, { name: 'theirs' }),
  ])
    assert.deepEqual([answer.status, answer.body.code], [409, 'ClusterAlreadyExists'])
  assert.deepEqual(await readForeignState(), before)
})

test('a body that names another organisation’s definition gets the same 400 as a missing one', async () => {
  for (const [path, more] of [
    [`${clustersPath}/mine/services`, { name: 'other', count: 0 }],
    [`${clustersPath}/mine/tasks`, {}],
    [`${clustersPath}/mine/services/mine-www`, {}],
  ] as const) {
    const send = (taskDefinition: string) =>
      ownProgram.api[path.endsWith('www') ? 'patch' : 'post'](path, { ...more, taskDefinition })
    for (const [foreign, missing] of [
      ['theirs', 'nobody'],
      ['theirs:1', 'nobody:1'],
    ] as const) {
      const [actual, expected] = [await send(foreign), await send(missing)]
      const shown = ({ body }: typeof actual, name: string) =>
        JSON.stringify({ ...body, requestId: '' }).replaceAll(name, 'X')
      assert.deepEqual(
        [actual.status, actual.body.code, actual.body.errors[0].pointer],
        [400, 'TaskDefinitionNotFound', '/taskDefinition'],
        actual.text,
      )
      assert.equal(shown(actual, foreign), shown(expected, missing))
    }
  }
  assert.equal((await ownProgram.api.get(`${clustersPath}/mine/services/other`)).status, 404)
})

test('lists have only our own resources for every role, and all resources without a boundary', async () => {
  const all = await startGateway(undefined)
  const viewer = { authorization: `Bearer ${await ownProgram.newToken({ name: 'viewer', role: 'viewer' })}` }
  const listed = async ({ api }: TestProgram, path: string, headers = {}) =>
    (await api.get(`/shared/${path}`, { headers })).body.items.map(
      (item: { name?: string; id: string; cluster?: string }) => item.name ?? item.cluster,
    )
  for (const headers of [{}, viewer]) {
    assert.deepEqual(await listed(ownProgram, 'clusters', headers), ['mine'])
    assert.deepEqual(await listed(ownProgram, 'services', headers), ['mine-www'])
    assert.deepEqual(await listed(ownProgram, 'clusters/mine/services', headers), ['mine-www'])
    assert.deepEqual(await listed(ownProgram, 'tasks', headers), ['mine', 'mine'])
    assert.deepEqual(await listed(ownProgram, 'clusters/mine/tasks', headers), ['mine', 'mine'])
    assert.deepEqual(await listed(ownProgram, 'clusters/mine/tasks?service=stray&status=ALL', headers), [])
    assert.deepEqual(await listed(ownProgram, 'taskdefs?status=ALL', headers), ['mine:1'])
    assert.deepEqual(await listed(ownProgram, 'taskdefs?family=theirs', headers), [])
  }
  assert.deepEqual(await listed(all, 'clusters'), ['mine', 'theirs'])
  assert.deepEqual(await listed(all, 'clusters/mine/services'), ['mine-www', 'stray'])
  const rejected = await ownProgram.api.delete(`${clustersPath}/mine`)
  assert.deepEqual([rejected.status, rejected.text.includes('stray')], [409, false], rejected.text)
})

test('every created resource has the boundary’s tag, also the tasks of services', async () => {
  const hasBoundaryTag = (tags: Tag[] | undefined) =>
    tags?.some(({ key, value }) => key === 'ecs-api:org' && value === 'mine')
  const { clusters } = await aws.describeClusters({ clusters: ['mine'], include: ['TAGS'] })
  const { services } = await aws.describeServices({ cluster: 'mine', services: ['mine-www'], include: ['TAGS'] })
  const { taskArns } = await aws.listTasks({ cluster: 'mine', family: 'mine' })
  const { tasks } = await aws.describeTasks({ cluster: 'mine', tasks: taskArns, include: ['TAGS'] })
  const { tags } = await aws.describeTaskDefinition({ taskDefinition: 'mine', include: ['TAGS'] })
  assert.equal(tasks?.length, 2)
  for (const each of [clusters![0]!.tags, services![0]!.tags, tags, ...tasks!.map((task) => task.tags)])
    assert.ok(hasBoundaryTag(each), JSON.stringify(each))
  assert.deepEqual([services![0]!.propagateTags, services![0]!.enableECSManagedTags], ['SERVICE', true])
  assert.deepEqual((await ownProgram.api.get(`${clustersPath}/mine`)).body.tags, { 'ecs-api:org': 'mine' })
})
