/** Following while tasks, groups and services come and go, and while lines are late. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineOverTcp } from '../../testing/engine-over-tcp.ts'
import { followLines } from '../../testing/log-follower.ts'
import { type LoggedService, logsClient, newLoggedService } from '../../testing/logged-service.ts'
import { startTestProgram } from '../../testing/program.ts'

const aws = await startEngineOverTcp()
const program = await startTestProgram({ accounts: [aws.account('remote', { budget: 'off' })] })
const { api, token } = program
const { url } = await program.listen()

const newService = (cluster: string, more: object = {}) =>
  newLoggedService(program, aws, { account: 'remote', cluster, ...more })
const follow = (path: string, lastId?: string) => followLines(`${url}/v1/ecs${path}/logs`, token, lastId)
const write = (service: LoggedService, task: string, container: string, messages: readonly string[], at = Date.now()) =>
  service.write(
    task,
    container,
    messages.map((message) => ({ timestamp: at, message })),
  )

test('the tasks of a new deployment are followed from their first line', async () => {
  const service = await newService('replaced')
  const [old = ''] = await service.taskIds()
  const reader = await follow(service.path)
  await write(service, old, 'web', ['old'])
  await reader.untilMessages('old')
  await api.post(`${service.path}/restart?wait=STABLE`)
  const [current = ''] = await service.taskIds()
  assert.notEqual(current, old)
  await write(service, current, 'web', ['new 1'], Date.now() - 20_000)
  await write(service, current, 'web', ['new 2'])
  await write(service, old, 'web', ['last of old'])
  await reader.untilMessages('new 1', 'new 2', 'last of old')
  assert.equal(reader.lines().length, 4)
  reader.close()
})

test('late lines are shown once, and a line in the future does not hide the present', async () => {
  const service = await newService('late', { containers: ['web', 'sidecar'] })
  const [task = ''] = await service.taskIds()
  const reader = await follow(service.path)
  const now = Date.now()
  await write(service, task, 'web', ['future'], now + 3_600_000)
  await write(service, task, 'web', ['present'], now)
  await reader.untilMessages('future', 'present')
  await write(service, task, 'sidecar', ['late 9 s'], now - 9_000)
  await write(service, task, 'web', ['earlier than the last'], now - 1_000)
  await reader.untilMessages('late 9 s', 'earlier than the last')
  // Only the longer overlap, which is read every 15 s, has it.
  await write(service, task, 'sidecar', ['late 50 s'], now - 50_000)
  await reader.untilMessages('late 50 s')
  // A new follower reads it at once, and the longer overlap brings it again.
  await write(service, task, 'sidecar', ['late 40 s'], now - 40_000)
  const second = await follow(service.path)
  await Promise.all([reader, second].map((each) => each.untilMessages('late 40 s')))
  await write(service, task, 'web', ['after'])
  for (const each of [reader, second]) {
    await each.untilMessages('after')
    assert.equal(each.lines().length, 7, each.messages().join())
    each.close()
  }
  const resumed = await follow(service.path, reader.lastId())
  await write(service, task, 'sidecar', ['resumed'])
  await resumed.untilMessages('resumed')
  assert.deepEqual(resumed.messages(), ['resumed'])
  resumed.close()
})

test('while its log group is missing, a stream gets a problem event; later the lines go on', async () => {
  const service = await newService('lost-group')
  const [task = ''] = await service.taskIds()
  const reader = await follow(service.path)
  const logs = logsClient(aws)
  await logs.deleteLogGroup({ logGroupName: service.group })
  const problem = await reader.waitForEvent(({ event }) => event === 'problem')
  assert.equal(problem.data.code, 'LogGroupNotFound')
  await logs.createLogGroup({ logGroupName: service.group })
  await logs.createLogStream({ logGroupName: service.group, logStreamName: `ecs/web/${task}` })
  await write(service, task, 'web', ['again'])
  await reader.untilMessages('again')
  reader.close()
})

test('the stream of a deleted service ends after its last lines', async () => {
  const service = await newService('deleted')
  const [task = ''] = await service.taskIds()
  const reader = await follow(service.path)
  await write(service, task, 'web', ['first'])
  await reader.untilMessages('first')
  await api.delete(`${service.path}?force=true&wait=INACTIVE`)
  await write(service, task, 'web', ['last'])
  await reader.ended
  assert.deepEqual([reader.messages(), reader.events.at(-1)?.event], [['first', 'last'], 'deleted'])
})
