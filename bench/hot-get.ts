/** GET of one service that is read all the time, beside a bare Fastify route with the same bytes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figures.ts'
import { headers, makeService, startGateway } from './gateway.ts'
import { requestsPerSecond } from './load.ts'
import { start } from './process.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
/**
 * Turns in a round. Each turn measures both servers, one after the other, so that a slow moment of the machine affects
 * both.
 */
const turns = 8
const turnSeconds = 1

export async function hotGetBench(): Promise<Figure[]> {
  const gateway = await startGateway()
  await makeService(gateway)
  const path = '/v1/ecs/local/clusters/bench/services/www'
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const file = join(folder, 'service.json')
  writeFileSync(file, await (await fetch(gateway.url + path, { headers })).text())
  const fastify = await start(fileURLToPath(new URL('./peers/bare-fastify.ts', import.meta.url)), [file])
  const own: number[] = []
  const bare: number[] = []
  const once = {
    own: () => requestsPerSecond(gateway.url, { method: 'GET', path, headers }, { seconds: turnSeconds }),
    bare: () => requestsPerSecond(fastify.url, { method: 'GET', path: '/', headers }, { seconds: turnSeconds }),
  }
  const mean = (rates: number[]) => rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  // Round -1 warms up and is not counted.
  for (let round = -1; round < rounds; round++) {
    const rates = { own: [] as number[], bare: [] as number[] }
    for (let turn = 0; turn < turns; turn++) {
      for (const whose of turn % 2 === 0 ? (['own', 'bare'] as const) : (['bare', 'own'] as const))
        rates[whose].push(await once[whose]())
    }
    if (round < 0) continue
    own.push(mean(rates.own))
    bare.push(mean(rates.bare))
  }
  await Promise.all([gateway.stop(), fastify.stop()])
  rmSync(folder, { recursive: true })
  return [
    { name: 'hot GET of a service, 64 connections', unit: 'requests/s', runs: own },
    { name: '… a bare Fastify route with the same bytes', unit: 'requests/s', runs: bare },
    {
      name: 'gateway ÷ bare Fastify',
      unit: 'ratio',
      runs: own.map((rate, i) => rate / bare[i]!),
      goal: { words: '≥ 0.8', met: (ratio) => ratio >= 0.8 },
    },
  ]
}
