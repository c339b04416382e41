/**
 * 3,000 services with 10,000 tasks in one cluster of an engine over TCP, listed whole through the gateway: without
 * AWS's request buckets, then with them, while another client reads one service.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Figure } from './figures.ts'
import { type Gateway, headers, startGateway } from './gateway.ts'
import { launcher, type Running, start } from './process.ts'

const services = 3000
const tasks = 10_000
const rounds = 3

interface Page {
  items: { id?: string; name?: string; runningCount?: number; desiredCount?: number }[]
  nextCursor: string | null
}

interface Walk {
  /** The time until the first byte of the first page. */
  firstByteMs: number
  wholeMs: number
}

export async function wholeListsBench(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const engineWithoutBuckets = await start(launcher, engineArgs(folder))
  const seedingGateway = await startGateway(environmentOf(engineWithoutBuckets))
  await seed(seedingGateway)
  await seedingGateway.stop()

  const gateway = await startGateway(environmentOf(engineWithoutBuckets))
  const memoryBefore = gateway.residentMiB()
  const walks: Record<'services' | 'tasks', Walk[]> = { services: [], tasks: [] }
  for (let round = 0; round < rounds; round++) {
    walks.services.push(await walk(gateway, 'services', services))
    // A gateway that has just started has no task index.
    walks.tasks.push(await walk(gateway, 'tasks', tasks))
  }
  const memoryPeak = peakMiB(gateway)
  await gateway.stop()
  await engineWithoutBuckets.stop()

  const engineWithBuckets = await start(launcher, [...engineArgs(folder), '--throttle', 'aws'])
  const throttledGateway = await startGateway(environmentOf(engineWithBuckets, 'with buckets'))
  const throttledWalks: Record<'services' | 'tasks', Walk> = { services: notWalked, tasks: notWalked }
  const otherReadsMs: number[] = []
  for (const kind of ['services', 'tasks'] as const) {
    let isWalking = true
    const walking = walk(throttledGateway, kind, kind === 'services' ? services : tasks).finally(() => {
      isWalking = false
    })
    while (isWalking) {
      const began = performance.now()
      await throttledGateway.call('GET', '/remote/clusters/bench/services/s-7')
      otherReadsMs.push(performance.now() - began)
      await Promise.race([walking, pause(500)])
    }
    throttledWalks[kind] = await walking
  }
  await throttledGateway.stop()
  await engineWithBuckets.stop()
  rmSync(folder, { recursive: true })

  const goal = { words: '< 1 s', met: (ms: number) => ms < 1000 }
  const figures = (kind: 'services' | 'tasks', words: string): Figure[] => [
    {
      name: `${words}, 1,000 a page: first byte of the first page, first time`,
      unit: 'ms',
      values: [walks[kind][0]!.firstByteMs],
      goal,
    },
    { name: '… the times after', unit: 'ms', values: walks[kind].slice(1).map(({ firstByteMs }) => firstByteMs), goal },
    { name: '… all pages', unit: 'ms', values: walks[kind].map(({ wholeMs }) => wholeMs) },
    { name: '… first byte with AWS’s buckets', unit: 'ms', values: [throttledWalks[kind].firstByteMs] },
    { name: '… all pages with AWS’s buckets', unit: 'ms', values: [throttledWalks[kind].wholeMs] },
  ]
  return [
    ...figures('services', '3,000 services'),
    ...figures('tasks', '10,000 tasks'),
    { name: 'Resident memory before', unit: 'MiB', values: [memoryBefore] },
    { name: '… at its most', unit: 'MiB', values: [memoryPeak] },
    { name: 'GET of one service meanwhile, with AWS’s buckets', unit: 'ms', values: otherReadsMs },
  ]
}

const notWalked: Walk = { firstByteMs: 0, wholeMs: 0 }

function engineArgs(folder: string): string[] {
  return ['local-aws', '--port', '0', '--data', folder, '--runtime', 'simulated', '--pace', 'instant']
}

/** The environment of a gateway with the account `remote` on the engine. */
function environmentOf(engine: Running, buckets?: 'with buckets'): Record<string, string> {
  return {
    ECS_API_ACCOUNTS_REMOTE_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_REMOTE_ENDPOINT: engine.url,
    ...(!buckets && { ECS_API_ACCOUNTS_REMOTE_BUDGET: 'off' }),
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_ACCESS_KEY_ID: '000000000001',
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_SECRET_ACCESS_KEY: 'bench',
    ECS_API_ACCOUNTS_REMOTE_DEFAULTS_SUBNETS: 'subnet-0a1b2c3d',
  }
}

async function seed(gateway: Gateway): Promise<void> {
  await gateway.call('POST', '/remote/clusters', { name: 'bench' })
  await gateway.call('POST', '/remote/taskdefs', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  // Three tasks each, and one more for some, make the wanted number.
  const withOneMore = tasks - 3 * services
  for (let from = 0; from < services; from += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, services - from) }, (_, i) =>
        gateway.call('POST', '/remote/clusters/bench/services', {
          name: `s-${from + i}`,
          taskDefinition: 'web',
          count: from + i < withOneMore ? 4 : 3,
        }),
      ),
    )
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await gateway.call(
      'GET',
      `/remote/clusters/bench/services?limit=1000${cursor && `&cursor=${cursor}`}`,
    )) as Page
    if (page.items.every(({ runningCount, desiredCount }) => runningCount === desiredCount)) cursor = page.nextCursor
    else await pause(500)
  }
}

async function walk(gateway: Gateway, kind: 'services' | 'tasks', expected: number): Promise<Walk> {
  const received = new Set<string>()
  const began = performance.now()
  let firstByteMs: number | undefined
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path = `/v1/ecs/remote/clusters/bench/${kind}?limit=1000${cursor && `&cursor=${cursor}`}`
    const answer = await fetch(gateway.url + path, { headers: { ...headers, 'cache-control': 'no-cache' } })
    firstByteMs ??= performance.now() - began
    if (answer.status === 429) {
      await answer.body?.cancel()
      await pause(Number(answer.headers.get('retry-after')) * 1000)
      continue
    }
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    const page = (await answer.json()) as Page
    for (const { id, name } of page.items) received.add(id ?? name ?? '')
    cursor = page.nextCursor
  }
  if (received.size !== expected) throw new Error(`${received.size} ${kind} instead of ${expected}`)
  return { firstByteMs: firstByteMs!, wholeMs: performance.now() - began }
}

/** The highest resident memory of the process. */
function peakMiB({ child }: Running): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
}
