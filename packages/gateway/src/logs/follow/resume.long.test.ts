/**
 * Followers that are cut off at any moment and resume at either of two processes, while containers print lines that
 * arrive up to 35 s late: each follower gets each line once, in order for each container. It runs for 40 s;
 * FOLLOW_SECONDS sets another time.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startEngineOverTcp } from '../../testing/engine-over-tcp.ts'
import { followLines } from '../../testing/log-follower.ts'
import { newLoggedService } from '../../testing/logged-service.ts'
import { startTestProgram } from '../../testing/program.ts'

const seconds = Number(process.env.FOLLOW_SECONDS ?? 40)
const followers = 12
const lateMs = 35_000

const aws = await startEngineOverTcp()
const newProcess = async () => {
  const program = await startTestProgram({ accounts: [aws.account('remote', { budget: 'off' })] })
  return { ...program, url: (await program.listen()).url }
}
const processes = [await newProcess(), await newProcess()]
const containers = ['web', 'late']
const service = await newLoggedService(processes[0]!, aws, {
  ...{ account: 'remote', cluster: 'resume', count: 3 },
  containers,
})

interface Container {
  index: number
  task: string
  name: string
}

test('each line once and in order, however often followers resume', async (t) => {
  const written: string[] = []
  const ends = Date.now() + seconds * 1000
  const all = (await service.taskIds())
    .flatMap((task) => containers.map((name) => ({ task, name })))
    .map((each, index): Container => ({ index, ...each }))
  const writing = Promise.all(all.map((container) => print(container, written, ends)))
  const following = Promise.all(
    Array.from({ length: followers }, (_, i) => follow(i % 2 ? 'since=10m' : 'limit=10000', ends)),
  )
  await writing
  for (const { got, resumed, finish } of await following) {
    got.push(...(await finish(written)))
    t.diagnostic(`${got.length} lines, resumed ${resumed} times`)
    assert.deepEqual(got.toSorted(), written.toSorted())
    for (const { index } of all) {
      const numbers = got.filter((each) => each.startsWith(`${index}.`)).map((each) => Number(each.split('.')[1]))
      assert.deepEqual(
        numbers,
        numbers.map((_, i) => i),
        `container ${index}`,
      )
    }
  }
})

/** Prints a few lines of one millisecond at a time. Those of the container `late` arrive long after that. */
async function print({ index, task, name }: Container, written: string[], ends: number): Promise<void> {
  let last = 0
  let count = 0
  while (Date.now() < ends) {
    await pause(Math.random() * 400)
    const delayMs = name === 'late' ? lateMs * (0.5 + Math.random() / 2) : 0
    last = Math.max(last, Math.floor(Date.now() - delayMs))
    const messages = Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => `${index}.${count++}`)
    await service.write(
      task,
      name,
      messages.map((message) => ({ timestamp: last, message })),
    )
    written.push(...messages)
  }
}

/** Follows and is cut off again and again. `finish` resumes once more, until nothing is missing. */
async function follow(query: string, ends: number) {
  const got: string[] = []
  let lastId: string | undefined
  let resumed = 0
  const open = async () => {
    const { url, token } = processes[Math.floor(Math.random() * processes.length)]!
    const reader = await followLines(`${url}/v1/ecs${service.path}/logs?${query}`, token, lastId)
    assert.equal(reader.status, 200)
    return reader
  }
  while (Date.now() < ends) {
    const reader = await open()
    await pause(Math.random() * 10_000)
    reader.close()
    got.push(...reader.messages())
    lastId = reader.lastId() || lastId
    resumed++
  }
  const finish = async (written: readonly string[]) => {
    const reader = await open()
    const have = new Set(got)
    await reader.untilMessages(...written.filter((message) => !have.has(message)))
    reader.close()
    return reader.messages()
  }
  return { got, resumed, finish }
}
