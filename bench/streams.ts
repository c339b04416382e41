/**
 * The time from a change on the engine to its event on a thousand streams, and what a thousand streams cost. It is
 * measured twice: once when the gateway polls the engine over TCP, once when ECS's events reach it through a queue.
 */
import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { callAws } from './aws-request.ts'
import { ecsTarget } from './ecs-request.ts'
import type { Figure } from './figures.ts'
import { headers, startGateway } from './gateway.ts'
import { launcher, start } from './process.ts'

const streamCount = 1000
const changeCount = Number(process.env.STREAM_CHANGES ?? 20)

const accountNumber = '000000000001'
const queueName = 'ecs-api-events'
const queueUrl = `https://sqs.us-east-1.amazonaws.com/${accountNumber}/${queueName}`

/** The figures with polling. */
export async function streamsBench(): Promise<Figure[]> {
  const { delays, resident, atRest } = await measureStreams({}, async () => {}, tag)
  const [median, p99, last] = quantiles(delays)
  return [
    {
      name: `a change until its event, ${streamCount} streams, ${changeCount} changes: median`,
      unit: 'ms',
      values: [median],
    },
    { name: '… p99', unit: 'ms', values: [p99], goal: { words: '≤ 2,500 ms', met: (ms) => ms <= 2500 } },
    { name: '… last', unit: 'ms', values: [last] },
    { name: `memory of ${streamCount} open streams`, unit: 'MiB', values: [resident] },
    { name: '… processor time when nothing changes', unit: '% of a core', values: [atRest] },
  ]
}

/** The figures with ECS's events. */
export async function eventStreamsBench(): Promise<Figure[]> {
  const { delays, resident, atRest } = await measureStreams(
    { ECS_API_ACCOUNTS_REMOTE_EVENTS_QUEUE_URL: queueUrl },
    setUpQueue,
    deploy,
  )
  const [median, p99, last] = quantiles(delays)
  return [
    {
      name: `a change until its event, ${streamCount} streams, ${changeCount} changes: median`,
      unit: 'ms',
      values: [median],
    },
    { name: '… p99', unit: 'ms', values: [p99], goal: { words: '≤ 300 ms', met: (ms) => ms <= 300 } },
    { name: '… last', unit: 'ms', values: [last] },
    { name: `memory of ${streamCount} open streams`, unit: 'MiB', values: [resident] },
    { name: '… processor time when nothing changes', unit: '% of a core', values: [atRest] },
  ]
}

