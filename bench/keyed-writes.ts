/**
 * Changes a second with an `Idempotency-Key`, each with its audit entry: on SQLite and on PostgreSQL, beside bare SDK
 * calls to the same AWS over TCP.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ECS } from '@aws-sdk/client-ecs'
import { skipWithoutPostgres, startPostgres } from '../packages/gateway/src/testing/postgres.ts'
import { CannotRun, type Figure } from './figures.ts'
import { launcher, type Running, start } from './process.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
const connections = 32
const seconds = 2
const definition = { family: 'bench', containerDefinitions: [{ name: 'web', image: 'nginx', memory: 64 }] }

export async function keyedWritesBench(): Promise<Figure[]> {
  if (skipWithoutPostgres) throw new CannotRun(skipWithoutPostgres)
  const postgres = await startPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const engine = await start(launcher, ['local-aws', '--port', '0', '--data', ':memory:', '--runtime', 'simulated'])
  const gateways = {
    SQLite: await startGatewayOn(folder, 'sqlite', engine.url, {}),
    PostgreSQL: await startGatewayOn(folder, 'postgres', engine.url, {
      store: postgres.newUrl(),
      storeKey: 'env:STORE_KEY',
    }),
  }
  const aws = new ECS({
    region: 'us-east-1',
    endpoint: engine.url,
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'any' },
  })
  const runs = { bare: [] as number[], plain: [] as number[], SQLite: [] as number[], PostgreSQL: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    runs.bare.push(await changesPerSecond(() => aws.registerTaskDefinition(definition)))
    runs.plain.push(await changesPerSecond(() => register(gateways.SQLite)))
    runs.SQLite.push(await changesPerSecond(() => register(gateways.SQLite, randomUUID())))
    runs.PostgreSQL.push(await changesPerSecond(() => register(gateways.PostgreSQL, randomUUID())))
  }
  await Promise.all([...Object.values(gateways), engine].map((running) => running.stop()))
  await postgres.stop()
  rmSync(folder, { recursive: true })
  const unit = 'changes/s'
  const ratio = (one: readonly number[]) => one.map((rate, i) => rate / runs.bare[i]!)
  return [
    { name: 'bare SDK calls (RegisterTaskDefinition)', unit, values: runs.bare },
    { name: 'through the gateway, audit on SQLite, without a key', unit, values: runs.plain },
    { name: '… each with a key of its own, on SQLite', unit, values: runs.SQLite },
    { name: '… each with a key of its own, on PostgreSQL', unit, values: runs.PostgreSQL },
    { name: 'keyed on SQLite ÷ bare SDK', unit: 'ratio', values: ratio(runs.SQLite) },
    { name: 'keyed on PostgreSQL ÷ bare SDK', unit: 'ratio', values: ratio(runs.PostgreSQL) },
  ]
}

async function startGatewayOn(folder: string, name: string, endpoint: string, store: object): Promise<Running> {
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'env:STORE_KEY' }
  const bench = { region: 'us-east-1', endpoint, credentials, budget: 'off' }
  const file = join(folder, `${name}.json`)
  const rateLimit = { requests: 10_000_000, seconds: 1 }
  writeFileSync(
    file,
    JSON.stringify({
      ...store,
      data: join(folder, name),
      listen: '127.0.0.1:0',
      token: 'env:TOKEN',
      rateLimit,
      accounts: { bench },
    }),
  )
  const running = await start(launcher, ['serve', '--config', file], {
    TOKEN: 'token-of-the-bench',
    STORE_KEY: 'a key',
  })
  running.child.stdout?.resume()
  return running
}

async function register({ url }: Running, key?: string): Promise<void> {
  const headers = {
    authorization: 'Bearer token-of-the-bench',
    'content-type': 'application/json',
    ...(key && { 'idempotency-key': key }),
  }
  const answer = await fetch(`${url}/v1/ecs/bench/taskdefs`, {
    method: 'POST',
    headers,
    body: JSON.stringify(definition),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
  await answer.arrayBuffer()
}

async function changesPerSecond(change: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  let count = 0
  const one = async () => {
    while (performance.now() < started + seconds * 1000) {
      await change()
      count++
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  return count / ((performance.now() - started) / 1000)
}
