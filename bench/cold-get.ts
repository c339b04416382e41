/**
 * GET of a service with `Cache-Control: no-cache`, for which the gateway calls AWS each time, compared with a bare SDK
 * call to the same engine over TCP: one request after another, and 200 at once.
 */
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import type { Figure } from './figures.ts'
import { startGateway, tokenHeaders } from './gateway.ts'
import { startProgram } from './process.ts'
import { remoteAccount, startEngine } from './remote-account.ts'

const rounds = 5
const requestsAtOnce = 200
// Many requests, so that the first ones, which run before V8 has optimised the code, have little weight.
const callsAtOnce = 3200

export async function coldGetBench(): Promise<Figure[]> {
  // An AWS that responds at once, and one that takes 20 ms, like a nearby Region.
  return [...(await measureWithLatency(0)), ...(await measureWithLatency(20))]
}

async function measureWithLatency(latencyMs: number): Promise<Figure[]> {
  const callCount = latencyMs > 0 ? 100 : 400
  const engine = await startEngine({ flags: latencyMs > 0 ? ['--fault', `*=slow:${latencyMs}`] : [] })
  const gateway = await startGateway(remoteAccount(engine.url, { hasBudget: false }))
  const sdk = await startProgram(fileURLToPath(new URL('./peers/sdk-over-tcp.ts', import.meta.url)), [engine.url])
  await gateway.call('POST', '/remote/clusters', { name: 'bench' })
  await gateway.call('POST', '/remote/taskdefs', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  const names = Array.from({ length: requestsAtOnce }, (_, i) => `s-${i}`)
  for (const name of names)
    await gateway.call('POST', '/remote/clusters/bench/services', { name, taskDefinition: 'web', count: 0 })

  const pool = new Pool(gateway.url, { connections: requestsAtOnce, pipelining: 1 })
  /** Milliseconds for all requests through the gateway: for one service, or for another service on each connection. */
  const gatewayMs = async (atOnce: number, target: 'one service' | 'many services'): Promise<number> => {
    const started = performance.now()
    let remainingRequests = atOnce === 1 ? callCount : callsAtOnce
    const sendRequests = async (_: unknown, i: number): Promise<void> => {
      while (remainingRequests-- > 0) {
        const path = `/v1/ecs/remote/clusters/bench/services/${names[target === 'one service' ? 0 : i]}`
        const { statusCode, body } = await pool.request({
          method: 'GET',
          path,
          headers: { ...tokenHeaders, 'cache-control': 'no-cache' },
        })
        if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${await body.text()}`)
        await body.dump()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, sendRequests))
    return performance.now() - started
  }
  const bareSdkMs = async (atOnce: number) =>
    Number(await (await fetch(`${sdk.url}/?calls=${atOnce === 1 ? callCount : callsAtOnce}&atOnce=${atOnce}`)).text())
  const runs = {
    gatewayMs: [] as number[],
    sdkMs: [] as number[],
    sameServicePerSecond: [] as number[],
    manyServicesPerSecond: [] as number[],
    sdkPerSecond: [] as number[],
  }
  for (let round = -2; round < rounds; round++) {
    const [gatewayTotalMs, sdkTotalMs, sameServiceTotalMs, manyServicesTotalMs, sdkAtOnceTotalMs] = [
      await gatewayMs(1, 'one service'),
      await bareSdkMs(1),
      await gatewayMs(requestsAtOnce, 'one service'),
      await gatewayMs(requestsAtOnce, 'many services'),
      await bareSdkMs(requestsAtOnce),
    ]
    if (round < 0) continue
    runs.gatewayMs.push(gatewayTotalMs / callCount)
    runs.sdkMs.push(sdkTotalMs / callCount)
    runs.sameServicePerSecond.push((callsAtOnce / sameServiceTotalMs) * 1000)
    runs.manyServicesPerSecond.push((callsAtOnce / manyServicesTotalMs) * 1000)
    runs.sdkPerSecond.push((callsAtOnce / sdkAtOnceTotalMs) * 1000)
  }
  await pool.destroy()
  await Promise.all([gateway.stop(), sdk.stop()])
  await engine.stop()
  const ratio = (numerators: number[], denominators: number[]) => numerators.map((value, i) => value / denominators[i]!)
  const condition = `AWS takes ${latencyMs} ms`
  const atMost = (words: string, ratio: number) => ({ words, isMet: (value: number) => value <= ratio })
  const atLeast = (words: string, ratio: number) => ({ words, isMet: (value: number) => value >= ratio })
  return [
    { name: `${condition}: GET that asks it, one after the other`, unit: 'ms', values: runs.gatewayMs },
    { name: '… a bare SDK call', unit: 'ms', values: runs.sdkMs },
    { name: 'gateway ÷ SDK', unit: 'ratio', values: ratio(runs.gatewayMs, runs.sdkMs), goal: atMost('≤ 1.3', 1.3) },
    {
      name: `${condition}: ${requestsAtOnce} at once, the same service`,
      unit: 'requests/s',
      values: runs.sameServicePerSecond,
    },
    { name: '… each another service', unit: 'requests/s', values: runs.manyServicesPerSecond },
    { name: '… bare SDK calls', unit: 'calls/s', values: runs.sdkPerSecond },
    {
      name: 'gateway ÷ SDK, the same service',
      unit: 'ratio',
      values: ratio(runs.sameServicePerSecond, runs.sdkPerSecond),
      goal: atLeast('≥ 3', 3),
    },
    {
      name: 'gateway ÷ SDK, each another service',
      unit: 'ratio',
      values: ratio(runs.manyServicesPerSecond, runs.sdkPerSecond),
      goal: atLeast('≥ 3', 3),
    },
  ]
}
