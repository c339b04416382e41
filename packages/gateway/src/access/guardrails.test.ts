import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startOrgsOnOneEngine } from '../testing/orgs.ts'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount, setGuardrails } = await startTestProgram()
const container = (image: string) => ({ name: 'web', image })
const webDefinition = (image = 'nginx') => ({ family: 'web', containerDefinitions: [container(image)] })

/** The places of the response's breaches; empty when the request succeeded. */
function breachedPlaces(answer: {
  status: number
  body: { code?: string; breaches?: { at: string }[] }
  text: string
}): string[] {
  if (answer.status < 300) return []
  assert.deepEqual([answer.status, answer.body.code], [403, 'GuardrailBroken'], answer.text)
  return answer.body.breaches!.map(({ at }) => at)
}

test('image guardrails compare registries after Docker’s expansion of short names', async () => {
  const account = await newAccount({
    defaults: { executionRoleArn: 'arn:aws:iam::001122334455:role/execution' },
    guardrails: { registries: ['*.dkr.ecr.*.amazonaws.com/*', 'docker.io/library/*', 'ghcr.io/us/web'] },
  })
  const register = async (image: string) => breachedPlaces(await api.post(`/${account}/taskdefs`, webDefinition(image)))
  const good = [
    '001122334455.dkr.ecr.us-east-1.amazonaws.com/team/web:1',
    'nginx',
    'nginx:1.29',
    `docker.io/library/redis@sha256:${'0'.repeat(64)}`,
    'ghcr.io/us/web',
    'ghcr.io/us/web:1.2',
    `ghcr.io/us/web@sha256:${'0'.repeat(64)}`,
    'docker.io/nginx:1.29',
  ]
  for (const image of good) assert.deepEqual(await register(image), [], image)
  const bad = [
    'us/web',
    'ghcr.io/us/web2',
    'ghcr.io/us/web2:1',
    'docker.io/us/web:1',
    'ghcr.io/them/web',
    'evil.example/001122334455.dkr.ecr.us-east-1.amazonaws.com/web',
    'x.dkr.ecr.us-east-1.amazonaws.com.evil.example/web',
    'localhost/nginx',
    'quay.io/library/nginx',
  ]
  for (const image of bad) assert.deepEqual(await register(image), ['containerDefinitions[0].image'], image)
})

test('an image name that names no valid registry matches no registry guardrail', async () => {
  const account = await newAccount({
    defaults: { executionRoleArn: 'arn:aws:iam::001122334455:role/execution' },
    guardrails: { registries: ['*.dkr.ecr.*.amazonaws.com/*', 'docker.io/*', '*.example.org:5000/*'] },
  })
  const register = async (image: string) => breachedPlaces(await api.post(`/${account}/taskdefs`, webDefinition(image)))
  const digest = `sha256:${'0'.repeat(64)}`
  const good = [
    'us/web__x/a.b-c:V1.2_x',
    `nginx:1@${digest}`,
    'DOCKER.IO/us/web',
    'a-1.example.org:5000/x',
    'index:5000',
  ]
  for (const image of good) assert.deepEqual(await register(image), [], image)
  const bad = [
    'evil.example@x.dkr.ecr.us-east-1.amazonaws.com/web',
    'evil.example#.dkr.ecr.us-east-1.amazonaws.com/web',
    // Docker takes a first part with capitals for a host.
    'EVIL/web',
    'docker.io/library/../../evil/web',
    'docker.io//web',
    '/evil.example/web',
    '//evil.example/web',
  ]
  for (const image of bad) assert.deepEqual(await register(image), ['containerDefinitions[0].image'], image)
  // ECS rejects these, whatever the guardrails say.
  const invalid = [
    'evil.example?.dkr.ecr.us-east-1.amazonaws.com/web',
    'evil.example:80\\.dkr.ecr.us-east-1.amazonaws.com/web',
    'evil。example/web',
    'web ',
  ]
  for (const image of invalid) {
    const { status, body } = await api.post(`/${account}/taskdefs`, webDefinition(image))
    assert.deepEqual([status, body.errors?.[0].pointer], [400, '/containerDefinitions/0/image'], image)
  }
})

