/** Several processes on one PostgreSQL: together they make no more requests than AWS allows one account. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startTestProgram, type TestProgram } from '../testing/program.ts'
import { until } from '../testing/until.ts'

const skip = skipWithoutPostgres
const postgres = skip ? undefined : await startPostgres()
const { account } = await startEngineOverTcp()
const url = postgres?.newUrl() ?? ''
after(() => postgres?.stop())

const start = () =>
  startTestProgram({
    accounts: [account('remote', { budget: { clusterRead: { burst: 50, refill: 20 } } })],
    store: storeOn(url),
  })

/** The share of a process in the token bucket for reads of clusters. */
async function shareOf({ api }: TestProgram): Promise<{ burst: number; refill: number; tokens: number }> {
  await api.get('/remote/clusters/none', { headers: { 'cache-control': 'no-cache' } })
  const { text } = await api.get('/metrics')
  const figure = (name: string) =>
    Number(
      new RegExp(`^ecs_api_aws_budget_${name}\\{account="remote",group="clusterRead"\\} (\\S+)$`, 'm').exec(text)?.[1],
    )
  return { burst: figure('burst'), refill: figure('refill'), tokens: figure('tokens') }
}

test('each of N processes gets 1/N of AWS’s rate and burst, as processes start and stop', { skip }, async () => {
  const a = await start()
  const first = await shareOf(a)
  assert.deepEqual([first.burst, first.refill], [50, 20])
  assert.ok(first.tokens >= 40, 'a single process starts with the full burst')
  const b = await start()
  const c = await start()
  const shares = await Promise.all([a, b, c].map(shareOf))
  assert.deepEqual(
    shares.map(({ burst, refill }) => [burst, refill]),
    Array.from({ length: 3 }, () => [16, 20 / 3]),
  )
  assert.ok(shares[2]!.tokens < 16, 'a process that joins others starts with the refill of its share only')
  const sum = shares.reduce((all, { tokens }) => all + tokens, 0)
  assert.ok(sum <= 50, `together they have ${sum} tokens`)
  await c.close()
  for (const process of [a, b])
    await until(
      () => shareOf(process),
      ({ refill }) => refill === 10,
    )
  await b.close()
  await until(
    () => shareOf(a),
    ({ burst }) => burst === 50,
  )
})
