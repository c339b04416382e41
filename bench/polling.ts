/**
 * A thousand clients that read 200 services once a second for a minute: first through the gateway, then directly from
 * ECS (the engine over TCP with AWS's request limits). It also measures how much the clients delay a deployment.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import { countingProxy } from './counting-proxy.ts'
import { ecsRequest } from './ecs-request.ts'
import type { Figure } from './figures.ts'
import { startGateway, tokenHeaders } from './gateway.ts'
import { remoteAccount, startEngine } from './remote-account.ts'

const clientCount = 1000
const serviceCount = 200
const measuredSeconds = Number(process.env.POLLING_SECONDS ?? 60)

/** The responses that all clients got. */
interface ResponseCounts {
  answered: number
  throttled: number
  failed: number
  /** The highest value of the header `Age`. */
  oldestSeconds: number
  /** The number of responses with the header `Ecs-Api-Stale`. */
  stale: number
  /** The time of each response. */
  responseMs: number[]
}

export async function pollingBench(): Promise<Figure[]> {
  const engine = await startEngine({ flags: ['--throttle', 'aws'] })
  const proxy = await countingProxy(engine.url)
  const gateway = await startGateway(remoteAccount(proxy.url))
  await gateway.call('POST', '/remote/clusters', { name: 'bench' })
  await gateway.call('POST', '/remote/taskdefs', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  const names = Array.from({ length: serviceCount }, (_, i) => `s-${i}`)
  // This takes a while: the gateway keeps to AWS's rate limit for creating services.
  for (const name of names)
    await gateway.call('POST', '/remote/clusters/bench/services', { name, taskDefinition: 'web', count: 0 })
  await gateway.call('POST', '/remote/clusters/bench/services', { name: 'deployed', taskDefinition: 'web', count: 1 })
  await pause(8000)

  const restartMs = async () => {
    const startedAt = performance.now()
    const { outcome } = (await gateway.call(
      'POST',
      '/remote/clusters/bench/services/deployed/restart?wait=STABLE',
    )) as {
      outcome: string
    }
    if (outcome !== 'reached') throw new Error(`the deployment ended as ${outcome}`)
    return performance.now() - startedAt
  }
  const deployWithoutLoadMs: number[] = []
  for (let i = 0; i < 3; i++) {
    deployWithoutLoadMs.push(await restartMs())
    await pause(2000)
  }
  const countsBefore = { ...proxy.counts }
  const deployDuringLoadMs: number[] = []
  const load = readServices(
    gateway.url,
    (name) => ({
      method: 'GET' as const,
      path: `/v1/ecs/remote/clusters/bench/services/${name}`,
      headers: tokenHeaders,
    }),
    names,
  )
  for (let i = 0; i < 3; i++) {
    await pause((measuredSeconds * 1000) / 5)
    deployDuringLoadMs.push(await restartMs())
  }
  const viaGateway = await load
  const calls = proxy.counts.calls - countsBefore.calls
  const throttledByAws = proxy.counts.throttled - countsBefore.throttled
  await gateway.stop()
  const viaEcs = await readServices(
    engine.url,
    (name) => ecsRequest('DescribeServices', { cluster: 'bench', services: [name] }),
    names,
  )
  await engine.stop()
  proxy.close()
  const callPercent = (calls / viaGateway.answered) * 100
  const median = (runs: number[]) => runs.toSorted((a, b) => a - b)[Math.floor(runs.length / 2)]!
  const delayPercent = (median(deployDuringLoadMs) / median(deployWithoutLoadMs) - 1) * 100
  return [
    {
      name: `${clientCount} clients, ${serviceCount} services, ${measuredSeconds} s through the gateway: answered`,
      unit: 'requests',
      values: [viaGateway.answered],
    },
    {
      name: '… AWS calls in that time, a deployment’s among them',
      unit: '% of requests',
      values: [callPercent],
      goal: { words: '≤ 5 %', isMet: (value) => value <= 5 },
    },
    {
      name: '… AWS calls throttled',
      unit: 'calls',
      values: [throttledByAws],
      goal: { words: '0', isMet: (value) => value === 0 },
    },
    {
      name: '… throttled or failed',
      unit: 'requests',
      values: [viaGateway.throttled + viaGateway.failed],
      goal: { words: '0', isMet: (value) => value === 0 },
    },
    {
      name: '… oldest answer (Age)',
      unit: 's',
      values: [viaGateway.oldestSeconds],
      goal: { words: '≤ 2 s', isMet: (value) => value <= 2 },
    },
    {
      name: '… answers that said that they were more than 2 s old',
      unit: 'requests',
      values: [viaGateway.stale],
      goal: { words: '0', isMet: (value) => value === 0 },
    },
    { name: '… time of an answer, p99', unit: 'ms', values: [percentile(viaGateway.responseMs, 0.99)] },
    { name: 'a deployment until STABLE, nobody looking', unit: 'ms', values: deployWithoutLoadMs },
    { name: '… in the middle of it', unit: 'ms', values: deployDuringLoadMs },
    { name: '… later by', unit: '%', values: [delayPercent], goal: { words: '≤ 10 %', isMet: (value) => value <= 10 } },
    { name: 'the same clients directly at ECS: answered', unit: 'requests', values: [viaEcs.answered] },
    { name: '… throttled', unit: 'requests', values: [viaEcs.throttled] },
  ]
}

/** Each client reads one service once a second, also after a failed request. */
async function readServices(
  url: string,
  requestOf: (name: string) => { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string },
  names: string[],
): Promise<ResponseCounts> {
  const pool = new Pool(url, { connections: 200, pipelining: 1 })
  const counts: ResponseCounts = { answered: 0, throttled: 0, failed: 0, oldestSeconds: 0, stale: 0, responseMs: [] }
  const end = performance.now() + measuredSeconds * 1000
  const client = async (_: unknown, i: number) => {
    const request = requestOf(names[i % names.length]!)
    await pause(Math.random() * 1000)
    for (let next = performance.now(); next < end; next += 1000) {
      await pause(Math.max(0, next - performance.now()))
      const startedAt = performance.now()
      const { statusCode, headers: responseHeaders, body } = await pool.request(request)
      const text = await body.text()
      counts.responseMs.push(performance.now() - startedAt)
      if (statusCode === 200) counts.answered++
      else if (statusCode === 429 || text.includes('ThrottlingException')) counts.throttled++
      else counts.failed++
      counts.oldestSeconds = Math.max(counts.oldestSeconds, Number(responseHeaders.age ?? 0))
      if (responseHeaders['ecs-api-stale']) counts.stale++
    }
  }
  await Promise.all(Array.from({ length: clientCount }, client))
  await pool.destroy()
  return counts
}

function percentile(runs: number[], share: number): number {
  return runs.toSorted((a, b) => a - b)[Math.floor(runs.length * share)] ?? 0
}
