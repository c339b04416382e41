import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { ECS } from '@aws-sdk/client-ecs'
import { localAccountNumber } from '../config/account-number.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { openEventQueue } from '../testing/event-queue.ts'
import { type EventReader, openEventReader } from '../testing/event-reader.ts'
import { newFolder } from '../testing/process.ts'
import { startTestProgram } from '../testing/program.ts'
import { sumOfSamples } from '../testing/samples.ts'
import { until } from '../testing/until.ts'

const number = '111122223333'
const network = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
const urlOf = (name: string) => `https://sqs.us-east-1.amazonaws.com/${number}/${name}`
const { engine, ecs, account } = await startEngineOverTcp()
const queueOf = async (name: string) => {
  const queue = await openEventQueue(
    {
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: engine.requestHandler(number),
    },
    urlOf(name),
  )
  after(() => queue.close())
  return queue
}
const queues = { withQueue: await queueOf('withQueue'), quick: await queueOf('quick') }
const accounts = [
  account('withQueue', { events: { queueUrl: urlOf('withQueue') } }),
  // The minimum: without events the account is polled twenty times a second.
  account('quick', { events: { queueUrl: urlOf('quick') }, freshMs: 50 }),
]
const program = await startTestProgram({ accounts })
const { api, awsCalls, token, notices } = program
const { url: base } = await program.listen()
const headers = { authorization: `Bearer ${token}` }
await ecs.registerTaskDefinition({
  family: 'web',
  containerDefinitions: [{ name: 'web', image: 'nginx' }],
  cpu: '256',
  memory: '512',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
})

const feedOf = async (name: string) =>
  (await api.get('/accounts')).body.items.find((item: { name: string }) => item.name === name)?.events as
    | { state: string; reason?: string; received: number; others: number; failures: number; lastAt?: string }
    | undefined

let created = 0
/** Creates a service without tasks in a cluster of its own; it is created and changed without the gateway. */
async function newService() {
  const cluster = `feed-${++created}`
  const service = 'www'
  await ecs.createCluster({ clusterName: cluster })
  const answer = await ecs.createService({
    cluster,
    serviceName: service,
    taskDefinition: 'web',
    desiredCount: 0,
    launchType: 'FARGATE',
    networkConfiguration: network,
  })
  return {
    arn: answer.service?.serviceArn ?? '',
    path: `/clusters/${cluster}/services/${service}`,
    scale: (desiredCount: number) => ecs.updateService({ cluster, service, desiredCount }),
    /** @returns the id of the new deployment */
    deploy: async () =>
      (await ecs.updateService({ cluster, service, forceNewDeployment: true })).service?.deployments?.[0]?.id,
  }
}

/** Opens a stream until the end of the test: its reads do not count in another test. */
async function openStream(t: TestContext, account: string, path: string): Promise<EventReader> {
  const reader = await openEventReader(`${base}/v1/ecs/${account}${path}`, headers)
  t.after(() => reader.close())
  assert.equal(reader.status, 200)
  await reader.waitForEvent(({ event }) => event === 'state')
  return reader
}

const waitUntilReceiving = (name: string) =>
  until(
    () => feedOf(name),
    (feed) => feed?.state === 'receiving',
  )
const waitUntilShown = (reader: EventReader, id: string | undefined) =>
  reader.waitForEvent(({ data }) => JSON.stringify(data).includes(String(id)))
const countReads = () =>
  awsCalls.filter((call) => call.account === 'withQueue' && call.action === 'DescribeServices').length

test('a change by another client is emitted at once, long before the next poll', async (t) => {
  const { path, deploy, scale } = await newService()
  await waitUntilReceiving('withQueue')
  const service = await openStream(t, 'withQueue', path)
  const tasks = await openStream(t, 'withQueue', path.replace(/services.*/, 'services/www'))
  for (let i = 0; i < 5; i++) {
    const began = performance.now()
    await waitUntilShown(service, await deploy())
    assert.ok(performance.now() - began < 1000, `${performance.now() - began} ms`)
  }
  // Task events count too, and change the counts of the service.
  const began = performance.now()
  await scale(1)
  await tasks.waitForEvent(({ data }) => data.runningCount === 1)
  assert.ok(performance.now() - began < 2000)
  const feed = await feedOf('withQueue')
  assert.ok(feed && feed.received > 5 && feed.others === 0 && feed.lastAt)
  await until(queues.withQueue.countMessages, (size) => size === 0)
})