function quantiles(delays: readonly number[]): [median: number, p99: number, last: number] {
  const sorted = delays.toSorted((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.floor(sorted.length * share)]!
  return [quantile(0.5), quantile(0.99), sorted.at(-1)!]
}

/**
 * @param change changes the service without the gateway, and returns a text that the event of the change contains
 * @returns `delays`: milliseconds until the event, for each stream and change; `resident`: MiB of the streams;
 *   `atRest`: % of a core while nothing changes
 */
async function measureStreams(
  env: Record<string, string>,
  setUp: (engineUrl: string) => Promise<void>,
  change: (engineUrl: string, i: number) => Promise<string>,
) {
  const engine = await start(launcher, [
    'local-aws',
    '--port',
    '0',
    '--data',
    ':memory:',
    '--runtime',
    'simulated',
    '--throttle',
    'aws',
  ])
  await setUp(engine.url)
  // The account `remote` reaches the engine over TCP.
  const gateway = await startGateway({
    ECS_API_ACCOUNTS_REMOTE_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_REMOTE_ENDPOINT: engine.url,
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_ACCESS_KEY_ID: accountNumber,
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_SECRET_ACCESS_KEY: 'bench',
    ECS_API_ACCOUNTS_REMOTE_DEFAULTS_SUBNETS: 'subnet-0a1b2c3d',
    ...env,
  })
  await gateway.call('POST', '/remote/clusters', { name: 'bench' })
  await gateway.call('POST', '/remote/taskdefs', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  await gateway.call('POST', '/remote/clusters/bench/services?wait=STABLE', {
    name: 'www',
    taskDefinition: 'web',
    count: 0,
  })
  const residentBefore = gateway.residentMiB()

  const received: Received = { chunks: [], onChunk: () => {} }
  const opened = Array.from({ length: streamCount }, (_, stream) => watch(gateway.url, stream, received))
  const closeStreams = await Promise.all(opened)
  const resident = gateway.residentMiB() - residentBefore
  const cpuBefore = gateway.cpuSeconds()
  await pause(10_000)
  const atRest = ((gateway.cpuSeconds() - cpuBefore) / 10) * 100

  const delays: number[] = []
  for (let i = 0; i < changeCount; i++) {
    // A random pause, so that changes fall anywhere between two polls.
    await pause(Math.random() * 2000)
    const changedAt = performance.now()
    delays.push(...(await timesUntilAll(received, () => change(engine.url, i))).map((at) => at - changedAt))
  }
  for (const close of closeStreams) close()
  await gateway.stop()
  await engine.stop()
  return { delays, resident, atRest }
}

/** The chunks of all streams, with the times of their arrival. */
interface Received {
  chunks: { stream: number; text: string; at: number }[]
  onChunk: () => void
}

/** The times at which each stream first had the marker of a change. */
async function timesUntilAll(received: Received, change: () => Promise<string>): Promise<number[]> {
  received.chunks = []
  const marker = await change()
  const times = new Map<number, number>()
  /** The end of each stream's text, because two chunks may share the marker. */
  const ends = new Map<number, string>()
  for (;;) {
    const more = Promise.withResolvers<void>()
    received.onChunk = more.resolve
    for (const { stream, text, at } of received.chunks.splice(0)) {
      const recent = (ends.get(stream) ?? '') + text
      if (!times.has(stream) && recent.includes(marker)) times.set(stream, at)
      ends.set(stream, recent.slice(-marker.length))
    }
    if (times.size === streamCount) return [...times.values()]
    await more.promise
  }
}

async function setUpQueue(engineUrl: string): Promise<void> {
  await callAws(engineUrl, 'AmazonSQS.CreateQueue', { QueueName: queueName })
  await callAws(engineUrl, 'AWSEvents.PutRule', { Name: queueName, EventPattern: '{"source": ["aws.ecs"]}' })
  const target = { Id: 'queue', Arn: `arn:aws:sqs:us-east-1:${accountNumber}:${queueName}` }
  await callAws(engineUrl, 'AWSEvents.PutTargets', { Rule: queueName, Targets: [target] })
}

/** Changes a tag, for which ECS emits no event. */
async function tag(engineUrl: string, i: number): Promise<string> {
  const resourceArn = `arn:aws:ecs:us-east-1:${accountNumber}:service/bench/www`
  const marker = `marker-${i}-`
  await callAws(engineUrl, `${ecsTarget}.TagResource`, { resourceArn, tags: [{ key: 'marker', value: marker }] })
  return marker
}

/** Begins a deployment and returns its id, which the service's event contains. */
async function deploy(engineUrl: string): Promise<string> {
  const { service } = await callAws(engineUrl, `${ecsTarget}.UpdateService`, {
    cluster: 'bench',
    service: 'www',
    forceNewDeployment: true,
  })
  const { deployments } = service as { deployments: { id: string }[] }
  return deployments[0]!.id
}

/** Opens a stream; returns a function that closes it. */
function watch(url: string, stream: number, received: Received): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/v1/ecs/remote/clusters/bench/services/www`,
      { agent: false, headers: { ...headers, accept: 'text/event-stream' } },
      (response) => {
        if (response.statusCode !== 200) return reject(new Error(`a stream was answered with ${response.statusCode}`))
        response.setEncoding('utf8').on('data', (text: string) => {
          received.chunks.push({ stream, text, at: performance.now() })
          received.onChunk()
          resolve(() => outgoing.destroy())
        })
      },
    )
    outgoing.on('error', reject).end()
  })
}
