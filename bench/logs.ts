/**
 * Logs of a service with 10 log streams, on an engine over TCP with AWS's request limits: the delay between
 * PutLogEvents and the event on every follower; then the time and the memory for reading many lines in pages.
 */
import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { callAws } from './aws-request.ts'
import type { Figure } from './figures.ts'
import { type Gateway, startGateway, tokenHeaders } from './gateway.ts'
import type { RunningProgram } from './process.ts'
import { remoteAccount, startEngine } from './remote-account.ts'

const followerCount = Number(process.env.LOG_FOLLOWERS ?? 100)
const followedLineCount = Number(process.env.LOG_FOLLOWED_LINES ?? 200)
const pagedLineCount = Number(process.env.LOG_PAGED_LINES ?? 50_000)
const pageLimits = [1_000, 10_000]

const taskCount = 5
const containers = ['web', 'sidecar']
const group = '/ecs/bench'
const servicePath = '/remote/clusters/bench/services/www'

export async function logsBench(): Promise<Figure[]> {
  const { engine, gateway } = await startGatewayWithEngine()
  const streams = await makeLoggingService(gateway, engine.url)
  const delays = (await measureDelays(gateway, engine.url, streams)).toSorted((a, b) => a - b)
  const quantile = (share: number) => delays[Math.floor(delays.length * share)]!
  await writeLogLines(engine.url, streams, pagedLineCount)
  const pageFigures: Figure[] = []
  for (const limit of pageLimits) pageFigures.push(...(await readPages(gateway, limit)))
  await gateway.stop()
  await engine.stop()
  return [
    {
      name: `a line until its event, ${followerCount} followers, ${followedLineCount} lines: median`,
      unit: 'ms',
      values: [quantile(0.5)],
    },
    { name: '… p99', unit: 'ms', values: [quantile(0.99)], goal: { words: '< 1,500 ms', isMet: (ms) => ms < 1500 } },
    { name: '… last', unit: 'ms', values: [delays.at(-1)!] },
    ...pageFigures,
  ]
}

/** Starts an engine over TCP with AWS's request limits, and a gateway whose account `remote` uses the engine. */
export async function startGatewayWithEngine(): Promise<{ engine: RunningProgram; gateway: Gateway }> {
  const engine = await startEngine({ flags: ['--pace', 'instant', '--throttle', 'aws'] })
  const gateway = await startGateway(remoteAccount(engine.url))
  return { engine, gateway }
}

/** Creates a service whose containers have logs. @returns the names of the log streams */
export async function makeLoggingService(gateway: Gateway, engineUrl: string): Promise<string[]> {
  await callLogs(engineUrl, 'CreateLogGroup', { logGroupName: group })
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
  const service = { name: 'www', taskDefinition: 'web', count: taskCount }
  await gateway.call('POST', '/remote/clusters/bench/services?wait=STABLE', service)
  const { items } = (await gateway.call('GET', `${servicePath}/tasks`)) as { items: { id: string }[] }
  return items.flatMap(({ id }) => containers.map((container) => `ecs/${container}/${id}`))
}

/** @returns for each line and each follower, the milliseconds from writing the line to the follower's event */
async function measureDelays(gateway: Gateway, engineUrl: string, streams: readonly string[]): Promise<number[]> {
  const writtenAt = new Map<string, number>()
  const delays: number[] = []
  const allReceived = Promise.withResolvers<void>()
  const onText = (text: string) => {
    const now = performance.now()
    for (const [, marker = ''] of text.matchAll(/"message":"(marker \d+)"/g)) delays.push(now - writtenAt.get(marker)!)
    if (delays.length === followedLineCount * followerCount) allReceived.resolve()
  }
  const closers = await Promise.all(Array.from({ length: followerCount }, () => openFollower(gateway.url, onText)))
  for (let i = 0; i < followedLineCount; i++) {
    // A random pause, so that lines are written at all moments between two polls.
    await pause(Math.random() * 200)
    const marker = `marker ${i}`
    writtenAt.set(marker, performance.now())
    await putLogEvents(engineUrl, streams[i % streams.length]!, [{ timestamp: Date.now(), message: marker }])
  }
  await allReceived.promise
  for (const close of closers) close()
  return delays
}

function openFollower(url: string, onText: (text: string) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, headers: { ...tokenHeaders, accept: 'text/event-stream' } }
    const outgoing = request(`${url}/v1/ecs${servicePath}/logs`, options, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`a follower was answered with ${answer.statusCode}`))
      let incompleteEvent = ''
      answer.setEncoding('utf8').on('data', (text: string) => {
        // Only whole events are passed on, so that a marker is never split.
        const events = (incompleteEvent + text).split('\n\n')
        incompleteEvent = events.pop()!
        for (const event of events) onText(event)
        resolve(() => outgoing.destroy())
      })
    })
    outgoing.on('error', reject).end()
  })
}

/** Writes `count` lines (rounded up to the same number for each stream) with timestamps a millisecond apart. */
export async function writeLogLines(engineUrl: string, streams: readonly string[], count: number): Promise<void> {
  const linesPerStream = Math.ceil(count / streams.length)
  const firstTimestamp = Date.now() - linesPerStream
  for (const stream of streams)
    for (let firstOfBatch = 0; firstOfBatch < linesPerStream; firstOfBatch += 1_000) {
      const lines = Array.from({ length: Math.min(1_000, linesPerStream - firstOfBatch) }, (_, i) => ({
        timestamp: firstTimestamp + firstOfBatch + i,
        message: `${firstOfBatch + i} GET /some/path/of/a/shop?page=${i} 200 ${'x'.repeat(100)}`,
      }))
      await putLogEvents(engineUrl, stream, lines)
    }
}

async function readPages(gateway: Gateway, limit: number): Promise<Figure[]> {
  const idleMiB = gateway.residentMiB()
  const began = performance.now()
  let highestMiB = idleMiB
  let lines = 0
  let pages = 0
  for (let cursor: string | null = ''; cursor !== null; ) {
    const url = `${gateway.url}/v1/ecs${servicePath}/logs?limit=${limit}${cursor && `&cursor=${cursor}`}`
    const answer = await fetch(url, { headers: tokenHeaders })
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
  if (lines < pagedLineCount) throw new Error(`${lines} lines instead of ${pagedLineCount}`)
  const goal = { words: '< 64 MiB', isMet: (mib: number) => mib < 64 }
  return [
    { name: `${lines} lines in ${pages} pages (limit ${limit})`, unit: 'ms', values: [performance.now() - began] },
    { name: '… memory above rest', unit: 'MiB', values: [highestMiB - idleMiB], goal },
  ]
}

function putLogEvents(engineUrl: string, logStreamName: string, logEvents: readonly object[]): Promise<unknown> {
  return callLogs(engineUrl, 'PutLogEvents', { logGroupName: group, logStreamName, logEvents })
}

function callLogs(engineUrl: string, action: string, input: object): Promise<unknown> {
  return callAws(engineUrl, `Logs_20140328.${action}`, input)
}
