/**
 * The delay from a change on the engine to its event on a thousand streams, and the memory and processor time of the
 * streams. One bench measures a gateway that polls the engine, the other one a gateway that reads ECS's events from a
 * queue.
 */
import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { callAws } from './aws-request.ts'
import { ecsTarget } from './ecs-request.ts'
import type { Figure } from './figures.ts'
import { startGateway, tokenHeaders } from './gateway.ts'
import { accountNumber, remoteAccount, startEngine } from './remote-account.ts'

const streamCount = 1000
const changeCount = Number(process.env.STREAM_CHANGES ?? 20)

const queueName = 'ecs-api-events'
const queueUrl = `https://sqs.us-east-1.amazonaws.com/${accountNumber}/${queueName}`

interface StreamMeasurements {
  /** The milliseconds from a change until its event, for each change and each stream. */
  delaysMs: number[]
  /** The memory of all streams. */
  streamsMiB: number
  /** The processor time while nothing changes, % of a core. */
  idleCpuPercent: number
}

/** Measures a gateway that polls. */
export async function streamsBench(): Promise<Figure[]> {
  const measurements = await measureStreams({}, async () => {}, changeTag)
  return streamFigures(measurements, { words: '≤ 2,500 ms', isMet: (ms) => ms <= 2500 })
}

/** Measures a gateway that reads ECS's events from a queue. */
export async function eventStreamsBench(): Promise<Figure[]> {
  const environment = { ECS_API_ACCOUNTS_REMOTE_EVENTS_QUEUE_URL: queueUrl }
  const measurements = await measureStreams(environment, setUpQueue, deploy)
  return streamFigures(measurements, { words: '≤ 300 ms', isMet: (ms) => ms <= 300 })
}

function streamFigures(
  { delaysMs, streamsMiB, idleCpuPercent }: StreamMeasurements,
  p99Goal: NonNullable<Figure['goal']>,
): Figure[] {
  const sortedMs = delaysMs.toSorted((a, b) => a - b)
  const quantile = (share: number) => sortedMs[Math.floor(sortedMs.length * share)]!
  return [
    {
      name: `a change until its event, ${streamCount} streams, ${changeCount} changes: median`,
      unit: 'ms',
      values: [quantile(0.5)],
    },
    { name: '… p99', unit: 'ms', values: [quantile(0.99)], goal: p99Goal },
    { name: '… last', unit: 'ms', values: [sortedMs.at(-1)!] },
    { name: `memory of ${streamCount} open streams`, unit: 'MiB', values: [streamsMiB] },
    { name: '… processor time when nothing changes', unit: '% of a core', values: [idleCpuPercent] },
  ]
}

/**
 * @param changeService changes the service without the gateway, and returns a text that the event of the change
 *   contains
 */
async function measureStreams(
  environment: Record<string, string>,
  setUp: (engineUrl: string) => Promise<void>,
  changeService: (engineUrl: string, i: number) => Promise<string>,
): Promise<StreamMeasurements> {
  const engine = await startEngine({ flags: ['--throttle', 'aws'] })
  await setUp(engine.url)
  const gateway = await startGateway({ ...remoteAccount(engine.url), ...environment })
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
  const opened = Array.from({ length: streamCount }, (_, stream) => openStream(gateway.url, stream, received))
  const closeStreams = await Promise.all(opened)
  const streamsMiB = gateway.residentMiB() - residentBefore
  const cpuBefore = gateway.cpuSeconds()
  await pause(10_000)
  const idleCpuPercent = ((gateway.cpuSeconds() - cpuBefore) / 10) * 100

  const delaysMs: number[] = []
  for (let i = 0; i < changeCount; i++) {
    // A random pause, so that changes fall anywhere between two polls.
    await pause(Math.random() * 2000)
    const changedAt = performance.now()
    delaysMs.push(...(await arrivalTimes(received, () => changeService(engine.url, i))).map((at) => at - changedAt))
  }
  for (const close of closeStreams) close()
  await gateway.stop()
  await engine.stop()
  return { delaysMs, streamsMiB, idleCpuPercent }
}

/** The chunks of all streams, with the times of their arrival. */
interface Received {
  chunks: { stream: number; text: string; at: number }[]
  onChunk: () => void
}

/** Makes a change and returns for each stream the time when it had received the marker of the change. */
async function arrivalTimes(received: Received, change: () => Promise<string>): Promise<number[]> {
  received.chunks = []
  const marker = await change()
  const times = new Map<number, number>()
  /** The last characters of each stream, because a marker can be split between two chunks. */
  const recentTexts = new Map<number, string>()
  for (;;) {
    const nextChunk = Promise.withResolvers<void>()
    received.onChunk = nextChunk.resolve
    for (const { stream, text, at } of received.chunks.splice(0)) {
      const recent = (recentTexts.get(stream) ?? '') + text
      if (!times.has(stream) && recent.includes(marker)) times.set(stream, at)
      recentTexts.set(stream, recent.slice(-marker.length))
    }
    if (times.size === streamCount) return [...times.values()]
    await nextChunk.promise
  }
}

async function setUpQueue(engineUrl: string): Promise<void> {
  await callAws(engineUrl, 'AmazonSQS.CreateQueue', { QueueName: queueName })
  await callAws(engineUrl, 'AWSEvents.PutRule', { Name: queueName, EventPattern: '{"source": ["aws.ecs"]}' })
  const target = { Id: 'queue', Arn: `arn:aws:sqs:us-east-1:${accountNumber}:${queueName}` }
  await callAws(engineUrl, 'AWSEvents.PutTargets', { Rule: queueName, Targets: [target] })
}

/** Changes a tag of the service and returns its value. ECS emits no event for tags: only polling finds the change. */
async function changeTag(engineUrl: string, i: number): Promise<string> {
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
function openStream(url: string, stream: number, received: Received): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/v1/ecs/remote/clusters/bench/services/www`,
      { agent: false, headers: { ...tokenHeaders, accept: 'text/event-stream' } },
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
