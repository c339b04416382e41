/**
 * Changes a second with an `Idempotency-Key`, with the store of keys and audit entries on SQLite and on PostgreSQL.
 * They are compared with bare SDK calls to the same engine over TCP.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ECS } from '@aws-sdk/client-ecs'
import { skipWithoutPostgres, startPostgres } from '../packages/gateway/src/testing/postgres.ts'
import { CannotRun, type Figure } from './figures.ts'
import { launcherPath, type RunningProgram, startProgram } from './process.ts'
import { startEngine } from './remote-account.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
const connections = 32
const measuredSeconds = 2
const definition = { family: 'bench', containerDefinitions: [{ name: 'web', image: 'nginx', memory: 64 }] }

export async function keyedWritesBench(): Promise<Figure[]> {
  if (skipWithoutPostgres) throw new CannotRun(skipWithoutPostgres)
  const postgres = await startPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const engine = await startEngine()
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
  const rates = {
    bareSdk: [] as number[],
    withoutKey: [] as number[],
    SQLite: [] as number[],
    PostgreSQL: [] as number[],
  }
  for (let round = 0; round < rounds; round++) {
    rates.bareSdk.push(await changesPerSecond(() => aws.registerTaskDefinition(definition)))
    rates.withoutKey.push(await changesPerSecond(() => register(gateways.SQLite)))
    rates.SQLite.push(await changesPerSecond(() => register(gateways.SQLite, randomUUID())))
    rates.PostgreSQL.push(await changesPerSecond(() => register(gateways.PostgreSQL, randomUUID())))
  }
  await Promise.all([...Object.values(gateways), engine].map((running) => running.stop()))
  await postgres.stop()
  rmSync(folder, { recursive: true })
  const unit = 'changes/s'
  const ratio = (one: readonly number[]) => one.map((rate, i) => rate / rates.bareSdk[i]!)
  return [
    { name: 'bare SDK calls (RegisterTaskDefinition)', unit, values: rates.bareSdk },
    { name: 'through the gateway, audit on SQLite, without a key', unit, values: rates.withoutKey },
    { name: '… each with a key of its own, on SQLite', unit, values: rates.SQLite },
    { name: '… each with a key of its own, on PostgreSQL', unit, values: rates.PostgreSQL },
    { name: 'keyed on SQLite ÷ bare SDK', unit: 'ratio', values: ratio(rates.SQLite) },
    { name: 'keyed on PostgreSQL ÷ bare SDK', unit: 'ratio', values: ratio(rates.PostgreSQL) },
  ]
}

async function startGatewayOn(
  folder: string,
  name: string,
  endpoint: string,
  storeSettings: object,
): Promise<RunningProgram> {
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'env:STORE_KEY' }
  const bench = { region: 'us-east-1', endpoint, credentials, budget: 'off' }
  const file = join(folder, `${name}.json`)
  const rateLimit = { requests: 10_000_000, seconds: 1 }
  writeFileSync(
    file,
    JSON.stringify({
      ...storeSettings,
      data: join(folder, name),
      listen: '127.0.0.1:0',
      token: 'env:TOKEN',
      rateLimit,
      accounts: { bench },
    }),
  )
  const running = await startProgram(launcherPath, ['serve', '--config', file], {
    TOKEN: 'token-of-the-bench',
    STORE_KEY: 'a key',
  })
  running.child.stdout?.resume()
  return running
}

async function register({ url }: RunningProgram, key?: string): Promise<void> {
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
  const changeUntilEnd = async () => {
    while (performance.now() < started + measuredSeconds * 1000) {
      await change()
      count++
    }
  }
  await Promise.all(Array.from({ length: connections }, changeUntilEnd))
  return count / ((performance.now() - started) / 1000)
}
