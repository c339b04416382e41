/**
 * Reads all list pages of 3,000 services and 10,000 tasks, in one cluster of an engine over TCP, through the gateway.
 * It does so first without AWS's request limits, then with them while another client reads one service.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Figure } from './figures.ts'
import { type Gateway, startGateway, tokenHeaders } from './gateway.ts'
import type { RunningProgram } from './process.ts'
import { remoteAccount, startEngine } from './remote-account.ts'

const serviceCount = 3000
const taskCount = 10_000
const rounds = 3
const pace = ['--pace', 'instant']

interface Page {
  items: { id?: string; name?: string; runningCount?: number; desiredCount?: number }[]
  nextCursor: string | null
}

interface ListTimes {
  /** The time until the first byte of the first page. */
  firstByteMs: number
  wholeMs: number
}

export async function wholeListsBench(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const engineWithoutLimits = await startEngine({ data: folder, flags: pace })
  const setUpGateway = await startGateway(remoteAccount(engineWithoutLimits.url, { hasBudget: false }))
  await createServices(setUpGateway)
  await setUpGateway.stop()

  const gateway = await startGateway(remoteAccount(engineWithoutLimits.url, { hasBudget: false }))
  const memoryBefore = gateway.residentMiB()
  const times: Record<'services' | 'tasks', ListTimes[]> = { services: [], tasks: [] }
  for (let round = 0; round < rounds; round++) {
    times.services.push(await readList(gateway, 'services', serviceCount))
    // The first list of tasks is slower: a gateway that has just started has no task index.
    times.tasks.push(await readList(gateway, 'tasks', taskCount))
  }
  const memoryPeak = peakMiB(gateway)
  await gateway.stop()
  await engineWithoutLimits.stop()

  const engineWithLimits = await startEngine({ data: folder, flags: [...pace, '--throttle', 'aws'] })
  const throttledGateway = await startGateway(remoteAccount(engineWithLimits.url))
  const throttledTimes: Record<'services' | 'tasks', ListTimes> = { services: noTimes, tasks: noTimes }
  const otherReadsMs: number[] = []
  for (const kind of ['services', 'tasks'] as const) {
    let isReading = true
    const reading = readList(throttledGateway, kind, kind === 'services' ? serviceCount : taskCount).finally(() => {
      isReading = false
    })
    while (isReading) {
      const startedAt = performance.now()
      await throttledGateway.call('GET', '/remote/clusters/bench/services/s-7')
      otherReadsMs.push(performance.now() - startedAt)
      await Promise.race([reading, pause(500)])
    }
    throttledTimes[kind] = await reading
  }
  await throttledGateway.stop()
  await engineWithLimits.stop()
  rmSync(folder, { recursive: true })

  const goal = { words: '< 1 s', isMet: (ms: number) => ms < 1000 }
  const figures = (kind: 'services' | 'tasks', words: string): Figure[] => [
    {
      name: `${words}, 1,000 a page: first byte of the first page, first time`,
      unit: 'ms',
      values: [times[kind][0]!.firstByteMs],
      goal,
    },
    { name: '… the times after', unit: 'ms', values: times[kind].slice(1).map(({ firstByteMs }) => firstByteMs), goal },
    { name: '… all pages', unit: 'ms', values: times[kind].map(({ wholeMs }) => wholeMs) },
    { name: '… first byte with AWS’s request limits', unit: 'ms', values: [throttledTimes[kind].firstByteMs] },
    { name: '… all pages with AWS’s request limits', unit: 'ms', values: [throttledTimes[kind].wholeMs] },
  ]
  return [
    ...figures('services', '3,000 services'),
    ...figures('tasks', '10,000 tasks'),
    { name: 'Resident memory before', unit: 'MiB', values: [memoryBefore] },
    { name: '… at its most', unit: 'MiB', values: [memoryPeak] },
    { name: 'GET of one service meanwhile, with AWS’s request limits', unit: 'ms', values: otherReadsMs },
  ]
}

const noTimes: ListTimes = { firstByteMs: 0, wholeMs: 0 }

/** Creates the services, and waits until their tasks run. */
async function createServices(gateway: Gateway): Promise<void> {
  await gateway.call('POST', '/remote/clusters', { name: 'bench' })
  await gateway.call('POST', '/remote/taskdefs', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  // Services have three tasks, and some have four, so that the total is `taskCount`.
  const servicesWithFourTasks = taskCount - 3 * serviceCount
  for (let firstOfBatch = 0; firstOfBatch < serviceCount; firstOfBatch += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, serviceCount - firstOfBatch) }, (_, i) =>
        gateway.call('POST', '/remote/clusters/bench/services', {
          name: `s-${firstOfBatch + i}`,
          taskDefinition: 'web',
          count: firstOfBatch + i < servicesWithFourTasks ? 4 : 3,
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

async function readList(gateway: Gateway, kind: 'services' | 'tasks', expected: number): Promise<ListTimes> {
  const received = new Set<string>()
  const startedAt = performance.now()
  let firstByteMs: number | undefined
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path = `/v1/ecs/remote/clusters/bench/${kind}?limit=1000${cursor && `&cursor=${cursor}`}`
    const response = await fetch(gateway.url + path, { headers: { ...tokenHeaders, 'cache-control': 'no-cache' } })
    firstByteMs ??= performance.now() - startedAt
    if (response.status === 429) {
      await response.body?.cancel()
      await pause(Number(response.headers.get('retry-after')) * 1000)
      continue
    }
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    const page = (await response.json()) as Page
    for (const { id, name } of page.items) received.add(id ?? name ?? '')
    cursor = page.nextCursor
  }
  if (received.size !== expected) throw new Error(`${received.size} ${kind} instead of ${expected}`)
  return { firstByteMs: firstByteMs!, wholeMs: performance.now() - startedAt }
}

/** The highest resident memory of the process. */
function peakMiB({ child }: RunningProgram): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
}
