/**
 * GET of a service for which the gateway calls AWS each time (`Cache-Control: no-cache`), beside a bare SDK call to the
 * same AWS over TCP: one request after the other, and 200 at once.
 */
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import type { Figure } from './figures.ts'
import { headers, startGateway } from './gateway.ts'
import { launcher, start } from './process.ts'

const rounds = 5
const requestsAtOnce = 200
// So many that the first requests, for which nothing is compiled yet, count for little.
const callsAtOnce = 3200

export async function coldGetBench(): Promise<Figure[]> {
  // An AWS without distance, and one that takes 20 ms, like a nearby Region.
  return [...(await measureWithLatency(0)), ...(await measureWithLatency(20))]
}

async function measureWithLatency(latencyMs: number): Promise<Figure[]> {
  const calls = latencyMs > 0 ? 100 : 400
  const slow = latencyMs > 0 ? ['--fault', `*=slow:${latencyMs}`] : []
  const engine = await start(launcher, [
    'local-aws',
    '--port',
    '0',
    '--data',
    ':memory:',
    '--runtime',
    'simulated',
    ...slow,
  ])
  const gateway = await startGateway({
    ECS_API_ACCOUNTS_REMOTE_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_REMOTE_ENDPOINT: engine.url,
    ECS_API_ACCOUNTS_REMOTE_BUDGET: 'off',
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_ACCESS_KEY_ID: '000000000001',
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_SECRET_ACCESS_KEY: 'bench',
    ECS_API_ACCOUNTS_REMOTE_DEFAULTS_SUBNETS: 'subnet-0a1b2c3d',
  })
  const sdk = await start(fileURLToPath(new URL('./peers/sdk-over-tcp.ts', import.meta.url)), [engine.url])
  await gateway.call('POST', '/remote/clusters', { name: 'bench' })
  await gateway.call('POST', '/remote/taskdefs', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  const names = Array.from({ length: requestsAtOnce }, (_, i) => `s-${i}`)
  for (const name of names)
    await gateway.call('POST', '/remote/clusters/bench/services', { name, taskDefinition: 'web', count: 0 })

  const pool = new Pool(gateway.url, { connections: requestsAtOnce, pipelining: 1 })
  /** Milliseconds for all requests through the gateway: of one service, or each connection of another one. */
  const gatewayMs = async (atOnce: number, services: 'one service' | 'many services'): Promise<number> => {
    const started = performance.now()
    let left = atOnce === 1 ? calls : callsAtOnce
    const one = async (_: unknown, i: number): Promise<void> => {
      while (left-- > 0) {
        const path = `/v1/ecs/remote/clusters/bench/services/${names[services === 'one service' ? 0 : i]}`
        const { statusCode, body } = await pool.request({
          method: 'GET',
          path,
          headers: { ...headers, 'cache-control': 'no-cache' },
        })
        if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${await body.text()}`)
        await body.dump()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
    return performance.now() - started
  }
  const bare = async (atOnce: number) =>
    Number(await (await fetch(`${sdk.url}/?calls=${atOnce === 1 ? calls : callsAtOnce}&atOnce=${atOnce}`)).text())
  const runs = {
    own: [] as number[],
    bare: [] as number[],
    same: [] as number[],
    each: [] as number[],
    bareMany: [] as number[],
  }
  for (let round = -2; round < rounds; round++) {
    const [one, bareOne, same, each, bareMany] = [
      await gatewayMs(1, 'one service'),
      await bare(1),
      await gatewayMs(requestsAtOnce, 'one service'),
      await gatewayMs(requestsAtOnce, 'many services'),
      await bare(requestsAtOnce),
    ]
    if (round < 0) continue
    runs.own.push(one / calls)
    runs.bare.push(bareOne / calls)
    runs.same.push((callsAtOnce / same) * 1000)
    runs.each.push((callsAtOnce / each) * 1000)
    runs.bareMany.push((callsAtOnce / bareMany) * 1000)
  }
  await pool.destroy()
  await Promise.all([gateway.stop(), sdk.stop()])
  await engine.stop()
  const ratio = (one: number[], other: number[]) => one.map((value, i) => value / other[i]!)
  const at = `AWS takes ${latencyMs} ms`
  const most = (words: string, ratio: number) => ({ words, met: (value: number) => value <= ratio })
  const least = (words: string, ratio: number) => ({ words, met: (value: number) => value >= ratio })
  return [
    { name: `${at}: GET that asks it, one after the other`, unit: 'ms', values: runs.own },
    { name: '… a bare SDK call', unit: 'ms', values: runs.bare },
    { name: 'gateway ÷ SDK', unit: 'ratio', values: ratio(runs.own, runs.bare), goal: most('≤ 1.3', 1.3) },
    { name: `${at}: ${requestsAtOnce} at once, the same service`, unit: 'requests/s', values: runs.same },
    { name: '… each another service', unit: 'requests/s', values: runs.each },
    { name: '… bare SDK calls', unit: 'calls/s', values: runs.bareMany },
    {
      name: 'gateway ÷ SDK, the same service',
      unit: 'ratio',
      values: ratio(runs.same, runs.bareMany),
      goal: least('≥ 3', 3),
    },
    {
      name: 'gateway ÷ SDK, each another service',
      unit: 'ratio',
      values: ratio(runs.each, runs.bareMany),
      goal: least('≥ 3', 3),
    },
  ]
}
