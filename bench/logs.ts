/**
 * Logs of a service with 10 streams on an engine over TCP, with AWS's request buckets: the time from a line's
 * PutLogEvents to its event on every follower, with polling; and many lines read in pages, with their memory.
 */
import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { callAws } from './aws-request.ts'
import type { Figure } from './figures.ts'
import { type Gateway, headers, startGateway } from './gateway.ts'
import { launcher, type Running, start } from './process.ts'

const followers = Number(process.env.LOG_FOLLOWERS ?? 100)
const followedLines = Number(process.env.LOG_FOLLOWED_LINES ?? 200)
const pagedLines = Number(process.env.LOG_PAGED_LINES ?? 50_000)
const pageLines = [1_000, 10_000]

const tasks = 5
const containers = ['web', 'sidecar']
const group = '/ecs/bench'
const path = '/remote/clusters/bench/services/www'

export async function logsBench(): Promise<Figure[]> {
  const { engine, gateway } = await startWithEngine()
  const streams = await makeLoggingService(gateway, engine.url)
  const delays = (await follow(gateway, engine.url, streams)).toSorted((a, b) => a - b)
  const quantile = (share: number) => delays[Math.floor(delays.length * share)]!
  await writeMany(engine.url, streams, pagedLines)
  const paged: Figure[] = []
  for (const limit of pageLines) paged.push(...(await readPages(gateway, limit)))
  await gateway.stop()
  await engine.stop()
  return [
    {
      name: `a line until its event, ${followers} followers, ${followedLines} lines: median`,
      unit: 'ms',
      values: [quantile(0.5)],
    },
    { name: '… p99', unit: 'ms', values: [quantile(0.99)], goal: { words: '< 1,500 ms', met: (ms) => ms < 1500 } },
    { name: '… last', unit: 'ms', values: [delays.at(-1)!] },
    ...paged,
  ]
}

/** An engine over TCP with AWS's request buckets, and a gateway with it as the account `remote`. */
export async function startWithEngine(): Promise<{ engine: Running; gateway: Gateway }> {
  const engine = await start(launcher, [
    'local-aws',
    ...['--port', '0', '--data', ':memory:', '--runtime', 'simulated', '--pace', 'instant', '--throttle', 'aws'],
  ])
  const gateway = await startGateway({
    ECS_API_ACCOUNTS_REMOTE_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_REMOTE_ENDPOINT: engine.url,
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_ACCESS_KEY_ID: '000000000001',
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_SECRET_ACCESS_KEY: 'bench',
    ECS_API_ACCOUNTS_REMOTE_DEFAULTS_SUBNETS: 'subnet-0a1b2c3d',
  })
  return { engine, gateway }
}

/** @returns the names of its streams */
export async function makeLoggingService(gateway: Gateway, engine: string): Promise<string[]> {
  await callLogs(engine, 'CreateLogGroup', { logGroupName: group })
  await gateway.call('POST', '/remote/clusters', { name: 'bench' })
  const options = { 'awslogs-group': group, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'ecs' }
  await gateway.call('POST', '/remote/taskdefs', {
    family: 'web',
    executionRoleArn: 'arn:aws:iam::000000000001:role/execution',
    containerDefinitions: containers.map((name) => ({
      name,
      image: 'nginx',
      logConfiguration: { logDriver: 'awslogs', options },
    })),
  })
  const service = { name: 'www', taskDefinition: 'web', count: tasks }
  await gateway.call('POST', '/remote/clusters/bench/services?wait=STABLE', service)
  const { items } = (await gateway.call('GET', `${path}/tasks`)) as { items: { id: string }[] }
  return items.flatMap(({ id }) => containers.map((container) => `ecs/${container}/${id}`))
}

/** @returns milliseconds from writing a line to its event, for each line and follower */
async function follow(gateway: Gateway, engine: string, streams: readonly string[]): Promise<number[]> {
  const writtenAt = new Map<string, number>()
  const delays: number[] = []
  const all = Promise.withResolvers<void>()
  const onText = (text: string) => {
    const now = performance.now()
    for (const [, marker = ''] of text.matchAll(/"message":"(marker \d+)"/g)) delays.push(now - writtenAt.get(marker)!)
    if (delays.length === followedLines * followers) all.resolve()
  }
  const closers = await Promise.all(Array.from({ length: followers }, () => openFollower(gateway.url, onText)))
  for (let i = 0; i < followedLines; i++) {
    // At any moment between two polls.
    await pause(Math.random() * 200)
    const marker = `marker ${i}`
    writtenAt.set(marker, performance.now())
    await write(engine, streams[i % streams.length]!, [{ timestamp: Date.now(), message: marker }])
  }
  await all.promise
  for (const close of closers) close()
  return delays
}

function openFollower(url: string, onText: (text: string) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, headers: { ...headers, accept: 'text/event-stream' } }
    const outgoing = request(`${url}/v1/ecs${path}/logs`, options, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`a follower was answered with ${answer.statusCode}`))
      let rest = ''
      answer.setEncoding('utf8').on('data', (text: string) => {
        // A marker must not be split.
        const events = (rest + text).split('\n\n')
        rest = events.pop()!
        for (const event of events) onText(event)
        resolve(() => outgoing.destroy())
      })
    })
    outgoing.on('error', reject).end()
  })
}

/** Writes about as many lines as `count`, a millisecond apart, into all streams. */
export async function writeMany(engine: string, streams: readonly string[], count: number): Promise<void> {
  const perStream = Math.ceil(count / streams.length)
  const first = Date.now() - perStream
  for (const stream of streams)
    for (let from = 0; from < perStream; from += 1_000) {
      const lines = Array.from({ length: Math.min(1_000, perStream - from) }, (_, i) => ({
        timestamp: first + from + i,
        message: `${from + i} GET /some/path/of/a/shop?page=${i} 200 ${'x'.repeat(100)}`,
      }))
      await write(engine, stream, lines)
    }
}

async function readPages(gateway: Gateway, limit: number): Promise<Figure[]> {
  const before = gateway.residentMiB()
  const began = performance.now()
  let highestMiB = before
  let lines = 0
  let pages = 0
  for (let cursor: string | null = ''; cursor !== null; ) {
    const url = `${gateway.url}/v1/ecs${path}/logs?limit=${limit}${cursor && `&cursor=${cursor}`}`
    const answer = await fetch(url, { headers })
    if (answer.status === 429) {
      await answer.body?.cancel()
      await pause(Number(answer.headers.get('retry-after')) * 1000)
      continue
    }
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
    const page = (await answer.json()) as { items: unknown[]; nextCursor: string | null }
    highestMiB = Math.max(highestMiB, gateway.residentMiB())
    lines += page.items.length
    pages++
    cursor = page.nextCursor
  }
  if (lines < pagedLines) throw new Error(`${lines} lines instead of ${pagedLines}`)
  const goal = { words: '< 64 MiB', met: (mib: number) => mib < 64 }
  return [
    { name: `${lines} lines in ${pages} pages (limit ${limit})`, unit: 'ms', values: [performance.now() - began] },
    { name: '… memory above rest', unit: 'MiB', values: [highestMiB - before], goal },
  ]
}

function write(engine: string, logStreamName: string, logEvents: readonly object[]): Promise<unknown> {
  return callLogs(engine, 'PutLogEvents', { logGroupName: group, logStreamName, logEvents })
}

function callLogs(engine: string, action: string, input: object): Promise<unknown> {
  return callAws(engine, `Logs_20140328.${action}`, input)
}
