/**
 * Calls every route of openapi.json that has a resource in its path with ARNs of resources of the same name elsewhere,
 * such as in another account or Region. Each route rejects them, and changes nothing.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseArn } from '@ecs-api/ecs-model'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
const openapi: { paths: Record<string, Partial<Record<Method, { parameters?: { name: string; in: string }[] }>>> } = (
  await api.get('/openapi.json')
).body

/** For each path parameter: the resource kind in its ARN, and the problem code when it does not exist. */
const resourceParameters: Readonly<Record<string, readonly [kind: string, code: string]>> = {
  cluster: ['cluster', 'ClusterNotFound'],
  service: ['service', 'ServiceNotFound'],
  task: ['task', 'TaskNotFound'],
  taskdef: ['task-definition', 'TaskDefinitionNotFound'],
  deployment: ['service-deployment', 'DeploymentNotFound'],
}
const otherParameters = ['account', 'token', 'code', 'release']

test('this test covers each path parameter of openapi.json', () => {
  const names = new Set(
    Object.keys(openapi.paths).flatMap((path) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)),
  )
  assert.deepEqual(
    [...names].filter((name) => !Object.hasOwn(resourceParameters, name) && !otherParameters.includes(name)),
    [],
  )
})

const bodies: Readonly<Partial<Record<Method, object>>> = { put: {}, patch: { tags: { a: 'b' } }, post: {} }

for (const [path, methods] of Object.entries(openapi.paths))
  for (const method of Object.keys(methods) as Method[]) {
    const names = [...path.matchAll(/\{(\w+)\}/g)]
      .map(([, name]) => name!)
      .filter((name) => Object.hasOwn(resourceParameters, name))
    if (names.length === 0) continue
    test(`${method.toUpperCase()} ${path} rejects foreign ARNs`, async () => {
      const { account, values, region, number } = await withResources()
      const before = await state(account)
      for (const name of names)
        for (const [origin, arn] of foreignArns(resourceParameters[name]![0], values[name]!, { region, number })) {
          const url = path.replace(/\{(\w+)\}/g, (_, each) =>
            encodeURIComponent({ account, release: '1', ...values, [name]: arn }[each as string] ?? ''),
          )
          const headers = method === 'get' || method === 'delete' ? undefined : { 'content-type': 'application/json' }
          const answer =
            method === 'get' || method === 'delete'
              ? await api[method](`${url}${method === 'delete' && name === 'service' ? '?force=true' : ''}`, {
                  headers: headers ?? {},
                })
              : await api[method](url, bodies[method])
          assert.equal(answer.status, 404, `${name} of ${origin}: ${answer.text}`)
          assert.equal(answer.body.code, resourceParameters[name]![1], `${name} of ${origin}`)
        }
      assert.deepEqual(await state(account), before)
    })
  }

test('right after a write to a service, a foreign ARN with its name does not find it', async () => {
  const { account, number } = await withResources()
  const arn = encodeURIComponent('arn:aws:ecs:eu-west-1:999999999999:service/prod/www')
  await api.patch(`/${account}/clusters/prod/services/www`, { count: 2 })
  assert.equal((await api.delete(`/${account}/clusters/prod/services/${arn}?force=true`)).status, 404)
  assert.equal((await api.get(`/${account}/clusters/prod/services/www`)).body.status, 'ACTIVE')
  const rightArn = encodeURIComponent(`arn:aws:ecs:us-east-1:${number}:service/prod/www`)
  assert.equal((await api.get(`/${account}/clusters/prod/services/${rightArn}`)).status, 200)
})

test('PUT of a cluster by another account’s ARN creates no cluster', async () => {
  const account = await newAccount()
  const arn = encodeURIComponent('arn:aws:ecs:us-east-1:999999999999:cluster/new')
  assert.equal((await api.put(`/${account}/clusters/${arn}`, {})).status, 404)
  assert.deepEqual((await api.get(`/${account}/clusters`)).body.items, [])
})

test('a query with an ARN of another account or cluster gets a 400 that names the parameter', async () => {
  const { account, number } = await withResources()
  for (const arn of [
    'arn:aws:ecs:us-east-1:999999999999:service/prod/www',
    `arn:aws:ecs:us-east-1:${number}:service/other/www`,
  ]) {
    const { status, body } = await api.get(`/${account}/clusters/prod/tasks?service=${encodeURIComponent(arn)}`)
    assert.deepEqual([status, body.code, body.errors?.[0]?.name], [400, 'InvalidQuery', 'service'], arn)
  }
  const inProd = `/${account}/tasks?service=${encodeURIComponent(`arn:aws:ecs:us-east-1:${number}:service/prod/www`)}`
  assert.equal((await api.get(inProd)).body.items.length, 1)
  const inOther = `/${account}/tasks?service=${encodeURIComponent(`arn:aws:ecs:us-east-1:${number}:service/other/www`)}`
  assert.equal((await api.get(inOther)).body.items.length, 0)
})

