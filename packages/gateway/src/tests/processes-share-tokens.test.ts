/** Several processes on one PostgreSQL: a token that one of them revokes or rotates is rejected by all. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openEventReader } from '../testing/event-reader.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startPostgresProxy } from '../testing/postgres-proxy.ts'
import { startTestProgram, type TestProgram } from '../testing/program.ts'

const skip = skipWithoutPostgres
const postgres = skip ? undefined : await startPostgres()
const url = postgres?.newUrl() ?? ''
const proxy = skip ? undefined : await startPostgresProxy(url)
const programOn = (databaseUrl: string): Promise<TestProgram> => startTestProgram({ store: storeOn(databaseUrl) })
const programs = proxy ? [await programOn(url), await programOn(proxy.url), await programOn(url)] : []
after(async () => {
  await proxy?.close()
  await postgres?.stop()
})
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const statuses = (token: string) =>
  Promise.all(programs.map(async ({ api }) => (await api.get('/accounts', bearer(token))).status))

test('when one process has responded to a revocation or rotation of a token, each process rejects the token', {
  skip,
}, async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { api } = programs[turn % programs.length]!
    const first = (await api.post('/tokens', { name: 'portal', role: 'viewer' })).body.token
    assert.deepEqual(await statuses(first), [200, 200, 200])
    const rotated = await api.post('/tokens/portal/rotate', {})
    assert.deepEqual(await statuses(first), [401, 401, 401], `rotated, turn ${turn}`)
    assert.deepEqual(await statuses(rotated.body.token), [200, 200, 200])
    assert.equal((await api.delete('/tokens/portal')).status, 200)
    assert.deepEqual(await statuses(rotated.body.token), [401, 401, 401], `revoked, turn ${turn}`)
  }
})

test('a revoked token is not cached from a store read that began before the revocation', { skip }, async () => {
  const [here, late] = programs as [TestProgram, TestProgram]
  const token = await here.newToken({ name: 'brief', role: 'viewer' })
  const withheld = proxy!.withhold('ecs-api')
  const admitted = late.api.get('/accounts', bearer(token))
  await withheld.untilWithheld('brief')
  assert.equal((await here.api.delete('/tokens/brief')).status, 200)
  withheld.end()
  assert.equal((await admitted).status, 200, 'the token was valid when the request was sent')
  assert.deepEqual(await statuses(token), [401, 401, 401])
})

test('after concurrent rotations of a token, only the last value is valid, at every process', { skip }, async () => {
  await programs[0]!.newToken({ name: 'wanted', role: 'viewer' })
  for (let turn = 0; turn < 10; turn++) {
    const answers = await Promise.all(programs.map(({ api }) => api.post('/tokens/wanted/rotate', {})))
    const { id } = (await programs[0]!.api.get('/tokens/wanted')).body
    for (const { status, body } of answers) {
      assert.equal(status, 200)
      const expected = body.id === id ? 200 : 401
      assert.deepEqual(await statuses(body.token), [expected, expected, expected])
    }
  }
})

test('revoking a token at one process ends its streams at the other processes', { skip }, async () => {
  const [here, , other] = programs as [TestProgram, TestProgram, TestProgram]
  await other.api.put('/local/clusters/prod', {})
  const token = await here.newToken({ name: 'watching', role: 'viewer' })
  const reader = await openEventReader(
    `${(await other.listen()).url}/v1/ecs/local/clusters/prod`,
    bearer(token).headers,
  )
  await reader.waitForEvent(({ event }) => event === 'state')
  await here.api.delete('/tokens/watching')
  await reader.ended
  assert.deepEqual([reader.events.at(-1)?.event, reader.events.at(-1)?.data.code], ['end', 'Unauthorized'])
})
