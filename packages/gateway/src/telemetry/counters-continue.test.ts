import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { openEventQueue } from '../testing/event-queue.ts'
import { startTestProgram } from '../testing/program.ts'
import { sumOfSamples } from '../testing/samples.ts'
import { until } from '../testing/until.ts'

test('counters of an account continue across changed settings and a temporary removal', {
  timeout: 30_000,
}, async () => {
  const aws = await startEngineOverTcp()
  const queueUrl = 'https://sqs.us-east-1.amazonaws.com/111122223333/withQueue'
  const handler = aws.engine.requestHandler('111122223333')
  const queue = await openEventQueue(
    { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: handler },
    queueUrl,
  )
  after(() => queue.close())
  // After this many seconds, the account's next reader of the queue receives the messages that the last one held.
  await queue.sqs.setQueueAttributes({ QueueUrl: queueUrl, Attributes: { VisibilityTimeout: '1' } })
  const accounts = (freshMs: number) => [
    aws.account('withQueue', { events: { queueUrl }, freshMs }),
    // Nothing listens on this port.
    aws.account('unreachable', { events: { queueUrl }, endpoint: 'http://127.0.0.1:1', freshMs }),
  ]
  const { api, replaceAccounts } = await startTestProgram({ accounts: accounts(500) })
  const figures = async () => {
    const { text } = await api.get('/metrics')
    return {
      others: sumOfSamples(text, 'ecs_api_events_total', { account: 'withQueue', kind: 'other' }),
      events: sumOfSamples(text, 'ecs_api_events_total', { account: 'withQueue', kind: 'ecs' }),
      deleted: sumOfSamples(text, 'ecs_api_events_deleted_total', { account: 'withQueue' }),
      failures: sumOfSamples(text, 'ecs_api_event_queue_failures_total', { account: 'unreachable' }),
      openings: sumOfSamples(text, 'ecs_api_aws_circuit_openings_total', { account: 'unreachable', service: 'ecs' }),
    }
  }
  type Figures = Awaited<ReturnType<typeof figures>>
  const sendFailingReads = async () => {
    for (let i = 0; i < 6; i++) assert.equal((await api.get('/unreachable/clusters/none')).status, 503)
  }
  await api.put('/withQueue/clusters/prod', {})
  await api.post('/withQueue/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await api.post('/withQueue/clusters/prod/tasks?wait=RUNNING', { taskDefinition: 'web' })
  await queue.send('1', '2', '3')
  await sendFailingReads()
  const before = await until(
    figures,
    ({ others, events, deleted, failures }) => others >= 3 && events > 0 && deleted > 0 && failures > 0,
  )
  assert.equal(before.openings, 1)

  await replaceAccounts(accounts(600))
  const changed = await figures()
  for (const [name, figure] of Object.entries(changed))
    assert.ok(figure >= before[name as keyof Figures], `${name}: ${figure}`)
  await replaceAccounts([])
  await replaceAccounts(accounts(600))
  await queue.send('4', '5')
  await sendFailingReads()
  const { openings } = await until(
    figures,
    ({ others, failures }) => others >= before.others + 2 && failures > before.failures,
  )
  assert.equal(openings, 2)
})
