/** Every route of openapi.json that names a thing, called on what is another organisation's: the answer is that of a thing that isn't there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tag } from '@aws-sdk/client-ecs'
import { orgsOnOneEngine, placed, web } from '../testing/orgs.ts'
import type { TestProgram } from '../testing/program.ts'

const { aws, program } = await orgsOnOneEngine()
const mine = await program('mine')
const theirs = await program('theirs')
const at = '/shared/clusters'

async function furnish({ api }: TestProgram, name: string) {
  const made = [
    await api.post(at, { name }),
    await api.post('/shared/taskdefs', web(name)),
    await api.post(`${at}/${name}/services?wait=STABLE`, { name: `${name}-www`, taskDefinition: name, count: 1 }),
    await api.post(`${at}/${name}/tasks?wait=RUNNING`, { taskDefinition: name }),
  ]
  for (const { status, text } of made) assert.equal(status, 201, text)
  const deployments = await api.get(`${at}/${name}/services/${name}-www/deployments`)
  return {
    cluster: name,
    service: `${name}-www`,
    task: made[3]!.body.items[0].id as string,
    taskdef: `${name}:1`,
    deployment: deployments.body.items[0].id as string,
  }
}
type Names = Awaited<ReturnType<typeof furnish>>
const ofMine = await furnish(mine, 'mine')
const ofTheirs = await furnish(theirs, 'theirs')
const nowhere: Names = {
  cluster: 'nobody',
  service: 'nobody-www',
  task: '0'.repeat(32),
  taskdef: 'nobody:1',
  deployment: 'nobodyeploymentidnobodyeploy',
}

// In our own cluster stands, without the tag, what somebody made beside this service.
await aws.createService({ cluster: 'mine', serviceName: 'stray', taskDefinition: 'theirs', desiredCount: 1, ...placed })
const strayTask = (await aws.runTask({ cluster: 'mine', taskDefinition: 'theirs', ...placed })).tasks![0]!.taskArn!
const stray: Names = { ...ofMine, service: 'stray', task: strayTask.split('/').at(-1)!, taskdef: 'theirs:1' }
const strayNowhere: Names = { ...nowhere, cluster: 'mine' }

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
const openapi: { paths: Record<string, Partial<Record<Method, object>>> } = (await mine.api.get('/openapi.json')).body
const routes = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  /\{(cluster|service|task|taskdef|deployment)\}/.test(path)
    ? (Object.keys(methods) as Method[]).map((method) => ({ method, path }))
    : [],
)

/** Bodies that would do something. */
function bodyOf(method: Method, path: string): object | undefined {
  if (method === 'get' || method === 'delete') return undefined
  if (method === 'post' && path.endsWith('/services')) return { name: 'new', taskDefinition: 'mine', count: 0 }
  if (method === 'post' && path.endsWith('/tasks')) return { taskDefinition: 'mine' }
  if (path.endsWith('{cluster}')) return { tags: { changed: 'yes' } }
  if (path.endsWith('{service}')) return { count: 3, tags: { changed: 'yes' } }
  return {}
}

async function told(
  { api }: TestProgram,
  method: Method,
  path: string,
  names: Names,
  headers: Record<string, string> = {},
) {
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => ({ account: 'shared', ...names })[name] ?? 'nothing')
  const body = bodyOf(method, path)
  const answer = body
    ? await api[method as 'post'](url, body, { headers })
    : await api[method as 'get'](url, { headers })
  let text = JSON.stringify({ status: answer.status, ...answer.body, requestId: '' })
  for (const [name, value] of Object.entries(names).sort(([, a], [, b]) => b.length - a.length))
    for (const said of new Set([decodeURIComponent(value), decodeURIComponent(value).split('/').at(-1)!]))
      text = text.replaceAll(said, `{${name}}`)
  return { status: answer.status, text }
}

