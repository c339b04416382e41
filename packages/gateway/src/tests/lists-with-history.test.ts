/** Lists that join the tasks and events that ECS still has with those that only the history has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const web = { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] }
const accountPath = '/prod-account'

test('a task that stops is listed once, although it was read while it ran', async () => {
  const aws = await startEngineOverTcp()
  const { api } = await startTestProgram({ accounts: [aws.account('prod-account')] })
  await api.post(`${accountPath}/clusters`, { name: 'prod' })
  await api.post(`${accountPath}/taskdefs`, web)
  const ids: string[] = []
  for (let i = 0; i < 3; i++) {
    const { body } = await api.post(`${accountPath}/clusters/prod/tasks?wait=RUNNING`, { taskDefinition: 'web' })
    ids.unshift(body.items[0].id)
  }
  const listed = async (query: string) => {
    const { body } = await api.get(`${accountPath}/clusters/prod/tasks?${query}`, {
      headers: { 'cache-control': 'no-cache' },
    })
    return { ids: body.items.map(({ id }: { id: string }) => id), nextCursor: body.nextCursor }
  }
  assert.deepEqual((await listed('')).ids, ids)
  for (const id of ids) await api.delete(`${accountPath}/clusters/prod/tasks/${id}?wait=STOPPED`)
  assert.deepEqual(await listed('status=ALL'), { ids, nextCursor: null })
  assert.deepEqual(await listed('status=STOPPED'), { ids, nextCursor: null })
})

test('tasks forgotten by ECS are listed after all tasks that ECS still has', async () => {
  const [earlier, later] = [await startEngineOverTcp(), await startEngineOverTcp()]
  const { api, replaceAccounts } = await startTestProgram({ accounts: [earlier.account('prod-account')] })
  const createClusterAndDefinition = async () => {
    await api.post(`${accountPath}/clusters`, { name: 'prod' })
    await api.post(`${accountPath}/taskdefs`, web)
  }
  const runAndStop = async (count: number) => {
    const { body } = await api.post(`${accountPath}/clusters/prod/tasks?wait=RUNNING`, { taskDefinition: 'web', count })
    const ids: string[] = body.items.map(({ id }: { id: string }) => id)
    for (const id of ids) await api.delete(`${accountPath}/clusters/prod/tasks/${id}?wait=STOPPED`)
    return ids
  }
  await createClusterAndDefinition()
  const forgotten = await runAndStop(3)
  await replaceAccounts([later.account('prod-account')])
  await createClusterAndDefinition()
  const stillKnown = await runAndStop(5)
  const pages: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: { body: { items: { id: string }[]; nextCursor: string | null } } = await api.get(
      `${accountPath}/clusters/prod/tasks?status=STOPPED&limit=2${cursor && `&cursor=${cursor}`}`,
    )
    pages.push(...body.items.map(({ id }) => id))
    cursor = body.nextCursor
  }
  assert.deepEqual(pages.slice(0, 5).toSorted(), stillKnown.toSorted())
  assert.deepEqual(pages.slice(5).toSorted(), forgotten.toSorted())
})

test('an impossible cursor or time is rejected with a 400', async () => {
  const { api } = await startTestProgram()
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', web)
  await api.post('/local/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 0 })
  const cursor = Buffer.from(JSON.stringify([1e20, 'x'])).toString('base64url')
  for (const list of ['tasks?status=ALL', 'services/www/events?limit=1']) {
    const { status, body } = await api.get(`/local/clusters/prod/${list}&cursor=${cursor}`)
    assert.deepEqual([status, body.code], [400, 'InvalidCursor'])
  }
  for (const time of ['2016-12-31T23:59:60Z', '2026-11-23T14:57:33%2B01']) {
    for (const path of [`/local/clusters/prod/services/www/events?since=${time}`, `/local/audit?until=${time}`]) {
      const { status, body } = await api.get(path)
      assert.deepEqual([status, body.code], [400, 'InvalidQuery'], path)
    }
  }
})
