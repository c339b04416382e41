/**
 * GET of one service through the gateway, compared with a bare Fastify route that sends the same bytes, and with a bare
 * SDK call.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figures.ts'
import { makeService, startGateway, tokenHeaders } from './gateway.ts'
import { requestsPerSecond } from './load.ts'
import { startProgram } from './process.ts'

const peerScript = (name: string) => fileURLToPath(new URL(`./peers/${name}.ts`, import.meta.url))
const rounds = 5

export async function getServiceBench(): Promise<Figure[]> {
  const gateway = await startGateway()
  await makeService(gateway)
  const names = Array.from({ length: 64 }, (_, i) => `s-${i}`)
  for (const name of names)
    await gateway.call('POST', '/local/clusters/bench/services', { name, taskDefinition: 'web', count: 1 })
  const requestsOfAllServices = names.map((name) => ({
    method: 'GET' as const,
    path: `/v1/ecs/local/clusters/bench/services/${name}`,
    headers: tokenHeaders,
  }))
  const path = '/v1/ecs/local/clusters/bench/services/www'
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const file = join(folder, 'service.json')
  writeFileSync(file, await (await fetch(gateway.url + path, { headers: tokenHeaders })).text())
  const fastify = await startProgram(peerScript('bare-fastify'), [file])
  const sdk = await startProgram(peerScript('bare-sdk'))
  const rates = { gateway: [] as number[], manyServices: [] as number[], fastify: [] as number[], sdk: [] as number[] }
  const measure = async (seconds: number) => ({
    gateway: await requestsPerSecond(gateway.url, { method: 'GET', path, headers: tokenHeaders }, { seconds }),
    manyServices: await requestsPerSecond(gateway.url, requestsOfAllServices, { seconds }),
    fastify: await requestsPerSecond(fastify.url, { method: 'GET', path: '/', headers: {} }, { seconds }),
    sdk: Number(await (await fetch(`${sdk.url}/?seconds=${seconds}`)).text()),
  })
  await measure(2)
  for (let round = 0; round < rounds; round++) {
    const measured = await measure(3)
    for (const name of ['gateway', 'manyServices', 'fastify', 'sdk'] as const) rates[name].push(measured[name])
  }
  await Promise.all([gateway.stop(), fastify.stop(), sdk.stop()])
  rmSync(folder, { recursive: true })
  const ratio = (numerators: number[], denominators: number[]) => numerators.map((rate, i) => rate / denominators[i]!)
  return [
    { name: 'GET service through the gateway, 64 connections', unit: 'requests/s', values: rates.gateway },
    { name: '… each connection another service of 64', unit: 'requests/s', values: rates.manyServices },
    { name: '… a bare Fastify route with the same bytes', unit: 'requests/s', values: rates.fastify },
    { name: '… a bare SDK call on the engine, 64 at once', unit: 'calls/s', values: rates.sdk },
    { name: 'gateway ÷ bare Fastify', unit: 'ratio', values: ratio(rates.gateway, rates.fastify) },
    {
      name: 'gateway ÷ bare SDK call',
      unit: 'ratio',
      values: ratio(rates.gateway, rates.sdk),
      goal: { words: '≥ 0.8', isMet: (value) => value >= 0.8 },
    },
    {
      name: 'gateway, 64 services ÷ bare SDK call',
      unit: 'ratio',
      values: ratio(rates.manyServices, rates.sdk),
      goal: { words: '≥ 0.8', isMet: (value) => value >= 0.8 },
    },
  ]
}
