/**
 * The time from a change on the engine to its event on a thousand streams, with polling of an AWS over TCP and with
 * events through a queue; and what a thousand streams cost.
 */
import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { callAws } from './aws-request.ts'
import { target as ecsTarget } from './ecs-request.ts'
import type { Figure } from './figures.ts'
import { headers, startGateway } from './gateway.ts'
import { launcher, start } from './process.ts'

const streams = 1000
const changes = Number(process.env.STREAM_CHANGES ?? 20)

/** The URL of the event queue. */
const queue = { number: '000000000001', name: 'ecs-api-events' }
const queueUrl = `https://sqs.us-east-1.amazonaws.com/${queue.number}/${queue.name}`

/** Milliseconds from a change to its event with polling. */
export async function streamsBench(): Promise<Figure[]> {
  const { delays, resident, atRest } = await measured({}, async () => {}, tag)
  const [median, p99, last] = quantiles(delays)
  return [
    { name: `a change until its event, ${streams} streams, ${changes} changes: median`, unit: 'ms', runs: [median] },
    { name: '… p99', unit: 'ms', runs: [p99], goal: { words: '≤ 2,500 ms', met: (ms) => ms <= 2500 } },
    { name: '… last', unit: 'ms', runs: [last] },
    { name: `memory of ${streams} open streams`, unit: 'MiB', runs: [resident] },
    { name: '… processor time when nothing changes', unit: '% of a core', runs: [atRest] },
  ]
}

/** The same with ECS's events. */
export async function eventStreamsBench(): Promise<Figure[]> {
  const { delays, resident, atRest } = await measured(
    { ECS_API_ACCOUNTS_FAR_EVENTS_QUEUE_URL: queueUrl },
    setUpQueue,
    deploy,
  )
  const [median, p99, last] = quantiles(delays)
  return [
    { name: `a change until its event, ${streams} streams, ${changes} changes: median`, unit: 'ms', runs: [median] },
    { name: '… p99', unit: 'ms', runs: [p99], goal: { words: '≤ 300 ms', met: (ms) => ms <= 300 } },
    { name: '… last', unit: 'ms', runs: [last] },
    { name: `memory of ${streams} open streams`, unit: 'MiB', runs: [resident] },
    { name: '… processor time when nothing changes', unit: '% of a core', runs: [atRest] },
  ]
}

function quantiles(delays: readonly number[]): [median: number, p99: number, last: number] {
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!
  return [at(0.5), at(0.99), sorted.at(-1)!]
}

/**
 * @param change changes the service without the gateway
 * @returns milliseconds until the event, for each stream and change
 */
async function measured(
  env: Record<string, string>,
  setUp: (url: string) => Promise<void>,
  change: (url: string, i: number) => Promise<string>,
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
  const gateway = await startGateway({
    ECS_API_ACCOUNTS_FAR_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_FAR_ENDPOINT: engine.url,
    ECS_API_ACCOUNTS_FAR_CREDENTIALS_ACCESS_KEY_ID: queue.number,
    ECS_API_ACCOUNTS_FAR_CREDENTIALS_SECRET_ACCESS_KEY: 'bench',
    ECS_API_ACCOUNTS_FAR_DEFAULTS_SUBNETS: 'subnet-0a1b2c3d',
    ...env,
  })
  await gateway.call('POST', '/far/clusters', { name: 'bench' })
  await gateway.call('POST', '/far/taskdefs', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  await gateway.call('POST', '/far/clusters/bench/services?wait=STABLE', {
    name: 'www',
    taskDefinition: 'web',
    count: 0,
  })
  const residentBefore = gateway.residentMiB()

  const heard: Heard = { text: [], told: () => {} }
  const opened = Array.from({ length: streams }, () => watch(gateway.url, heard))
  const closers = await Promise.all(opened)
  const resident = gateway.residentMiB() - residentBefore
  const cpuBefore = gateway.cpuSeconds()
  await pause(10_000)
  const atRest = ((gateway.cpuSeconds() - cpuBefore) / 10) * 100

  const delays: number[] = []
  for (let i = 0; i < changes; i++) {
    // At any moment between two polls.
    await pause(Math.random() * 2000)
    const changed = performance.now()
    delays.push(...(await timesUntilAll(heard, () => change(engine.url, i))).map((at) => at - changed))
  }
  for (const close of closers) close()
  await gateway.stop()
  await engine.stop()
  return { delays, resident, atRest }
}

/** Events of streams with their times. */
interface Heard {
  text: { stream: number; text: string; at: number }[]
  told: () => void
}

/** When each stream first had the marker of a change. */
async function timesUntilAll(heard: Heard, change: () => Promise<string>): Promise<number[]> {
  heard.text = []
  const marker = await change()
  const times = new Map<number, number>()
  for (;;) {
    const more = Promise.withResolvers<void>()
    heard.told = more.resolve
    for (const { stream, text, at } of heard.text.splice(0))
      if (!times.has(stream) && text.includes(marker)) times.set(stream, at)
    if (times.size === streams) return [...times.values()]
    await more.promise
  }
}

async function setUpQueue(url: string): Promise<void> {
  await callAws(url, 'AmazonSQS.CreateQueue', { QueueName: queue.name })
  await callAws(url, 'AWSEvents.PutRule', { Name: queue.name, EventPattern: '{"source": ["aws.ecs"]}' })
  const target = { Id: 'queue', Arn: `arn:aws:sqs:us-east-1:${queue.number}:${queue.name}` }
  await callAws(url, 'AWSEvents.PutTargets', { Rule: queue.name, Targets: [target] })
}

/** Changes a tag: ECS emits no event for that. */
async function tag(url: string, i: number): Promise<string> {
  const resourceArn = `arn:aws:ecs:us-east-1:${queue.number}:service/bench/www`
  const marker = `marker-${i}-`
  await callAws(url, `${ecsTarget}.TagResource`, { resourceArn, tags: [{ key: 'marker', value: marker }] })
  return marker
}

/** Begins a deployment: the service has its id. */
async function deploy(url: string): Promise<string> {
  const { service } = await callAws(url, `${ecsTarget}.UpdateService`, {
    cluster: 'bench',
    service: 'www',
    forceNewDeployment: true,
  })
  const { deployments } = service as { deployments: { id: string }[] }
  return deployments[0]!.id
}

let count = 0

function watch(url: string, heard: Heard): Promise<() => void> {
  const stream = count++
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}/v1/ecs/far/clusters/bench/services/www`,
      { agent: false, headers: { ...headers, accept: 'text/event-stream' } },
      (answer) => {
        if (answer.statusCode !== 200) return reject(new Error(`a stream was answered with ${answer.statusCode}`))
        answer.setEncoding('utf8').on('data', (text: string) => {
          heard.text.push({ stream, text, at: performance.now() })
          heard.told()
          resolve(() => asked.destroy())
        })
      },
    )
    asked.on('error', reject).end()
  })
}
