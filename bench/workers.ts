/** GET of one service that is read all the time: two workers beside one process, 64 connections. The load generator takes a core of its own. */
import { availableParallelism } from 'node:os'
import type { Figure } from './figures.ts'
import { headers, makeService, startGateway } from './gateway.ts'
import { requestsPerSecond } from './load.ts'

const rounds = Number(process.env.ROUNDS ?? 5)

export async function workersBench(): Promise<Figure[]> {
  // As many as the load makes are let through.
  const limits = { ECS_API_RATE_LIMIT_REQUESTS: '10000000', ECS_API_RATE_LIMIT_SECONDS: '1' }
  const one = await startGateway(limits)
  const two = await startGateway({ ...limits, ECS_API_WORKERS: '2' })
  await Promise.all([makeService(one), makeService(two)])
  const path = '/v1/ecs/local/clusters/bench/services/www'
  const alone: number[] = []
  const shared: number[] = []
  const measure = async (seconds: number) => [
    await requestsPerSecond(one.url, { method: 'GET', path, headers }, { seconds }),
    await requestsPerSecond(two.url, { method: 'GET', path, headers }, { seconds }),
  ]
  await measure(2)
  for (let round = 0; round < rounds; round++) {
    const [single, both] = await measure(3)
    alone.push(single!)
    shared.push(both!)
  }
  await Promise.all([one.stop(), two.stop()])
  const cores = `${availableParallelism()} cores, one of them for the load`
  return [
    { name: `hot GET of a service, 64 connections, one process (${cores})`, unit: 'requests/s', runs: alone },
    { name: '… --workers 2', unit: 'requests/s', runs: shared },
    { name: 'two workers ÷ one process', unit: 'ratio', runs: shared.map((rate, i) => rate / alone[i]!) },
  ]
}