/** All that is in the account, as AWS has it. */
async function everything(): Promise<unknown> {
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

/** A cluster's name can't be had twice: this is the one route that tells. */
const tells = ({ method, path }: { method: Method; path: string }) => method === 'put' && path.endsWith('{cluster}')

test('there are enough such routes, and each answers for what is there', async () => {
  assert.ok(routes.length >= 22, String(routes.length))
  for (const { method, path } of routes.filter((route) => route.method === 'get')) {
    const { status, text } = await told(mine, method, path, ofMine)
    assert.equal(status, 200, `${method} ${path}: ${text}`)
  }
})

for (const [what, there, none] of [
  ['another organisation’s', ofTheirs, nowhere],
  ['another organisation’s, by ARN', asArns(ofTheirs), asArns(nowhere)],
  ['nobody’s, in our own cluster', stray, strayNowhere],
] as const)
  test(`what is ${what} is answered as what is not there, and nothing of it changes`, async () => {
    const before = await everything()
    for (const { method, path } of routes.filter((route) => !tells(route))) {
      // What only names the cluster is our own there.
      if (there === stray && !/\{(service|task|taskdef)\}/.test(path)) continue
      const headers: Record<string, string>[] =
        method === 'get' ? [{}, { 'cache-control': 'no-cache' }, { accept: 'text/event-stream' }] : [{}]
      for (const each of headers) {
        const [heard, expected] = [
          await told(mine, method, path, there, each),
          await told(mine, method, path, none, each),
        ]
        const where = `${method} ${path} ${JSON.stringify(each)}`
        assert.ok(expected.status === 404 || expected.status === 406, `${where}: ${expected.text}`)
        assert.equal(heard.text, expected.text, where)
      }
    }
    assert.deepEqual(await everything(), before)
  })

test('a name that is taken is all that is told of a cluster, and it stays as it is', async () => {
  const before = await everything()
  for (const answer of [
    await mine.api.put(`${at}/theirs`, { tags: { x: 'y' } }),
    await mine.api.post(at, { name: 'theirs' }),
  ])
    assert.deepEqual([answer.status, answer.body.code], [409, 'ClusterAlreadyExists'])
  assert.deepEqual(await everything(), before)
})

test('what a body names and is not ours is a 400 with its pointer, as what is not there', async () => {
  for (const [path, more] of [
    [`${at}/mine/services`, { name: 'other', count: 0 }],
    [`${at}/mine/tasks`, {}],
    [`${at}/mine/services/mine-www`, {}],
  ] as const) {
    const ask = (taskDefinition: string) =>
      mine.api[path.endsWith('www') ? 'patch' : 'post'](path, { ...more, taskDefinition })
    for (const [foreign, missing] of [
      ['theirs', 'nobody'],
      ['theirs:1', 'nobody:1'],
    ] as const) {
      const [heard, expected] = [await ask(foreign), await ask(missing)]
      const shown = ({ body }: typeof heard, name: string) =>
        JSON.stringify({ ...body, requestId: '' }).replaceAll(name, 'X')
      assert.deepEqual(
        [heard.status, heard.body.code, heard.body.errors[0].pointer],
        [400, 'TaskDefinitionNotFound', '/taskDefinition'],
        heard.text,
      )
      assert.equal(shown(heard, foreign), shown(expected, missing))
    }
  }
  assert.equal((await mine.api.get(`${at}/mine/services/other`)).status, 404)
})

test('lists hold what is ours, whoever asks; without a boundary they hold all', async () => {
  const all = await program(undefined)
  const viewer = { authorization: `Bearer ${await mine.newToken({ name: 'viewer', role: 'viewer' })}` }
  const listed = async ({ api }: TestProgram, path: string, headers = {}) =>
    (await api.get(`/shared/${path}`, { headers })).body.items.map(
      (item: { name?: string; id: string; cluster?: string }) => item.name ?? item.cluster,
    )
  for (const headers of [{}, viewer]) {
    assert.deepEqual(await listed(mine, 'clusters', headers), ['mine'])
    assert.deepEqual(await listed(mine, 'services', headers), ['mine-www'])
    assert.deepEqual(await listed(mine, 'clusters/mine/services', headers), ['mine-www'])
    assert.deepEqual(await listed(mine, 'tasks', headers), ['mine', 'mine'])
    assert.deepEqual(await listed(mine, 'clusters/mine/tasks', headers), ['mine', 'mine'])
    assert.deepEqual(await listed(mine, 'clusters/mine/tasks?service=stray&status=ALL', headers), [])
    assert.deepEqual(await listed(mine, 'taskdefs?status=ALL', headers), ['mine:1'])
    assert.deepEqual(await listed(mine, 'taskdefs?family=theirs', headers), [])
  }
  assert.deepEqual(await listed(all, 'clusters'), ['mine', 'theirs'])
  assert.deepEqual(await listed(all, 'clusters/mine/services'), ['mine-www', 'stray'])
  const refused = await mine.api.delete(`${at}/mine`)
  assert.deepEqual([refused.status, refused.text.includes('stray')], [409, false], refused.text)
})

test('everything that is made carries the tag, tasks of services too', async () => {
  const isOurs = (tags: Tag[] | undefined) => tags?.some(({ key, value }) => key === 'ecs-api:org' && value === 'mine')
  const { clusters } = await aws.describeClusters({ clusters: ['mine'], include: ['TAGS'] })
  const { services } = await aws.describeServices({ cluster: 'mine', services: ['mine-www'], include: ['TAGS'] })
  const { taskArns } = await aws.listTasks({ cluster: 'mine', family: 'mine' })
  const { tasks } = await aws.describeTasks({ cluster: 'mine', tasks: taskArns, include: ['TAGS'] })
  const { tags } = await aws.describeTaskDefinition({ taskDefinition: 'mine', include: ['TAGS'] })
  assert.equal(tasks?.length, 2)
  for (const each of [clusters![0]!.tags, services![0]!.tags, tags, ...tasks!.map((task) => task.tags)])
    assert.ok(isOurs(each), JSON.stringify(each))
  assert.deepEqual([services![0]!.propagateTags, services![0]!.enableECSManagedTags], ['SERVICE', true])
  assert.deepEqual((await mine.api.get(`${at}/mine`)).body.tags, { 'ecs-api:org': 'mine' })
})
