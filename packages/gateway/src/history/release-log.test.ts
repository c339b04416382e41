import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { exportStore, importStore } from '../store/move.ts'
import { openStore, type StoreSettings } from '../store/store.ts'
import { skipWithoutPostgres, startPostgres } from '../testing/postgres.ts'
import { ReleaseLog, type SeenRevision } from './release-log.ts'

const postgres = skipWithoutPostgres ? undefined : await startPostgres()
after(() => postgres?.stop())

const serviceLife = {
  account: '111122223333 prod us-east-1 ',
  service: 'arn:aws:ecs:…:service/prod/www',
  life: '2026-01-01',
}
const unexpected: unknown[] = []
const openLog = async (settings: StoreSettings) => {
  const store = await openStore(settings)
  const log = new ReleaseLog({ store, now: Date.now, onUnexpectedError: (error) => unexpected.push(error) })
  return { store, log }
}
const memory = (): StoreSettings => ({ url: undefined, key: 'a key', data: ':memory:' })
const arn = (day: number) => `arn:aws:ecs:…:service-revision/prod/www/${day}`
const revisionSeenOn = (day: number, more: Partial<SeenRevision> = {}): SeenRevision => ({
  arn: arn(day),
  createdAt: new Date(Date.UTC(2026, 0, day)),
  outcome: 'stable',
  isFinal: true,
  revision: { taskDefinition: `web:${day}` },
  ...more,
})
const numbers = (releases: { number: number | null; revision: string }[]) =>
  releases.map(({ number, revision }) => [number, Number(revision.split('/').at(-1))])

async function assertNumbersStay(settings: StoreSettings): Promise<void> {
  const { store, log } = await openLog(settings)
  const byPortal = {
    madeBy: 'portal',
    restoredRelease: undefined,
    auditEntryId: undefined,
    revision: { taskDefinition: 'web:4' },
  }
  const createdAt = new Date(Date.UTC(2026, 0, 4))
  await log.recordGatewayDeployment(serviceLife, { arn: arn(4), createdAt, ...byPortal })
  assert.deepEqual(await log.listReleases(serviceLife), [], 'a gateway’s release has no number before ECS’s are read')
  assert.deepEqual(
    numbers(await log.saveSeenRevisions(serviceLife, [revisionSeenOn(4), revisionSeenOn(1), revisionSeenOn(3)])),
    [
      [3, 4],
      [2, 3],
      [1, 1],
    ],
  )
  const late = await log.saveSeenRevisions(serviceLife, [revisionSeenOn(2)])
  assert.deepEqual(numbers(late), [
    [4, 2],
    [3, 4],
    [2, 3],
    [1, 1],
  ])
  assert.deepEqual(
    late.map(({ made_by }) => made_by),
    [null, 'portal', null, null],
  )
  const other = { ...serviceLife, life: '2026-02-01' }
  assert.deepEqual(numbers(await log.saveSeenRevisions(other, [revisionSeenOn(40)])), [[1, 40]])
  // A later read without the revision's content keeps the content that was stored.
  await log.saveSeenRevisions(serviceLife, [revisionSeenOn(3, { revision: undefined, outcome: 'failed' })])
  assert.deepEqual((await log.getRevisions(serviceLife.account, [arn(3)])).get(arn(3)), { taskDefinition: 'web:3' })
  assert.deepEqual(numbers(await log.listReleases(serviceLife)), numbers(late))
  await log.close()
  await store.close()
}

test('a release keeps its number, and one that is found late gets the next free number', async () => {
  await assertNumbersStay(memory())
})

test('on PostgreSQL, too, releases keep their numbers', { skip: skipWithoutPostgres }, async () => {
  await assertNumbersStay({ url: postgres!.newUrl(), key: 'a key', data: ':memory:' })
})

test('processes that number the same releases at once give each number once', {
  skip: skipWithoutPostgres,
}, async () => {
  const settings = { url: postgres!.newUrl(), key: 'a key', data: ':memory:' }
  const logs = [await openLog(settings)]
  for (let i = 1; i < 4; i++) logs.push(await openLog(settings))
  for (let round = 0; round < 5; round++) {
    const days = Array.from({ length: 6 }, (_, i) => round * 6 + i + 1)
    await Promise.all(
      logs.map(({ log }, i) =>
        log.saveSeenRevisions(
          serviceLife,
          days.slice(0, days.length - (i % 3)).map((day) => revisionSeenOn(day)),
        ),
      ),
    )
  }
  const all = numbers(await logs[0]!.log.listReleases(serviceLife))
  assert.deepEqual(
    all.map(([number]) => number),
    Array.from({ length: 30 }, (_, i) => 30 - i),
  )
  assert.equal(new Set(all.map(([, day]) => day)).size, 30)
  for (const { log, store } of logs) {
    await log.close()
    await store.close()
  }
})

test('a move to a store with another key keeps numbers and tokens; the revisions are read from ECS again', async () => {
  const { store, log } = await openLog(memory())
  await log.saveSeenRevisions(serviceLife, [revisionSeenOn(1), revisionSeenOn(2)])
  const lines: string[] = []
  for await (const line of exportStore(store)) lines.push(line)
  const moved = await openLog({ ...memory(), key: 'another key' })
  async function* again() {
    yield* lines
  }
  assert.deepEqual(await importStore(moved.store, again()), { importedRows: 2, skippedRows: 0 })
  const releases = await moved.log.listReleases(serviceLife)
  assert.deepEqual(numbers(releases), [
    [2, 2],
    [1, 1],
  ])
  assert.deepEqual(
    releases.map(({ is_final }) => is_final),
    [0, 0],
  )
  assert.equal((await moved.log.getRevisions(serviceLife.account, [arn(1)])).size, 0)
  for (const each of [store, moved.store]) await each.close()
  assert.deepEqual(unexpected, [])
})