test('a burst of events, doubled and out of order, causes few reads and no wrong change', async (t) => {
  const { arn, path } = await newService()
  await waitUntilReceiving('withQueue')
  await until(queues.withQueue.countMessages, (size) => size === 0)
  const reader = await openStream(t, 'withQueue', path)
  const before = { reads: countReads(), feed: (await feedOf('withQueue'))! }
  const event = (more: object) => JSON.stringify({ source: 'aws.ecs', region: 'us-east-1', account: number, ...more })
  const cluster = path.split('/')[2]
  const burst = Array.from({ length: 60 }, (_, i) =>
    i % 2
      ? event({
          'detail-type': 'ECS Deployment State Change',
          resources: [arn],
          detail: { eventName: 'SERVICE_DEPLOYMENT_FAILED' },
        })
      : event({
          'detail-type': 'ECS Task State Change',
          resources: [],
          detail: {
            clusterArn: `arn:aws:ecs:us-east-1:${number}:cluster/${cluster}`,
            taskArn: 'x/y/z',
            group: 'service:www',
            lastStatus: 'STOPPED',
            version: 60 - i,
          },
        }),
  )
  const began = performance.now()
  await queues.withQueue.send(...burst)
  await until(
    () => feedOf('withQueue'),
    (feed) => feed?.received === before.feed.received + 60,
  )
  await until(queues.withQueue.countMessages, (size) => size === 0)
  // The first read may have to keep its distance from the read that began the stream.
  await until(countReads, (count) => count > before.reads)
  const spent = performance.now() - began
  const readCount = countReads() - before.reads
  // A call counts at its end, so one of them can have begun before the burst.
  assert.ok(readCount >= 1 && readCount <= 1 + 2 + spent / 200, `${readCount} reads in ${spent} ms`)
  assert.deepEqual(
    reader.events.map(({ event }) => event),
    ['state'],
    'no state is taken from an event',
  )
})

test('a message that is not an ECS event of the account is counted and deleted', async () => {
  await waitUntilReceiving('withQueue')
  const { others } = (await feedOf('withQueue'))!
  await queues.withQueue.send('no json', '"text"', '{"source":"aws.s3"}', '{"source":"aws.ecs","region":"eu-west-1"}')
  await until(
    () => feedOf('withQueue'),
    (feed) => feed?.others === others + 4,
  )
  await until(queues.withQueue.countMessages, (size) => size === 0)
  const { text } = await api.get('/metrics')
  assert.match(text, /ecs_api_event_queue_up\{account="withQueue"\} 1\n/)
  assert.match(text, new RegExp(`ecs_api_events_total\\{account="withQueue",kind="other"\\} ${others + 4}\n`))
  assert.match(text, /ecs_api_event_age_seconds\{account="withQueue"\} [\d.]+\n/)
})

test('each message is received and deleted once, and the delay of events with a time is measured', async () => {
  const labels = { account: 'withQueue' }
  const delays = (text: string) => ({
    sum: sumOfSamples(text, 'ecs_api_event_delay_seconds_sum', labels),
    quick: sumOfSamples(text, 'ecs_api_event_delay_seconds_bucket', { ...labels, le: '60' }),
    all: sumOfSamples(text, 'ecs_api_event_delay_seconds_count', labels),
  })
  await waitUntilReceiving('withQueue')
  await until(queues.withQueue.countMessages, (size) => size === 0)
  const before = delays((await api.get('/metrics')).text)
  const event = { source: 'aws.ecs', region: 'us-east-1' }
  await queues.withQueue.send(
    JSON.stringify(event),
    JSON.stringify({ ...event, time: new Date(Date.now() - 100_000).toISOString() }),
  )
  await until(queues.withQueue.countMessages, (size) => size === 0)
  const text = await until(
    async () => (await api.get('/metrics')).text,
    (seen) =>
      sumOfSamples(seen, 'ecs_api_events_deleted_total', labels) === sumOfSamples(seen, 'ecs_api_events_total', labels),
  )
  const { sum, quick, all } = delays(text)
  assert.deepEqual([all - before.all, quick - before.quick], [1, 0])
  assert.ok(sum - before.sum >= 100 && sum - before.sum < 130, `${sum - before.sum} s`)
})