test('a body with an ARN of another account gets a 400 that points to it', async () => {
  const { account, values } = await withResources()
  const foreign = (kind: string, path: string) => `arn:aws:ecs:us-east-1:999999999999:${kind}/${path}`
  const services = `/${account}/clusters/prod/services`
  const strategy = [{ capacityProvider: foreign('capacity-provider', 'FARGATE'), weight: 1 }]
  const rejected: [pointer: string, answer: Promise<{ status: number; body: { errors?: { pointer?: string }[] } }>][] =
    [
      ['/cluster', api.post(services, { name: 'a', taskDefinition: 'web', cluster: foreign('cluster', 'prod') })],
      ['/taskDefinition', api.post(services, { name: 'a', taskDefinition: foreign('task-definition', 'web:1') })],
      [
        '/capacityProviderStrategy/0/capacityProvider',
        api.post(services, { name: 'a', taskDefinition: 'web', capacityProviderStrategy: strategy }),
      ],
      ['/cluster', api.patch(`${services}/www`, { count: 3, cluster: foreign('cluster', 'prod') })],
      ['/service', api.patch(`${services}/www`, { count: 3, service: foreign('service', 'prod/www') })],
      ['/taskDefinition', api.patch(`${services}/www`, { taskDefinition: foreign('task-definition', 'web:1') })],
      [
        '/taskDefinition',
        api.post(`/${account}/clusters/prod/tasks`, { taskDefinition: foreign('task-definition', 'web:1') }),
      ],
      [
        '/cluster',
        api.post(`/${account}/clusters/prod/tasks`, { taskDefinition: 'web', cluster: foreign('cluster', 'prod') }),
      ],
      ['/name', api.patch(`/${account}/clusters/prod`, { name: foreign('cluster', 'prod'), tags: { a: 'b' } })],
    ]
  const before = await state(account)
  for (const [pointer, answer] of rejected) {
    const { status, body } = await answer
    assert.equal(status, 400, JSON.stringify(body))
    assert.ok(
      body.errors?.some((error) => error.pointer === pointer),
      `${pointer}: ${JSON.stringify(body)}`,
    )
  }
  assert.deepEqual(await state(account), before)
  assert.ok(values.task)
})

async function withResources() {
  const account = await newAccount({ defaults: { subnets: ['subnet-0a1b2c3d'] } })
  const made = await api.post(`/${account}/clusters`, { name: 'prod' })
  const { account: number, region } = parseArn(made.body.arn)!
  await api.post(`/${account}/clusters`, { name: 'other' })
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await api.post(`/${account}/clusters/prod/services?wait=STABLE`, { name: 'www', taskDefinition: 'web', count: 1 })
  const task = (await api.get(`/${account}/clusters/prod/tasks`)).body.items[0].id as string
  const deployment = (await api.get(`/${account}/clusters/prod/services/www/deployments`)).body.items[0].id as string
  const values: Record<string, string> = { cluster: 'prod', service: 'www', task, taskdef: 'web:1', deployment }
  return { account, values, region, number }
}

function foreignArns(
  kind: string,
  name: string,
  { region, number }: { region: string; number: string },
): [origin: string, arn: string][] {
  const path = { service: `prod/${name}`, task: `prod/${name}`, 'service-deployment': `prod/www/${name}` }[kind] ?? name
  return [
    ['another Region', `arn:aws:ecs:eu-west-1:${number}:${kind}/${path}`],
    ['another account', `arn:aws:ecs:${region}:999999999999:${kind}/${path}`],
    ['another partition', `arn:aws-cn:ecs:${region}:${number}:${kind}/${path}`],
    ['another kind', `arn:aws:ecs:${region}:${number}:daemon/${path}`],
    ['another service of AWS', `arn:aws:s3:${region}:${number}:${kind}/${path}`],
  ]
}

async function state(account: string): Promise<unknown> {
  const services = (await api.get(`/${account}/clusters/prod/services`)).body.items
  const tasks = (await api.get(`/${account}/clusters/prod/tasks`)).body.items
  const clusters = (await api.get(`/${account}/clusters`)).body.items
  const definitions = (await api.get(`/${account}/taskdefs?status=ALL`)).body.items
  return {
    services: services.map(({ name, status, desiredCount, tags }: Record<string, unknown>) => [
      name,
      status,
      desiredCount,
      tags,
    ]),
    tasks: tasks.map(({ id, desiredStatus }: Record<string, unknown>) => [id, desiredStatus]),
    clusters: clusters.map(({ name, status, tags, settings }: Record<string, unknown>) => [
      name,
      status,
      tags,
      settings,
    ]),
    definitions: definitions.map(({ name, status }: Record<string, unknown>) => [name, status]),
  }
}
