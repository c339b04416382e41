/**
 * One AWS account that is configured with several organisation boundaries, one after the other or at the same time:
 * each boundary shows only its own resources, and no recorded history is lost.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openEventReader } from '../testing/event-reader.ts'
import { startOrgsOnOneEngine, webDefinition } from '../testing/orgs.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startTestProgram } from '../testing/program.ts'

const skip = skipWithoutPostgres
const clustersPath = '/shared/clusters'

test('the history under a boundary has a stopped task that was also read without the boundary', async () => {
  const [earlier, later] = [await startOrgsOnOneEngine(), await startOrgsOnOneEngine()]
  const { api, replaceAccounts } = await earlier.startGateway(undefined)
  const tags = { 'ecs-api:org': 'mine' }
  await api.post(clustersPath, { name: 'prod', tags })
  await api.post('/shared/taskdefs', { ...webDefinition('web'), tags })
  const run = await api.post(`${clustersPath}/prod/tasks?wait=RUNNING`, { taskDefinition: 'web', tags })
  const path = `${clustersPath}/prod/tasks/${run.body.items[0].id}`
  await api.delete(`${path}?wait=STOPPED`)
  await replaceAccounts([earlier.accountOf('mine')])
  assert.equal((await api.get(path)).body.lastStatus, 'STOPPED')
  await replaceAccounts([later.accountOf('mine')])
  await api.post(clustersPath, { name: 'prod' })
  const { status, body } = await api.get(path)
  assert.deepEqual([status, body.lastStatus], [200, 'STOPPED'])
})

test('a process does not get events of resources outside its boundary from a process without that boundary', {
  skip,
}, async () => {
  const postgres = await startPostgres()
  const { accountOf } = await startOrgsOnOneEngine()
  const store = storeOn(postgres.newUrl())
  const [all, mine] = [
    await startTestProgram({ accounts: [accountOf(undefined)], store }),
    await startTestProgram({ accounts: [accountOf('mine')], store }),
  ]
  after(() => postgres.stop())
  const { url } = await all.listen()
  await all.api.post(clustersPath, { name: 'foreign' })
  assert.equal((await mine.api.get(`${clustersPath}/foreign`)).status, 404)
  const stream = await openEventReader(`${url}/v1/ecs${clustersPath}/foreign`, {
    authorization: `Bearer ${all.token}`,
    connection: 'close',
  })
  await stream.waitForEvent(({ event }) => event === 'state')
  assert.equal(
    (await mine.api.get(`${clustersPath}/foreign`, { headers: { accept: 'text/event-stream' } })).status,
    404,
  )
  await all.api.patch(`${clustersPath}/foreign`, { tags: { mark: 'seen' } })
  await stream.waitForEvent(({ data }) => data?.tags?.mark === 'seen')
  assert.deepEqual(
    stream.events.map(({ event }) => event),
    ['state', 'change'],
  )
  assert.equal((await mine.api.get(`${clustersPath}/foreign`)).status, 404)
  stream.close()
})
