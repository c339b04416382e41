/** GET of a cached service, plain and compressed, compared with a bare Fastify route that sends the same bytes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figures.ts'
import { type Gateway, makeService, startGateway, tokenHeaders } from './gateway.ts'
import { requestsPerSecond } from './load.ts'
import { startProgram } from './process.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
/**
 * Turns in a round. Each turn measures both servers, one after the other, so that a slow moment of the machine affects
 * both.
 */
const turnsPerRound = 8
const turnSeconds = 1

export async function hotGetBench(): Promise<Figure[]> {
  const gateway = await startGateway()
  await makeService(gateway)
  const path = '/v1/ecs/local/clusters/bench/services/www'
  const plain = await measureBesideFastify(gateway, path, {})
  const compressed = await measureBesideFastify(gateway, path, { 'accept-encoding': 'gzip' })
  await gateway.stop()
  return [
    { name: 'hot GET of a service, 64 connections', unit: 'requests/s', values: plain.gatewayRates },
    { name: '… a bare Fastify route with the same bytes', unit: 'requests/s', values: plain.fastifyRates },
    {
      name: 'gateway ÷ bare Fastify',
      unit: 'ratio',
      values: plain.gatewayRates.map((rate, i) => rate / plain.fastifyRates[i]!),
      goal: { words: '≥ 0.8', isMet: (ratio) => ratio >= 0.8 },
    },
    {
      name: `the same, gzip, ${compressed.bytes} bytes instead of ${plain.bytes}`,
      unit: 'requests/s',
      values: compressed.gatewayRates,
    },
    {
      name: '… a bare Fastify route with the same compressed bytes',
      unit: 'requests/s',
      values: compressed.fastifyRates,
    },
    {
      name: 'gateway ÷ bare Fastify, compressed',
      unit: 'ratio',
      values: compressed.gatewayRates.map((rate, i) => rate / compressed.fastifyRates[i]!),
      goal: { words: '≥ 0.7', isMet: (ratio) => ratio >= 0.7 },
    },
  ]
}

async function measureBesideFastify(
  gateway: Gateway,
  path: string,
  requestHeaders: Record<string, string>,
): Promise<{ gatewayRates: number[]; fastifyRates: number[]; bytes: number }> {
  const allHeaders = { ...tokenHeaders, ...requestHeaders }
  const response = await bytesOf(gateway.url + path, allHeaders)
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const file = join(folder, 'body')
  writeFileSync(file, response.bytes)
  const args = [file, ...(response.encoding === undefined ? [] : [response.encoding])]
  const fastify = await startProgram(fileURLToPath(new URL('./peers/bare-fastify.ts', import.meta.url)), args)
  const gatewayRates: number[] = []
  const fastifyRates: number[] = []
  const rateOf = {
    gateway: () =>
      requestsPerSecond(gateway.url, { method: 'GET', path, headers: allHeaders }, { seconds: turnSeconds }),
    fastify: () =>
      requestsPerSecond(fastify.url, { method: 'GET', path: '/', headers: allHeaders }, { seconds: turnSeconds }),
  }
  const mean = (rates: number[]) => rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  // Round -1 warms up and is not counted.
  for (let round = -1; round < rounds; round++) {
    const rates = { gateway: [] as number[], fastify: [] as number[] }
    for (let turn = 0; turn < turnsPerRound; turn++) {
      for (const server of turn % 2 === 0 ? (['gateway', 'fastify'] as const) : (['fastify', 'gateway'] as const))
        rates[server].push(await rateOf[server]())
    }
    if (round < 0) continue
    gatewayRates.push(mean(rates.gateway))
    fastifyRates.push(mean(rates.fastify))
  }
  await fastify.stop()
  rmSync(folder, { recursive: true })
  return { gatewayRates, fastifyRates, bytes: response.bytes.length }
}

/** The body of a response as it was sent: still compressed. */
function bytesOf(
  url: string,
  headersToSend: Record<string, string>,
): Promise<{ bytes: Buffer; encoding: string | undefined }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: headersToSend }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ bytes: Buffer.concat(chunks), encoding: response.headers['content-encoding'] }),
      )
    }).on('error', reject)
  })
}
