/** A gateway with 1,000 services and 5,000 tasks: memory, time to read all list pages, processor time when idle. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Figure } from './figures.ts'
import { type Gateway, makeServices, startGateway } from './gateway.ts'

const serviceCount = 1000
const tasksPerService = 5
const idleSeconds = 20

interface Page {
  items: { runningCount?: number; desiredCount?: number }[]
  nextCursor: string | null
}

export async function manyServicesBench(): Promise<Figure[]> {
  const gateway = await startGateway()
  await makeServices(gateway, serviceCount, tasksPerService)
  while ((await readWholeList(gateway, 'services')).some((item) => item.runningCount !== item.desiredCount))
    await pause(500)

  const listMs = async (kind: string, expected: number): Promise<number> => {
    const started = performance.now()
    const items = await readWholeList(gateway, kind)
    if (items.length !== expected) throw new Error(`${items.length} ${kind} instead of ${expected}`)
    return performance.now() - started
  }
  const serviceLists: number[] = []
  const taskLists: number[] = []
  for (let run = 0; run < 3; run++) {
    serviceLists.push(await listMs('services', serviceCount))
    taskLists.push(await listMs('tasks', serviceCount * tasksPerService))
  }
  const residentMiB = gateway.residentMiB()
  const cpuSecondsBefore = gateway.cpuSeconds()
  await pause(idleSeconds * 1000)
  const percentOfCore = ((gateway.cpuSeconds() - cpuSecondsBefore) / idleSeconds) * 100
  await gateway.stop()
  return [
    { name: '1,000 services, 5,000 tasks: resident memory (gateway and engine)', unit: 'MiB', values: [residentMiB] },
    { name: '… all services listed, 1,000 a page', unit: 'ms', values: serviceLists },
    { name: '… all tasks listed, 1,000 a page', unit: 'ms', values: taskLists },
    {
      name: `… processor time when nothing changes, over ${idleSeconds} s`,
      unit: '% of a core',
      values: [percentOfCore],
      goal: { words: 'near zero (< 1 %)', isMet: (percent) => percent < 1 },
    },
  ]
}

async function readWholeList(gateway: Gateway, kind: string): Promise<Page['items']> {
  const items: Page['items'] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page = (await gateway.call(
      'GET',
      `/local/clusters/bench/${kind}?limit=1000${cursor && `&cursor=${cursor}`}`,
    )) as Page
    items.push(...page.items)
    cursor = page.nextCursor
  }
  return items
}
