/**
 * kill -9 in the middle of writes with idempotency keys: acknowledged writes survive, and each write is made once.
 * CRASH_ROUNDS=20 runs the full test.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newFolder, startGatewayProcess } from '../testing/process.ts'

const rounds = Number(process.env.CRASH_ROUNDS ?? 2)
const writes = 500

interface Write {
  key: string
  method: string
  path: string
  body: unknown
}

/** Five kinds of writes in turn. Each write is to another resource. */
function writesOf(round: number): Write[] {
  return Array.from({ length: writes }, (_, i): Write => {
    const name = `r${round}-${i}`
    const key = `key-${name}`
    switch (i % 5) {
      case 0:
        return { key, method: 'POST', path: '/local/clusters', body: { name } }
      case 1:
        return {
          key,
          method: 'POST',
          path: '/local/taskdefs',
          body: { family: name, containerDefinitions: [{ name: 'a', image: 'b' }] },
        }
      case 2:
        return {
          key,
          method: 'POST',
          path: '/local/clusters/home/services',
          body: { name, taskDefinition: 'web', count: 1 },
        }
      case 3:
        return {
          key,
          method: 'POST',
          path: '/local/clusters/home/tasks',
          body: { taskDefinition: 'web', count: 2, startedBy: name },
        }
      default:
        return { key, method: 'PUT', path: `/local/clusters/${name}`, body: { tags: { round: String(round) } } }
    }
  })
}

async function send(
  { url, token }: { url: string; token: string },
  { key, method, path, body }: Omit<Write, 'key'> & { key?: string },
) {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...(key && { 'idempotency-key': key }),
  }
  const answer = await fetch(`${url}/v1/ecs${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

test('kill -9 during 500 writes with keys loses no acknowledged write, and makes no write twice', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  for (let round = 0; round < rounds; round++) {
    const service = await startGatewayProcess({ folder })
    await send(service, { method: 'PUT', path: '/local/clusters/home', body: {} })
    if (round === 0)
      await send(service, {
        method: 'POST',
        path: '/local/taskdefs',
        body: { family: 'web', containerDefinitions: [{ name: 'a', image: 'b' }] },
      })
    const all = writesOf(round)
    const acknowledged = new Map<string, string>()
    const { promise: halfway, resolve } = Promise.withResolvers<void>()
    const sent = Promise.allSettled(
      all.map(async (write) => {
        const { status, text } = await send(service, write)
        assert.ok(status === 200 || status === 201, `${status} ${text}`)
        acknowledged.set(write.key, text)
        if (acknowledged.size === writes / 2) resolve()
      }),
    )
    await halfway
    service.child.kill('SIGKILL')
    await service.exit
    await sent

    const again = await startGatewayProcess({ folder })
    const outcomes = { replayed: 0, made: 0, unknown: 0 }
    for (const write of all) {
      const { status, headers, text } = await send(again, write)
      const isReplayed = headers.get('idempotent-replayed') === 'true'
      const first = acknowledged.get(write.key)
      if (first !== undefined) assert.deepEqual([isReplayed, text], [true, first], write.path)
      if (isReplayed) outcomes.replayed++
      else if (status === 409) {
        assert.equal(JSON.parse(text).code, 'OutcomeUnknown', text)
        outcomes.unknown++
      } else {
        assert.ok(status === 200 || status === 201, text)
        outcomes.made++
      }
    }
    assert.equal(outcomes.replayed + outcomes.made + outcomes.unknown, writes)
    t.diagnostic(`round ${round}: ${acknowledged.size} acknowledged; ${JSON.stringify(outcomes)}`)
    await assertNothingDoubled(again, round, all)
    again.child.kill('SIGKILL')
    await again.exit
  }
})

/** Every requested resource exists exactly once. */
async function assertNothingDoubled(
  service: { url: string; token: string },
  round: number,
  all: Write[],
): Promise<void> {
  const list = async (path: string) => {
    const items: { name: string; startedBy?: string }[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: typeof items; nextCursor: string | null } = JSON.parse(
        (
          await send(service, {
            method: 'GET',
            path: `${path}limit=1000${cursor && `&cursor=${cursor}`}`,
            body: undefined,
          })
        ).text,
      )
      items.push(...page.items)
      cursor = page.nextCursor
    }
    return items
  }
  const ofRound = (names: string[]) => names.filter((name) => name.startsWith(`r${round}-`)).sort()
  const expectedNames = (kind: number, suffix = '') =>
    all.flatMap((_, i) => (i % 5 === kind ? [`r${round}-${i}${suffix}`] : [])).sort()
  assert.deepEqual(
    ofRound((await list('/local/clusters?')).map(({ name }) => name)),
    [...expectedNames(0), ...expectedNames(4)].sort(),
  )
  assert.deepEqual(ofRound((await list('/local/taskdefs?')).map(({ name }) => name)), expectedNames(1, ':1'))
  assert.deepEqual(ofRound((await list('/local/clusters/home/services?')).map(({ name }) => name)), expectedNames(2))
  const tasks = ofRound((await list('/local/clusters/home/tasks?status=ALL&')).map(({ startedBy = '' }) => startedBy))
  assert.deepEqual(
    tasks,
    expectedNames(3)
      .flatMap((name) => [name, name])
      .sort(),
  )
}
