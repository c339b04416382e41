// ECS Exec in real containers, through two processes of the gateway on one store.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStore } from '../../packages/gateway/src/store/store.ts'
import { startEngineOverTcp } from '../../packages/gateway/src/testing/engine-over-tcp.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../../packages/gateway/src/testing/postgres.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { connectTerminal } from '../../packages/gateway/src/testing/terminal-client.ts'
import { until } from '../../packages/gateway/src/testing/until.ts'
import {
  ensureTestImage,
  getContainerRuntime,
  noContainers,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'

const skip = noContainers || skipWithoutPostgres

test('a URL works once, at any process; sessions end without a client, and with their process', {
  skip,
}, async (t) => {
  await ensureTestImage()
  const [postgres, aws] = await Promise.all([
    startPostgres(),
    startEngineOverTcp({ runtime: getContainerRuntime().address }),
  ])
  t.after(postgres.stop)
  const store = storeOn(postgres.newUrl())
  const [one, two] = await Promise.all([1, 2].map(() => startTestProgram({ accounts: [aws.account('remote')], store })))
  const at = (await Promise.all([one!.listen(), two!.listen()])).map(({ url }) => url)
  const { api } = one!
  const prepared = [
    await api.post('/remote/clusters', { name: 'prod' }),
    await api.post('/remote/taskdefs', {
      family: 'web',
      taskRoleArn: 'arn:aws:iam::111122223333:role/app',
      containerDefinitions: [
        { name: 'web', image: testImage, command: ['sh', '-c', 'trap exit TERM; sleep 100000 & wait'] },
      ],
    }),
  ]
  for (const { status, text } of prepared) assert.equal(status, 201, text)
  const ran = await api.post('/remote/clusters/prod/tasks?wait=RUNNING', {
    taskDefinition: 'web',
    enableExecuteCommand: true,
  })
  const path = `/remote/clusters/prod/tasks/${ran.body.items[0].id}/exec`
  const open = async () => (await api.post(path, { command: 'sh' })).body
  const processes = async () => (await api.post(path, { interactive: false, command: 'busybox ps' })).body.output

  // Of ten connections to both processes, one gets the session.
  const shared = await open()
  const clients = Array.from({ length: 10 }, (_, i) => connectTerminal(at[i % 2]!, shared.url))
  const opened = (await Promise.allSettled(clients.map((client) => client.waitUntilShown(/# /)))).map(
    ({ status }) => status,
  )
  assert.equal(opened.filter((status) => status === 'fulfilled').length, 1)
  const winner = clients[opened.indexOf('fulfilled')]!
  winner.type('exit\n')
  assert.equal((await winner.exit).reason, 'CommandEnded')

  // A session that nobody connects to ends, and its command with it.
  const waiting = await open()
  const { db, close } = await openStore({ ...store, data: ':memory:' })
  const past = { expires_at: '2020-01-01T00:00:00.000Z' }
  await db.updateTable('exec_sessions').set(past).execute()
  await db.updateTable('exec_urls').set(past).execute()
  await assert.rejects(connectTerminal(at[1]!, waiting.url).exit, /404/)
  const count = async () => (await db.selectFrom('exec_sessions').select('id').execute()).length
  await until(count, (sessions) => sessions === 0)

  // A process that stops ends its sessions.
  const last = connectTerminal(at[1]!, (await open()).url)
  await last.waitUntilShown(/# /)
  last.type('sleep 54321\n')
  await last.waitUntilShown(/54321/)
  await two!.close()
  assert.equal((await last.exit).reason, 'ShuttingDown')
  await until(processes, (listed) => !listed.includes('54321'))
  assert.equal(await count(), 0)
  await close()
})
