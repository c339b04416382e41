/** GET of a service that asks AWS each time (`Cache-Control: no-cache`), beside a bare SDK call to the same AWS over TCP: one after the other, and 200 at once. */
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import type { Figure } from './figures.ts'
import { headers, startGateway } from './gateway.ts'
import { launcher, start } from './process.ts'

const rounds = 5
const calls = 400
const many = 200

export async function coldGetBench(): Promise<Figure[]> {
  const engine = await start(launcher, ['local-aws', '--port', '0', '--data', ':memory:', '--runtime', 'simulated'])
  const gateway = await startGateway({
    ECS_API_ACCOUNTS_FAR_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_FAR_ENDPOINT: engine.url,
    ECS_API_ACCOUNTS_FAR_BUDGET: 'off',
    ECS_API_ACCOUNTS_FAR_CREDENTIALS_ACCESS_KEY_ID: '000000000001',
    ECS_API_ACCOUNTS_FAR_CREDENTIALS_SECRET_ACCESS_KEY: 'bench',
    ECS_API_ACCOUNTS_FAR_DEFAULTS_SUBNETS: 'subnet-0a1b2c3d',
  })
  const sdk = await start(fileURLToPath(new URL('./peers/sdk-over-tcp.ts', import.meta.url)), [engine.url])
  await gateway.call('POST', '/far/clusters', { name: 'bench' })
  await gateway.call('POST', '/far/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const names = Array.from({ length: many }, (_, i) => `s-${i}`)
  for (const name of names) await gateway.call('POST', '/far/clusters/bench/services', { name, taskDefinition: 'web', count: 0 })

  const pool = new Pool(gateway.url, { connections: many, pipelining: 1 })
  const own = async (atOnce: number): Promise<number> => {
    const started = performance.now()
    let left = calls
    const one = async (_: unknown, i: number): Promise<void> => {
      while (left-- > 0) {
        const path = `/v1/ecs/far/clusters/bench/services/${names[atOnce === 1 ? 0 : i]}`
        const { statusCode, body } = await pool.request({ method: 'GET', path, headers: { ...headers, 'cache-control': 'no-cache' } })
        if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${await body.text()}`)
        await body.dump()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
    return performance.now() - started
  }
  const bare = async (atOnce: number) => Number(await (await fetch(`${sdk.url}/?calls=${calls}&atOnce=${atOnce}`)).text())
  const measured = { own: [] as number[], bare: [] as number[], ownMany: [] as number[], bareMany: [] as number[] }
  for (let round = -2; round < rounds; round++) {
    const [a, b, c, d] = [await own(1), await bare(1), await own(many), await bare(many)]
    if (round < 0) continue
    measured.own.push(a / calls)
    measured.bare.push(b / calls)
    measured.ownMany.push((calls / c) * 1000)
    measured.bareMany.push((calls / d) * 1000)
  }
  await pool.destroy()
  await Promise.all([gateway.stop(), sdk.stop()])
  await engine.stop()
  const ratio = (one: number[], other: number[]) => one.map((value, i) => value / other[i]!)
  return [
    { name: 'GET that asks AWS, one after the other', unit: 'ms', runs: measured.own },
    { name: '… a bare SDK call', unit: 'ms', runs: measured.bare },
    { name: 'gateway ÷ SDK', unit: 'ratio', runs: ratio(measured.own, measured.bare), goal: { words: '≤ 1.3', met: (value) => value <= 1.3 } },
    { name: `GETs that ask AWS, ${many} at once, each another service`, unit: 'requests/s', runs: measured.ownMany },
    { name: '… bare SDK calls', unit: 'calls/s', runs: measured.bareMany },
    { name: 'gateway ÷ SDK', unit: 'ratio', runs: ratio(measured.ownMany, measured.bareMany), goal: { words: '≥ 3', met: (value) => value >= 3 } },
  ]
}
