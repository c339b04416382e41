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
  /** Of the first page. */
  firstByteMs: number
  wholeMs: number
}

export async function wholeListsBench(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const free = await start(launcher, engine(folder))
  const maker = await startGateway(account(free))
  await make(maker)
  await maker.stop()

  const gateway = await startGateway(account(free))
  const before = gateway.residentMiB()
  const walks: Record<'services' | 'tasks', Walk[]> = { services: [], tasks: [] }
  for (let round = 0; round < rounds; round++) {
    walks.services.push(await walk(gateway, 'services', services))
    // A gateway that has just started has no task index.
    walks.tasks.push(await walk(gateway, 'tasks', tasks))
  }
  const peak = peakMiB(gateway)
  await gateway.stop()
  await free.stop()

  const bucketed = await start(launcher, [...engine(folder), '--throttle', 'aws'])
  const careful = await startGateway(account(bucketed, true))
  const slow: Record<'services' | 'tasks', Walk> = { services: none, tasks: none }
  const others: number[] = []
  for (const what of ['services', 'tasks'] as const) {
    let isWalking = true
    const walking = walk(careful, what, what === 'services' ? services : tasks).finally(() => {
      isWalking = false
    })
    while (isWalking) {
      const began = performance.now()
      await careful.call('GET', '/remote/clusters/bench/services/s-7')
      others.push(performance.now() - began)
      await Promise.race([walking, pause(500)])
    }
    slow[what] = await walking
  }
  await careful.stop()
  await bucketed.stop()
  rmSync(folder, { recursive: true })

  const goal = { words: '< 1 s', met: (ms: number) => ms < 1000 }
  const figures = (what: 'services' | 'tasks', words: string): Figure[] => [
    {
      name: `${words}, 1,000 a page: first byte of the first page, first time`,
      unit: 'ms',
      runs: [walks[what][0]!.firstByteMs],
      goal,
    },
    { name: '… the times after', unit: 'ms', runs: walks[what].slice(1).map(({ firstByteMs }) => firstByteMs), goal },
    { name: '… all pages', unit: 'ms', runs: walks[what].map(({ wholeMs }) => wholeMs) },
    { name: '… first byte with AWS’s buckets', unit: 'ms', runs: [slow[what].firstByteMs] },
    { name: '… all pages with AWS’s buckets', unit: 'ms', runs: [slow[what].wholeMs] },
  ]
  return [
    ...figures('services', '3,000 services'),
    ...figures('tasks', '10,000 tasks'),
    { name: 'Resident memory before', unit: 'MiB', runs: [before] },
    { name: '… at its most', unit: 'MiB', runs: [peak] },
    { name: 'GET of one service meanwhile, with AWS’s buckets', unit: 'ms', runs: others },
  ]
}

const none: Walk = { firstByteMs: 0, wholeMs: 0 }

function engine(folder: string): string[] {
  return ['local-aws', '--port', '0', '--data', folder, '--runtime', 'simulated', '--pace', 'instant']
}

function account(engine: Running, isBucketed = false): Record<string, string> {
  return {
    ECS_API_ACCOUNTS_REMOTE_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_REMOTE_ENDPOINT: engine.url,
    ...(!isBucketed && { ECS_API_ACCOUNTS_REMOTE_BUDGET: 'off' }),
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_ACCESS_KEY_ID: '000000000001',
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_SECRET_ACCESS_KEY: 'bench',
    ECS_API_ACCOUNTS_REMOTE_DEFAULTS_SUBNETS: 'subnet-0a1b2c3d',
  }
}

async function make(gateway: Gateway): Promise<void> {
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

async function walk(gateway: Gateway, what: 'services' | 'tasks', expected: number): Promise<Walk> {
  const seen = new Set<string>()
  const began = performance.now()
  let firstByteMs: number | undefined
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path = `/v1/ecs/remote/clusters/bench/${what}?limit=1000${cursor && `&cursor=${cursor}`}`
    const answer = await fetch(gateway.url + path, { headers: { ...headers, 'cache-control': 'no-cache' } })
    firstByteMs ??= performance.now() - began
    if (answer.status === 429) {
      await answer.body?.cancel()
      await pause(Number(answer.headers.get('retry-after')) * 1000)
      continue
    }
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    const page = (await answer.json()) as Page
    for (const { id, name } of page.items) seen.add(id ?? name ?? '')
    cursor = page.nextCursor
  }
  if (seen.size !== expected) throw new Error(`${seen.size} ${what} instead of ${expected}`)
  return { firstByteMs: firstByteMs!, wholeMs: performance.now() - began }
}

/** The highest resident memory of the process. */
function peakMiB({ child }: Running): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
}
