import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount, auditEntries } = await startTestProgram()

test('a body with thousands of errors gets the first hundred and the number of the others', async () => {
  const account = await newAccount()
  const containerDefinitions = Array.from({ length: 4500 }, (_, i) => ({ [`imgae${i}`]: 1 }))
  const { status, body, text } = await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions })
  assert.equal(status, 400)
  assert.equal(body.errors.length, 100)
  assert.equal(body.errorsOmitted, 4400)
  assert.match(body.detail, /\(and 4499 more\)/)
  assert.equal(body.errors.filter(({ message }: { message: string }) => message.includes('did you mean')).length, 10)
  assert.ok(text.length < 50_000, `${text.length} characters`)
})

test('errors in patches of containers, in queries and in the gateway’s own bodies are limited to a hundred, too', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await api.post(`/${account}/clusters/prod/services`, {
    name: 'www',
    taskDefinition: 'web',
    count: 0,
    subnets: ['subnet-0a1b2c3d'],
  })
  const containers = Object.fromEntries(Array.from({ length: 4500 }, (_, i) => [`c${i}`, { imgae: 1 }]))
  const patched = await api.patch(`/${account}/clusters/prod/services/www`, { containers })
  assert.deepEqual([patched.status, patched.body.errors.length], [400, 100])
  const token = await api.post('/tokens', Object.fromEntries(Array.from({ length: 4500 }, (_, i) => [`nmae${i}`, 1])))
  assert.deepEqual([token.status, token.body.errors.length], [400, 100])
  const query = await api.get(`/${account}/clusters?${Array.from({ length: 900 }, (_, i) => `a${i}=`).join('&')}`)
  assert.deepEqual([query.status, query.body.errors.length], [400, 100])
})

test('a body with more values than any input of ECS has is rejected', async () => {
  const account = await newAccount()
  const containerDefinitions = Array.from({ length: 25_000 }, () => ({ imgae: 1 }))
  const { status, body } = await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions })
  assert.deepEqual([status, body.code], [413, 'BodyTooLarge'])
})

test('long and repeated names in a body do not make a long response', async () => {
  const account = await newAccount()
  const long = 'n'.repeat(500_000)
  const named = await api.post(`/${account}/taskdefs`, { [long]: Array.from({ length: 10_000 }, () => 1) })
  // The names in JSON have a limit of their own.
  assert.deepEqual([named.status, named.body.code], [400, 'MalformedJson'])
  assert.ok(named.text.length < 3000, `${named.text.length} characters`)
  const twice = await api.post(
    `/${account}/taskdefs`,
    `{"a":{${Array.from({ length: 4500 }, () => '"b":1').join(',')}}}`,
  )
  assert.deepEqual([twice.status, twice.body.errors.length], [400, 100])
  const nested = await api.post(`/${account}/taskdefs`, { family: 'web', [`x${'y'.repeat(1000)}`]: 1 })
  assert.equal(nested.status, 400)
  assert.ok(nested.text.length < 3000, `${nested.text.length} characters`)
})

test('an invalid body, such as text in the place of a container, is not recorded in the audit log', async () => {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await api.post(`/${account}/clusters/prod/services`, {
    name: 'www',
    taskDefinition: 'web',
    count: 0,
    subnets: ['subnet-0a1b2c3d'],
  })
  const auditedBefore = auditEntries.length
  const { status } = await api.patch(`/${account}/clusters/prod/services/www`, { containers: { web: 'sesame' } })
  assert.deepEqual([status, auditEntries.length - auditedBefore], [400, 1])
  assert.doesNotMatch(JSON.stringify(auditEntries), /sesame/)
})