test('guardrails on size, count and public addresses apply to every route that sets them', async () => {
  const account = await newAccount({ guardrails: { maxCpu: 512, maxMemory: 1024, maxCount: 3, publicIp: false } })
  await api.post(`/${account}/clusters`, { name: 'prod' })
  assert.deepEqual(
    breachedPlaces(await api.post(`/${account}/taskdefs`, { ...webDefinition(), cpu: '1 vCPU', memory: 2048 })),
    ['cpu', 'memory'],
  )
  assert.equal((await api.post(`/${account}/taskdefs`, { ...webDefinition(), cpu: 512, memory: 1024 })).status, 201)
  const services = `/${account}/clusters/prod/services`
  const www = { name: 'www', taskDefinition: 'web', count: 3 }
  assert.deepEqual(breachedPlaces(await api.post(services, { ...www, count: 4 })), ['desiredCount'])
  assert.deepEqual(breachedPlaces(await api.post(services, { ...www, assignPublicIp: true })), [
    'networkConfiguration.awsvpcConfiguration.assignPublicIp',
  ])
  assert.equal((await api.post(services, www)).status, 201)
  const revisions = async () => (await api.get(`/${account}/taskdefs?family=web`)).body.items.length
  assert.deepEqual(
    breachedPlaces(await api.patch(`${services}/www`, { count: 4, containers: { web: { image: 'nginx:2' } } })),
    ['desiredCount'],
  )
  assert.equal(await revisions(), 1, 'no revision was registered')
  const run = { taskDefinition: 'web', count: 25 }
  assert.deepEqual(breachedPlaces(await api.post(`/${account}/clusters/prod/tasks`, run)), ['count'])
  assert.equal((await api.get(`/${account}/clusters/prod/tasks?startedBy=none&status=ALL`)).body.items.length, 0)
  assert.deepEqual(
    breachedPlaces(
      await api.post(`/${account}/clusters/prod/tasks`, {
        ...run,
        count: 1,
        overrides: { cpu: '4096', memory: '8192' },
      }),
    ),
    ['overrides.cpu', 'overrides.memory'],
  )
})

test('required tags must be given and cannot be removed', async () => {
  const account = await newAccount({ guardrails: { requiredTags: ['CostCenter'] } })
  assert.deepEqual(breachedPlaces(await api.post(`/${account}/clusters`, { name: 'prod' })), ['tags'])
  assert.equal((await api.post(`/${account}/clusters`, { name: 'prod', tags: { CostCenter: '7' } })).status, 201)
  assert.deepEqual(breachedPlaces(await api.patch(`/${account}/clusters/prod`, { tags: { CostCenter: null } })), [
    'tags',
  ])
  assert.equal((await api.patch(`/${account}/clusters/prod`, { tags: { CostCenter: '8' } })).status, 200)
  assert.deepEqual(breachedPlaces(await api.post(`/${account}/taskdefs`, webDefinition())), ['tags'])
  assert.equal((await api.post(`/${account}/taskdefs`, { ...webDefinition(), tags: { CostCenter: '7' } })).status, 201)
  const tasks = `/${account}/clusters/prod/tasks`
  assert.deepEqual(breachedPlaces(await api.post(tasks, { taskDefinition: 'web' })), ['tags'])
  assert.equal((await api.post(tasks, { taskDefinition: 'web', propagateTags: 'TASK_DEFINITION' })).status, 201)
})

