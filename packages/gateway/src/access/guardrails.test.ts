import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testProgram } from '../testing/program.ts'

const { api, newAccount } = await testProgram()
const container = (image: string) => ({ name: 'web', image })
const web = (image = 'nginx') => ({ family: 'web', containerDefinitions: [container(image)] })

/** What of the answer is broken; empty when it went through. */
function broken(answer: { status: number; body: { code?: string; breaches?: { at: string }[] }; text: string }): string[] {
  if (answer.status < 300) return []
  assert.deepEqual([answer.status, answer.body.code], [403, 'GuardrailBroken'], answer.text)
  return answer.body.breaches!.map(({ at }) => at)
}

test('images come from the registries named, read as Docker reads them', async () => {
  const account = await newAccount(
    { executionRoleArn: 'arn:aws:iam::001122334455:role/execution' },
    { registries: ['*.dkr.ecr.*.amazonaws.com/*', 'docker.io/library/*', 'ghcr.io/us/web'] },
  )
  const register = async (image: string) => broken(await api.post(`/${account}/taskdefs`, web(image)))
  const good = [
    '001122334455.dkr.ecr.us-east-1.amazonaws.com/team/web:1',
    'nginx',
    'nginx:1.29',
    'docker.io/library/redis@sha256:0',
    'ghcr.io/us/web',
  ]
  for (const image of good) assert.deepEqual(await register(image), [], image)
  const bad = [
    'us/web',
    'ghcr.io/us/web2',
    'ghcr.io/them/web',
    'evil.example/001122334455.dkr.ecr.us-east-1.amazonaws.com/web',
    'x.dkr.ecr.us-east-1.amazonaws.com.evil.example/web',
    'localhost/nginx',
    'quay.io/library/nginx',
  ]
  for (const image of bad) assert.deepEqual(await register(image), ['containerDefinitions[0].image'], image)
})

test('sizes, counts and public addresses, on whichever way they come', async () => {
  const account = await newAccount({}, { maxCpu: 512, maxMemory: 1024, maxCount: 3, publicIp: false })
  await api.post(`/${account}/clusters`, { name: 'prod' })
  assert.deepEqual(broken(await api.post(`/${account}/taskdefs`, { ...web(), cpu: '1 vCPU', memory: 2048 })), ['cpu', 'memory'])
  assert.equal((await api.post(`/${account}/taskdefs`, { ...web(), cpu: 512, memory: 1024 })).status, 201)
  const services = `/${account}/clusters/prod/services`
  const www = { name: 'www', taskDefinition: 'web', count: 3 }
  assert.deepEqual(broken(await api.post(services, { ...www, count: 4 })), ['desiredCount'])
  assert.deepEqual(broken(await api.post(services, { ...www, assignPublicIp: true })), ['networkConfiguration.awsvpcConfiguration.assignPublicIp'])
  assert.equal((await api.post(services, www)).status, 201)
  const revisions = async () => (await api.get(`/${account}/taskdefs?family=web`)).body.items.length
  assert.deepEqual(broken(await api.patch(`${services}/www`, { count: 4, containers: { web: { image: 'nginx:2' } } })), ['desiredCount'])
  assert.equal(await revisions(), 1, 'nothing was begun')
  const run = { taskDefinition: 'web', count: 25 }
  assert.deepEqual(broken(await api.post(`/${account}/clusters/prod/tasks`, run)), ['count'])
  assert.equal((await api.get(`/${account}/clusters/prod/tasks?startedBy=none&status=ALL`)).body.items.length, 0)
  assert.deepEqual(broken(await api.post(`/${account}/clusters/prod/tasks`, { ...run, count: 1, overrides: { cpu: '4096', memory: '8192' } })), [
    'overrides.cpu',
    'overrides.memory',
  ])
})

test('tags that must be there, and stay', async () => {
  const account = await newAccount({}, { requiredTags: ['CostCenter'] })
  assert.deepEqual(broken(await api.post(`/${account}/clusters`, { name: 'prod' })), ['tags'])
  assert.equal((await api.post(`/${account}/clusters`, { name: 'prod', tags: { CostCenter: '7' } })).status, 201)
  assert.deepEqual(broken(await api.patch(`/${account}/clusters/prod`, { tags: { CostCenter: null } })), ['tags'])
  assert.equal((await api.patch(`/${account}/clusters/prod`, { tags: { CostCenter: '8' } })).status, 200)
  assert.deepEqual(broken(await api.post(`/${account}/taskdefs`, web())), ['tags'])
  assert.equal((await api.post(`/${account}/taskdefs`, { ...web(), tags: { CostCenter: '7' } })).status, 201)
  const tasks = `/${account}/clusters/prod/tasks`
  assert.deepEqual(broken(await api.post(tasks, { taskDefinition: 'web' })), ['tags'])
  assert.equal((await api.post(tasks, { taskDefinition: 'web', propagateTags: 'TASK_DEFINITION' })).status, 201)
})

test('roles that may be passed, and fields that nobody may give', async () => {
  const account = await newAccount({}, { passRoles: ['arn:aws:iam::*:role/app-*'], forbiddenFields: ['pidMode', 'linuxParameters.capabilities'] })
  const register = async (more: object) => broken(await api.post(`/${account}/taskdefs`, { ...web(), ...more }))
  assert.deepEqual(await register({ taskRoleArn: 'arn:aws:iam::001122334455:role/app-web' }), [])
  assert.deepEqual(await register({ taskRoleArn: 'arn:aws:iam::001122334455:role/admin', executionRoleArn: 'arn:aws:iam::001122334455:role/root' }), [
    'taskRoleArn',
    'executionRoleArn',
  ])
  const capable = { containerDefinitions: [{ ...container('nginx'), linuxParameters: { capabilities: { add: ['SYS_PTRACE'] } } }] }
  assert.deepEqual(await register({ pidMode: 'task', ...capable }), ['containerDefinitions[0].linuxParameters.capabilities', 'pidMode'])
})

test('the guardrails of every account hold beside those of one, and a refusal stands in the audit', async () => {
  const program = await testProgram({}, [], undefined, { guardrails: { maxCpu: 1024 } })
  const account = await program.newAccount({}, { maxMemory: 2048 })
  assert.deepEqual(broken(await program.api.post(`/${account}/taskdefs`, { ...web(), cpu: 2048, memory: 4096 })), ['cpu', 'memory'])
  const [entry] = (await program.api.get(`/${account}/audit`)).body.items
  assert.deepEqual([entry.status, entry.code, entry.awsRequestIds], [403, 'GuardrailBroken', []])
})
