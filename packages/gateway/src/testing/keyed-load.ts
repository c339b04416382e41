/**
 * A load test of idempotency keys. Clients repeat each write with the same key until it is acknowledged, while
 * processes are killed. Then the test checks that no write was lost or made twice.
 */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

const clients = 8

interface Load {
  /** The account's URL at one of the processes. With each next number as `turn`, it is at the next process. */
  urlOfProcess: (turn: number) => string
  token: string
  seconds: number
  /** Kills processes until `isOver()` is true. */
  killProcesses: (isOver: () => boolean) => Promise<void>
}

/**
 * Runs the load test.
 * @returns the numbers of writes, of their repetitions, and of responses that were replayed from the store
 * @throws AssertionError when a write is lost or made twice, or a repeated key gets another response
 */
export async function runKeyedLoad({
  urlOfProcess,
  token,
  seconds,
  killProcesses,
}: Load): Promise<{ writes: number; repeats: number; replays: number }> {
  const send = async (turn: number, method: string, path: string, body?: unknown, key?: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(key && { 'idempotency-key': key }),
    }
    const answer = await fetch(urlOfProcess(turn) + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return {
      status: answer.status,
      replayed: answer.headers.get('idempotent-replayed') === 'true',
      text: await answer.text(),
    }
  }
  await send(0, 'PUT', '/clusters/home', {})
  await send(0, 'POST', '/taskdefs', { family: 'web', containerDefinitions: [{ name: 'a', image: 'b' }] })

  const counts = { writes: 0, repeats: 0, replays: 0 }
  const acknowledgedWrites: { kind: number; name: string; key: string; path: string; body: unknown; text: string }[] =
    []
  let endsAt = performance.now() + seconds * 1000
  const client = async (number: number) => {
    for (let i = 0; performance.now() < endsAt; i++) {
      const kind = i % 4
      const name = `c${number}-${i}`
      const key = `key-${name}`
      const [path, body] = (
        [
          ['/clusters', { name }],
          ['/taskdefs', { family: name, containerDefinitions: [{ name: 'a', image: 'b' }] }],
          ['/clusters/home/services', { name, taskDefinition: 'web', count: 0 }],
          ['/clusters/home/tasks', { taskDefinition: 'web', count: 2, startedBy: name }],
        ] as const
      )[kind]!
      counts.writes++
      for (let turn = number + i; ; turn++) {
        const answer = await send(turn, 'POST', path, body, key).catch(() => undefined)
        if (answer?.replayed) counts.replays++
        if (answer?.status === 201) {
          acknowledgedWrites.push({ kind, name, key, path, body, text: answer.text })
          break
        }
        // Only temporary failures may occur: the process died, its successor is not up yet, or another process still
        // works on the key.
        if (answer) assert.ok([409, 429, 503].includes(answer.status), answer.text)
        const code = answer?.status === 409 ? JSON.parse(answer.text).code : undefined
        if (code !== undefined) assert.equal(code, 'RequestInProgress', answer?.text)
        counts.repeats++
        await pause(50)
      }
    }
  }
  const work = [
    killProcesses(() => performance.now() >= endsAt),
    ...Array.from({ length: clients }, (_, number) => client(number)),
  ]
  await Promise.all(work).finally(() => {
    // After a failed test no process may be started.
    endsAt = 0
    return Promise.allSettled(work)
  })

  for (const { key, path, body, text } of acknowledgedWrites.slice(-20)) {
    const again = await send(0, 'POST', path, body, key)
    assert.deepEqual([again.status, again.replayed, again.text], [201, true, text], key)
  }
  const list = async (path: string) => {
    const items: { name: string; startedBy?: string }[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: typeof items; nextCursor: string | null } = JSON.parse(
        (await send(0, 'GET', `${path}limit=1000${cursor && `&cursor=${cursor}`}`)).text,
      )
      items.push(...page.items)
      cursor = page.nextCursor
    }
    return items
  }
  const expectedNames = (kind: number, suffix = '') =>
    acknowledgedWrites.flatMap((write) => (write.kind === kind ? [write.name + suffix] : [])).sort()
  const namesIn = async (path: string) => (await list(path)).map(({ name }) => name).sort()
  assert.deepEqual(await namesIn('/clusters?'), [...expectedNames(0), 'home'].sort())
  assert.deepEqual(await namesIn('/taskdefs?'), [...expectedNames(1, ':1'), 'web:1'].sort())
  assert.deepEqual(await namesIn('/clusters/home/services?'), expectedNames(2))
  const tasks = (await list('/clusters/home/tasks?status=ALL&')).map(({ startedBy = '' }) => startedBy).sort()
  assert.deepEqual(
    tasks,
    expectedNames(3)
      .flatMap((name) => [name, name])
      .sort(),
  )
  return counts
}