test('tasks of a service get the required tags', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, webDefinition())
  await setGuardrails(account, { requiredTags: ['CostCenter'] })
  const tags = { CostCenter: '7' }
  const services = `/${account}/clusters/prod/services`
  const www = { name: 'www', taskDefinition: 'web', count: 1, tags }
  const propagation = ['propagateTags']
  assert.deepEqual(breachedPlaces(await api.post(services, { ...www, propagateTags: 'NONE' })), propagation)
  // This definition was registered without the tag, before it was required.
  const ofDefinition = { ...www, propagateTags: 'TASK_DEFINITION' }
  assert.deepEqual(breachedPlaces(await api.post(services, ofDefinition)), propagation)
  const created = await api.post(`${services}?wait=STABLE`, www)
  assert.deepEqual([created.status, created.body.propagateTags], [201, 'SERVICE'])
  const [task] = (await api.get(`/${account}/clusters/prod/tasks?service=www`)).body.items
  assert.deepEqual(task.tags, tags)

  const patch = async (change: object) => breachedPlaces(await api.patch(`${services}/www`, change))
  assert.deepEqual(await patch({ propagateTags: 'NONE' }), propagation)
  assert.deepEqual(await patch({ propagateTags: 'TASK_DEFINITION' }), propagation)
  await api.post(`/${account}/taskdefs`, { ...webDefinition(), tags })
  assert.deepEqual(await patch({ propagateTags: 'TASK_DEFINITION', taskDefinition: 'web' }), [])
  assert.deepEqual(await patch({ taskDefinition: 'web:1' }), propagation)

  const tasks = `/${account}/clusters/prod/tasks`
  const run = (taskDefinition: string) => api.post(tasks, { taskDefinition, propagateTags: 'TASK_DEFINITION' })
  assert.deepEqual(breachedPlaces(await run('web:1')), propagation)
  assert.deepEqual(breachedPlaces(await run('web:2')), [])
})

test('a change that breaks a guardrail in one part is rejected before any part is made', async () => {
  const account = await newAccount({ guardrails: { requiredTags: ['CostCenter'], forbiddenFields: ['configuration'] } })
  const tags = { CostCenter: '7' }
  const now = { headers: { 'cache-control': 'no-cache' } }
  const cluster = `/${account}/clusters/prod`
  await api.post(`/${account}/clusters`, { name: 'prod', tags })
  await api.post(`/${account}/taskdefs`, { ...webDefinition(), tags })
  await api.post(`${cluster}/services`, { name: 'www', taskDefinition: 'web', count: 0, tags })
  const other = { CostCenter: null, other: 'x' }
  assert.deepEqual(breachedPlaces(await api.patch(cluster, { tags: other })), ['tags'])
  const configuration = { executeCommandConfiguration: { logging: 'NONE' } }
  for (const change of [api.patch, api.put])
    assert.deepEqual(breachedPlaces(await change(cluster, { tags: { other: 'x' }, configuration })), ['configuration'])
  assert.deepEqual((await api.get(cluster, now)).body.tags, tags)
  assert.deepEqual(
    breachedPlaces(
      await api.patch(`${cluster}/services/www`, { tags: other, containers: { web: { image: 'nginx:2' } } }),
    ),
    ['tags'],
  )
  assert.deepEqual((await api.get(`${cluster}/services/www`, now)).body.tags, tags)
  assert.equal((await api.get(`/${account}/taskdefs?family=web`)).body.items.length, 1)
})