test('while events arrive, polling nearly stops; when they fail, polling resumes and a notice is given once', async (t) => {
  const [silent, changing] = [await newService(), await newService()]
  await waitUntilReceiving('quick')
  await until(queues.quick.countMessages, (size) => size === 0)
  const quiet = await openStream(t, 'quick', silent.path)
  const reader = await openStream(t, 'quick', changing.path)
  // ECS emits no event for a tag.
  await ecs.tagResource({ resourceArn: silent.arn, tags: [{ key: 'marker', value: 'unheard' }] })
  const began = performance.now()
  while (performance.now() - began < 1000) await waitUntilShown(reader, await changing.deploy())
  assert.equal(quiet.events.length, 1, 'twenty polls would have shown the tag')

  await queues.quick.delete()
  await waitUntilShown(quiet, 'unheard')
  const failing = await until(
    () => feedOf('quick'),
    (feed) => feed?.state === 'failing',
  )
  assert.match(String(failing?.reason), /has no queue of that name/)
  const noticesOfQuick = () => notices.filter((notice) => notice.includes('account quick'))
  assert.match(
    noticesOfQuick().join('\n'),
    /^events of account quick cannot be received from .*\/quick, so .* Check that the queue exists/,
  )
  assert.match((await api.get('/metrics')).text, /ecs_api_event_queue_up\{account="quick"\} 0\n/)
  assert.equal((await api.get(`/quick${silent.path}`)).status, 200, 'the account itself works')

  await queues.quick.create()
  await waitUntilReceiving('quick')
  assert.deepEqual(noticesOfQuick().slice(1), ['events of account quick are received again'])
})

test('an account’s queue can be added, changed and removed at run time', async () => {
  const other = await queueOf('other')
  const program = await startTestProgram({ accounts: [account('remote')] })
  const events = async () =>
    (await program.api.get('/accounts')).body.items.find(({ name }: { name: string }) => name === 'remote').events
  const { deploy } = await newService()
  assert.equal(await events(), undefined)
  await program.replaceAccounts([account('remote', { events: { queueUrl: urlOf('nowhere') } })])
  await until(events, (feed) => feed?.state === 'failing')
  await program.replaceAccounts([account('remote', { events: { queueUrl: urlOf('other') } })])
  await deploy()
  await until(events, (feed) => feed?.state === 'receiving')
  await program.replaceAccounts([account('remote')])
  assert.equal(await events(), undefined)
  await until(other.countMessages, (size) => size === 0)
  await deploy()
  assert.ok((await other.countMessages()) > 0, 'no process receives messages any more')
})

test('a local account can have a queue on its own engine', async (t) => {
  const { folder, remove } = await newFolder()
  const local = {
    number: localAccountNumber('local'),
    queueUrl: `http://127.0.0.1/${localAccountNumber('local')}/mine`,
  }
  const program = await startTestProgram({
    data: folder,
    engineListen: [{ host: '127.0.0.1', port: 0 }],
    local: { events: { queueUrl: local.queueUrl } },
  })
  const { url, notes } = await program.listen()
  const endpoint = /http:\S+/.exec(notes.join('\n'))?.[0] ?? ''
  const [credentials] = JSON.parse(readFileSync(join(folder, 'local-aws', 'keys.json'), 'utf8'))
  const client = { region: 'us-east-1', endpoint, credentials }
  const [queue, elsewhere] = [await openEventQueue(client, local.queueUrl), new ECS(client)]
  t.after(async () => {
    queue.close()
    elsewhere.destroy()
    await program.close()
    await remove()
  })
  await program.api.post('/local/clusters', { name: 'prod' })
  await program.api.post('/local/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await program.api.post('/local/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 0 })
  await until(
    async () => (await program.api.get('/accounts')).body.items[0].events.state,
    (state) => state === 'receiving',
  )
  const reader = await openEventReader(`${url}/v1/ecs/local/clusters/prod/services/www`, {
    authorization: `Bearer ${program.token}`,
  })
  t.after(() => reader.close())
  await reader.waitForEvent(({ event }) => event === 'state')
  const { service } = await elsewhere.updateService({ cluster: 'prod', service: 'www', forceNewDeployment: true })
  await waitUntilShown(reader, service?.deployments?.[0]?.id)
  reader.close()
  const began = performance.now()
  await program.close()
  assert.ok(performance.now() - began < 10_000, 'a receive waits up to twenty seconds')
})
