/** A token fenced to families of task definitions reads, registers, runs and deploys only those. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount, newToken } = await startTestProgram()
const account = await newAccount({ defaults: { subnets: ['subnet-0a1b2c3d'] } })
const container = { name: 'web', image: 'nginx', environment: { LEVEL: 'info' } }
const services = `/${account}/clusters/prod/services`
await api.post(`/${account}/clusters`, { name: 'prod' })
for (const family of ['web-a', 'web', 'other'])
  await api.post(`/${account}/taskdefs`, { family, containerDefinitions: [container] })
await api.post(services, { name: 'theirs', taskDefinition: 'other', count: 0 })
await api.post(services, { name: 'ours', taskDefinition: 'web-a', count: 0 })
const fencedRequest = {
  headers: {
    authorization: `Bearer ${await newToken({ name: 'fenced', role: 'operator', taskDefinitions: ['web-*'] })}`,
  },
}
const number = (await api.get(`/${account}/clusters/prod`)).body.arn.split(':')[4] as string

test('a fenced token cannot read, list, register, run or deploy other families', async () => {
  const arn = encodeURIComponent(`arn:aws:ecs:us-east-1:${number}:task-definition/other:1`)
  const rejected = [
    await api.get(`/${account}/taskdefs/other`, fencedRequest),
    await api.get(`/${account}/taskdefs/other:1`, fencedRequest),
    await api.get(`/${account}/taskdefs/${arn}`, fencedRequest),
    await api.get(`/${account}/taskdefs/none`, fencedRequest),
    await api.post(`/${account}/taskdefs`, { family: 'other', containerDefinitions: [container] }, fencedRequest),
    await api.post(`/${account}/taskdefs`, { name: 'web', containerDefinitions: [container] }, fencedRequest),
    await api.post(`/${account}/clusters/prod/tasks`, { taskDefinition: 'other' }, fencedRequest),
    await api.post(services, { name: 'new', taskDefinition: 'other:1', count: 0 }, fencedRequest),
    await api.patch(`${services}/ours`, { taskDefinition: 'other' }, fencedRequest),
    await api.patch(`${services}/theirs`, { containers: { web: { image: 'nginx:1.29' } } }, fencedRequest),
    await api.post('/tokens', { name: 'x', role: 'viewer' }, fencedRequest),
  ]
  for (const { status, text } of rejected) assert.equal(status, 403, text)
  assert.deepEqual(new Set(rejected.slice(0, -1).map(({ body }) => body.code)), new Set(['OutsideFence']))
  const names = async (query = '') =>
    (await api.get(`/${account}/taskdefs${query}`, fencedRequest)).body.items.map(({ name }: { name: string }) => name)
  assert.deepEqual(await names(), ['web-a:1'])
  assert.deepEqual(await names('?family=other'), [])
  assert.equal((await api.get(`/${account}/taskdefs?family=other`)).body.items.length, 1)
})

test('a fenced token can read, register, run and deploy its own families', async () => {
  const allowed = [
    await api.get(`/${account}/taskdefs/web-a`, fencedRequest),
    await api.post(`/${account}/taskdefs`, { family: 'web-b', containerDefinitions: [container] }, fencedRequest),
    await api.post(`/${account}/clusters/prod/tasks`, { taskDefinition: 'web-a' }, fencedRequest),
    await api.post(services, { name: 'new', taskDefinition: 'web-a:1', count: 0 }, fencedRequest),
    await api.patch(`${services}/ours`, { containers: { web: { image: 'nginx:1.29' } } }, fencedRequest),
    await api.patch(`${services}/theirs`, { count: 1 }, fencedRequest),
  ]
  for (const { status, text } of allowed) assert.ok(status < 300, text)
})

test('a fenced admin cannot create a token with a wider fence, and a token shows its fence', async () => {
  const admin = {
    headers: {
      authorization: `Bearer ${await newToken({ name: 'admin-web', role: 'admin', taskDefinitions: ['web-*'] })}`,
    },
  }
  assert.equal((await api.post('/tokens', { name: 'wide', role: 'viewer' }, admin)).body.code, 'OutsideFence')
  const made = await api.post('/tokens', { name: 'narrow', role: 'viewer', taskDefinitions: ['web-a'] }, admin)
  assert.deepEqual([made.status, made.body.taskDefinitions], [201, ['web-a']])
  assert.deepEqual((await api.get('/tokens/fenced')).body.taskDefinitions, ['web-*'])
})