test('required tags may include the tag of the organisation boundary', async () => {
  const { startGateway } = await startOrgsOnOneEngine()
  const { api: bounded } = await startGateway('mine', { guardrails: { requiredTags: ['ecs-api:org'] } })
  const made = [
    await bounded.post('/shared/clusters', { name: 'prod' }),
    await bounded.post('/shared/taskdefs', webDefinition()),
    await bounded.post('/shared/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 0 }),
    await bounded.post('/shared/clusters/prod/tasks', { taskDefinition: 'web' }),
  ]
  for (const answer of made) assert.equal(answer.status, 201, answer.text)
})

test('guardrails limit the roles that can be passed and forbid fields', async () => {
  const account = await newAccount({
    guardrails: {
      passRoles: ['arn:aws:iam::*:role/app-*'],
      forbiddenFields: ['pidMode', 'linuxParameters.capabilities'],
    },
  })
  const register = async (more: object) =>
    breachedPlaces(await api.post(`/${account}/taskdefs`, { ...webDefinition(), ...more }))
  assert.deepEqual(await register({ taskRoleArn: 'arn:aws:iam::001122334455:role/app-web' }), [])
  assert.deepEqual(
    await register({
      taskRoleArn: 'arn:aws:iam::001122334455:role/admin',
      executionRoleArn: 'arn:aws:iam::001122334455:role/root',
    }),
    ['taskRoleArn', 'executionRoleArn'],
  )
  const capable = {
    containerDefinitions: [{ ...container('nginx'), linuxParameters: { capabilities: { add: ['SYS_PTRACE'] } } }],
  }
  assert.deepEqual(await register({ pidMode: 'task', ...capable }), [
    'containerDefinitions[0].linuxParameters.capabilities',
    'pidMode',
  ])
})

test('keys of labels and log options are no fields, unless the guardrail names their map', async () => {
  const account = await newAccount({
    guardrails: { passRoles: ['arn:aws:iam::*:role/app-*'], forbiddenFields: ['pidMode', 'dockerLabels.privileged'] },
  })
  const register = async (dockerLabels: object) =>
    breachedPlaces(
      await api.post(`/${account}/taskdefs`, {
        family: 'web',
        containerDefinitions: [{ ...container('nginx'), dockerLabels }],
      }),
    )
  assert.deepEqual(await register({ role: 'frontend', 'com.example.pidMode': 'x' }), [])
  assert.deepEqual(await register({ privileged: 'yes' }), ['containerDefinitions[0].dockerLabels.privileged'])
})

test('guardrails of all accounts apply beside those of one account, and the audit records the rejection', async () => {
  const program = await startTestProgram({ guardrails: { maxCpu: 1024 } })
  const account = await program.newAccount({ guardrails: { maxMemory: 2048 } })
  assert.deepEqual(
    breachedPlaces(await program.api.post(`/${account}/taskdefs`, { ...webDefinition(), cpu: 2048, memory: 4096 })),
    ['cpu', 'memory'],
  )
  const [entry] = (await program.api.get(`/${account}/audit`)).body.items
  assert.deepEqual([entry.status, entry.code, entry.awsRequestIds], [403, 'GuardrailBroken', []])
})

test('a definition registered before the guardrails can neither run nor be deployed', async () => {
  const account = await newAccount({ defaults: { subnets: ['subnet-0a1b2c3d'] } })
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, webDefinition('evil.example/web'))
  await api.post(`/${account}/taskdefs`, { ...webDefinition(), family: 'good' })
  const services = `/${account}/clusters/prod/services`
  await api.post(services, { name: 'www', taskDefinition: 'web', count: 0 })
  await api.post(services, { name: 'fine', taskDefinition: 'good', count: 0 })
  await setGuardrails(account, { registries: ['docker.io/library/*'] })

  const image = ['containerDefinitions[0].image']
  assert.deepEqual(breachedPlaces(await api.post(`/${account}/clusters/prod/tasks`, { taskDefinition: 'web' })), image)
  assert.deepEqual(
    breachedPlaces(await api.post(services, { name: 'another', taskDefinition: 'web:1', count: 0 })),
    image,
  )
  assert.deepEqual(breachedPlaces(await api.post(`${services}/www/restart`)), image)
  assert.deepEqual(breachedPlaces(await api.patch(`${services}/fine`, { taskDefinition: 'web' })), image)
  assert.deepEqual(breachedPlaces(await api.patch(`${services}/www`, { forceNewDeployment: true })), image)
  // Another network deploys the running definition again; another count does not.
  const otherNetwork = { subnets: ['subnet-0a1b2c3e'] }
  assert.deepEqual(breachedPlaces(await api.patch(`${services}/www`, otherNetwork)), image)
  assert.equal((await api.patch(`${services}/www`, { count: 1 })).status, 200)
  assert.deepEqual(breachedPlaces(await api.patch(`${services}/www`, { count: 1, taskDefinition: 'good' })), [])
  assert.deepEqual(breachedPlaces(await api.post(`/${account}/clusters/prod/tasks`, { taskDefinition: 'good' })), [])
  assert.deepEqual(breachedPlaces(await api.post(`${services}/fine/restart`)), [])
  await setGuardrails(account, undefined)
  assert.deepEqual(breachedPlaces(await api.post(`/${account}/clusters/prod/tasks`, { taskDefinition: 'web' })), [])
})
