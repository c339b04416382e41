import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()
/** A gateway whose AWS shows writes three seconds late. */
const late = await startTestProgram({ engine: { pace: 'instant', consistencyDelayMs: 3000 } })

async function collectItems(path: string): Promise<{ name: string }[]> {
  const items: { name: string }[] = []
  let next: string | undefined = path
  while (next) {
    const page = await api.get(next)
    assert.equal(page.status, 200, page.text)
    items.push(...page.body.items)
    next = /<(.+)>; rel="next"/.exec(page.headers.link ?? '')?.[1]
  }
  return items
}

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(4, '0')}`)
const web = { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] }

test('resources with the same names in two accounts do not affect each other', async () => {
  const accounts = [await newAccount(), await newAccount()]
  for (const [i, account] of accounts.entries()) {
    assert.equal((await api.post(`/${account}/clusters`, { name: 'prod', tags: { in: account } })).status, 201)
    assert.equal(
      (await api.post(`/${account}/taskdefs`, { ...web, cpu: i === 0 ? 256 : 512, memory: 1024 })).body.name,
      'web:1',
    )
    assert.equal(
      (
        await api.post(`/${account}/clusters/prod/services?wait=STABLE`, {
          name: 'www',
          taskDefinition: 'web',
          count: i + 1,
        })
      ).status,
      201,
    )
  }
  const [one, two] = await Promise.all(accounts.map((account) => api.get(`/${account}/clusters/prod/services/www`)))
  assert.deepEqual([one!.body.runningCount, two!.body.runningCount], [1, 2])
  assert.notEqual(one!.body.arn, two!.body.arn)
  assert.deepEqual((await api.get(`/${accounts[1]}/clusters/prod`)).body.tags, { in: accounts[1] })
  assert.equal((await api.delete(`/${accounts[0]}/clusters/prod/services/www?wait=INACTIVE`)).status, 200)
  assert.equal((await api.delete(`/${accounts[0]}/clusters/prod`)).status, 200)
  assert.equal((await api.get(`/${accounts[1]}/clusters/prod/services/www`)).body.runningCount, 2)
})

test('a path accepts the ARN of its resource; another resource’s ARN gets a 404', async () => {
  const account = await newAccount()
  for (const name of ['prod', 'other']) await api.post(`/${account}/clusters`, { name })
  const definition = (await api.post(`/${account}/taskdefs`, web)).body
  const service = (
    await api.post(`/${account}/clusters/prod/services?wait=STABLE`, {
      name: 'www',
      taskDefinition: definition.arn,
      count: 1,
    })
  ).body
  const [task] = (await api.get(`/${account}/clusters/prod/services/www/tasks`)).body.items
  const cluster = (await api.get(`/${account}/clusters/prod`)).body
  const [clusterArn, serviceArn, taskArn] = [cluster.arn, service.arn, task.arn].map(encodeURIComponent)
  const found = [
    `clusters/${clusterArn}`,
    `clusters/${clusterArn}/services/${serviceArn}`,
    `clusters/prod/services/${serviceArn}/tasks`,
    `clusters/${clusterArn}/tasks/${taskArn}`,
  ]
  for (const path of [
    ...found,
    `clusters/prod/tasks?service=${serviceArn}`,
    `taskdefs/${encodeURIComponent(definition.arn)}`,
  ])
    assert.equal((await api.get(`/${account}/${path}`)).status, 200, path)
  const missing = [
    ['ClusterNotFound', `clusters/${serviceArn}`],
    ['ClusterNotFound', `clusters/a%2Fb`],
    ['ClusterNotFound', `clusters/${serviceArn}/services`],
    ['ClusterNotFound', `clusters/${serviceArn}/tasks`],
    ['ServiceNotFound', `clusters/other/services/${serviceArn}`],
    ['ServiceNotFound', `clusters/prod/services/${clusterArn}`],
    ['TaskNotFound', `clusters/other/tasks/${taskArn}`],
    ['TaskDefinitionNotFound', `taskdefs/${serviceArn}`],
  ]
  for (const [code, path] of missing) {
    const answer = await api.get(`/${account}/${path}`)
    assert.deepEqual([answer.status, answer.body.code], [404, code], `${path}: ${answer.text}`)
  }
  const [deployment] = (await api.get(`/${account}/clusters/prod/services/www/deployments`)).body.items
  const deployments = `/${account}/clusters/prod/services/www/deployments`
  assert.equal((await api.get(`${deployments}/${encodeURIComponent(deployment.arn)}`)).status, 200)
  assert.equal(
    (await api.get(`${deployments}/${encodeURIComponent(deployment.arn.replace('/www/', '/api/'))}`)).body.code,
    'DeploymentNotFound',
  )
})

test('lists are complete beyond AWS’s page size: 250 services, 1,000 task definitions', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  const families = numbered('family', 1000)
  for (const family of families) assert.equal((await api.post(`/${account}/taskdefs`, { ...web, family })).status, 201)
  assert.deepEqual(
    (await collectItems(`/${account}/taskdefs?limit=300`)).map(({ name }) => name),
    families.map((family) => `${family}:1`),
  )
  const services = numbered('s', 250)
  for (const name of services)
    assert.equal(
      (await api.post(`/${account}/clusters/prod/services`, { name, taskDefinition: 'family-0000', count: 0 })).status,
      201,
    )
  for (const path of [`/${account}/clusters/prod/services`, `/${account}/services?limit=7`])
    assert.deepEqual(
      (await collectItems(path)).map(({ name }) => name),
      services,
    )
})

test('a client reads its own writes although AWS shows them three seconds late', async () => {
  const { api, newAccount } = late
  const account = await newAccount()
  const cluster = `/${account}/clusters/prod`
  const service = `${cluster}/services/www`
  assert.equal((await api.post(`/${account}/clusters`, { name: 'prod' })).status, 201)
  assert.equal((await api.get(cluster)).status, 200)
  assert.deepEqual(
    (await api.get(`/${account}/clusters`)).body.items.map(({ name }: { name: string }) => name),
    ['prod'],
  )
  assert.deepEqual((await api.patch(cluster, { tags: { a: '1' } })).body.tags, { a: '1' })
  assert.deepEqual((await api.get(cluster)).body.tags, { a: '1' })
  assert.deepEqual((await api.patch(cluster, { tags: { b: '2' } })).body.tags, { a: '1', b: '2' })
  assert.equal((await api.post(`/${account}/clusters`, { name: 'prod' })).body.code, 'ClusterAlreadyExists')

  await api.post(`/${account}/taskdefs`, web)
  assert.equal((await api.get(`/${account}/taskdefs/web`)).body.name, 'web:1')
  const made = await api.post(`${cluster}/services`, { name: 'www', taskDefinition: 'web', count: 1 })
  assert.equal(made.status, 201, made.text)
  assert.equal((await api.get(service)).body.desiredCount, 1)
  assert.deepEqual((await api.get(`${cluster}/services`)).body.items.length, 1)
  assert.equal((await api.patch(service, { count: 2 })).body.desiredCount, 2)
  assert.equal((await api.get(service)).body.desiredCount, 2)
  const deployed = await api.patch(service, { containers: { web: { image: 'nginx:2' } } })
  assert.equal(deployed.body.taskDefinition, 'web:2', deployed.text)
  assert.equal((await api.get(service)).body.taskDefinition, 'web:2')

  const run = await api.post(`${cluster}/tasks`, { taskDefinition: 'web' })
  const task = `${cluster}/tasks/${run.body.items[0].id}`
  assert.equal((await api.get(task)).status, 200)
  assert.ok(
    (await api.get(`${cluster}/tasks?status=ALL`)).body.items.some(
      ({ id }: { id: string }) => id === run.body.items[0].id,
    ),
  )
  assert.equal((await api.delete(task)).body.desiredStatus, 'STOPPED')
  assert.equal((await api.get(task)).body.desiredStatus, 'STOPPED')

  assert.equal((await api.delete(`${service}?force=true`)).status, 200)
  assert.deepEqual((await api.get(`${cluster}/services`)).body.items, [])
})
