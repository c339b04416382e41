// Lines of real containers, by HTTP: followed while tasks are replaced and the gateway is killed, and read in pages.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as moment } from 'node:timers/promises'
import { type EngineOverTcp, startEngineOverTcp } from '../../packages/gateway/src/testing/engine-over-tcp.ts'
import { type FollowedLine, followLines, type LogFollower } from '../../packages/gateway/src/testing/log-follower.ts'
import { logsClient } from '../../packages/gateway/src/testing/logged-service.ts'
import { newFolder, startCli } from '../../packages/gateway/src/testing/process.ts'
import {
  ensureTestImage,
  getContainerRuntime,
  noContainers,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'

const token = 'a-token-of-this-test'
const group = '/ecs/noisy'
const path = '/v1/ecs/real/clusters/prod'
const tasks = 5
const containers = ['web', 'sidecar']
const lines = 2_000
/** Prints numbered lines for about half a minute, then waits. A task that is stopped has printed a part of them. */
const script = `trap exit TERM
i=0
while [ $i -lt ${lines} ]; do
  i=$((i + 1))
  echo "line $i"
  [ $((i % 20)) = 0 ] && sleep 0.3
done
sleep 100000 & wait`

/** The gateway as a process that is killed and started again on the same folder. */
async function startGateway(t: TestContext, aws: EngineOverTcp) {
  const { folder, remove } = await newFolder()
  const { endpoint, credentials, region, defaults } = aws.account('real')
  const real = { region, endpoint, credentials: { ...credentials, secretAccessKey: 'env:AWS_SECRET' }, defaults }
  await writeFile(join(folder, 'ecs-api.yaml'), JSON.stringify({ token: 'env:TEST_TOKEN', accounts: { real } }))
  const serve = async () => {
    const env = { TEST_TOKEN: token, AWS_SECRET: (credentials as { secretAccessKey: string }).secretAccessKey }
    const running = startCli(['serve'], { folder, env })
    const [, url = ''] = await running.waitForOutput(/^(http:\S+)\n/m)
    return { ...running, url }
  }
  let running = await serve()
  t.after(async () => {
    running.child.kill('SIGKILL')
    await running.exit
    await remove()
  })
  return {
    url: () => running.url,
    /** Kills it and starts another one. */
    replace: async () => {
      running.child.kill('SIGKILL')
      await running.exit
      running = await serve()
    },
    call: async (method: string, url: string, body?: object) => {
      const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
      const response = await fetch(running.url + url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
      const text = await response.text()
      assert.ok(response.ok, `${method} ${url}: ${response.status} ${text}`)
      return JSON.parse(text)
    },
  }
}

type Gateway = Awaited<ReturnType<typeof startGateway>>

/** A client that resumes whenever its stream ends. */
function followWhatever(gateway: Gateway, url: string) {
  const before: FollowedLine[] = []
  let reader: LogFollower | undefined
  let lastId: string | undefined
  let isOver = false
  let resumed = 0
  const work = (async () => {
    while (!isOver) {
      const open = await followLines(gateway.url() + url, token, lastId).catch(() => undefined)
      if (open?.status !== 200) {
        await moment(100)
        continue
      }
      reader = open
      await reader.ended
      before.push(...reader.lines())
      lastId = reader.lastId() || lastId
      reader = undefined
      resumed++
    }
  })()
  const got = () => [...before, ...(reader?.lines() ?? [])]
  return {
    got,
    resumed: () => resumed,
    /** Resolves when the lines so far are enough. */
    until: async (isEnough: (got: readonly FollowedLine[]) => boolean) => {
      while (!isEnough(got())) await moment(200)
    },
    end: async () => {
      isOver = true
      reader?.close()
      await work
    },
  }
}

/** All lines that CloudWatch Logs has of the streams, by stream, read from it directly. */
async function storedLines(aws: EngineOverTcp): Promise<Map<string, string[]>> {
  const logs = logsClient(aws)
  const stored = new Map<string, string[]>()
  const { logStreams = [] } = await logs.describeLogStreams({ logGroupName: group })
  for (const { logStreamName = '' } of logStreams) {
    const messages: string[] = []
    let nextToken: string | undefined
    for (;;) {
      const page = await logs.getLogEvents({ logGroupName: group, logStreamName, startFromHead: true, nextToken })
      messages.push(...(page.events ?? []).map(({ message = '' }) => message))
      if (page.nextForwardToken === nextToken) break
      nextToken = page.nextForwardToken
    }
    stored.set(logStreamName, messages)
  }
  logs.destroy()
  return stored
}

const streamOf = ({ task, container }: FollowedLine) => `ecs/${container}/${task}`

function byStream(all: readonly FollowedLine[]): Map<string, string[]> {
  const groups = Map.groupBy(all, streamOf)
  return new Map([...groups].map(([stream, some]) => [stream, some.map(({ message }) => message)]))
}

function assertSame(got: readonly FollowedLine[], stored: ReadonlyMap<string, string[]>): void {
  const found = byStream(got)
  assert.deepEqual([...found.keys()].sort(), [...stored.keys()].sort())
  for (const [stream, messages] of stored) {
    const own = found.get(stream) ?? []
    const first = messages.findIndex((message, i) => own[i] !== message)
    const around = (some: readonly string[]) => some.slice(Math.max(0, first - 2), first + 3).join()
    assert.ok(first < 0 && own.length === messages.length, `${stream}: ${around(own)}, not ${around(messages)}`)
  }
}

async function readPages(gateway: Gateway, query: string): Promise<FollowedLine[][]> {
  const pages: FollowedLine[][] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`
    const page = await gateway.call('GET', `${path}/services/noisy/logs?${query}${after}`)
    pages.push(page.items)
    cursor = page.nextCursor
  }
  return pages
}

test('a follower gets each line once while tasks are replaced and the gateway is killed; pages meet without a gap', {
  skip: noContainers,
}, async (t) => {
  await ensureTestImage()
  const aws = await startEngineOverTcp({ runtime: getContainerRuntime().address })
  const logs = logsClient(aws)
  await logs.createLogGroup({ logGroupName: group })
  logs.destroy()
  const gateway = await startGateway(t, aws)
  const { call } = gateway
  const options = { 'awslogs-group': group, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'ecs' }
  await call('POST', '/v1/ecs/real/clusters', { name: 'prod' })
  await call('POST', '/v1/ecs/real/taskdefs', {
    family: 'noisy',
    executionRoleArn: 'arn:aws:iam::111122223333:role/execution',
    containerDefinitions: containers.map((name) => ({
      name,
      image: testImage,
      command: ['sh', '-c', script],
      stopTimeout: 2,
      logConfiguration: { logDriver: 'awslogs', options },
    })),
  })
  await call('POST', `${path}/services`, { name: 'noisy', taskDefinition: 'noisy', count: tasks })

  const follower = followWhatever(gateway, `${path}/services/noisy/logs?since=1h`)
  await follower.until((got) => got.length >= 2_000)
  await gateway.replace()
  await follower.until((got) => got.length >= 5_000)
  await call('POST', `${path}/services/noisy/restart`)
  await follower.until((got) => new Set(got.map(({ task }) => task)).size > tasks)
  await gateway.replace()
  const isComplete = (got: readonly FollowedLine[]) =>
    got.filter(({ message }) => message === `line ${lines}`).length >= tasks * containers.length
  await follower.until((got) => got.length >= 15_000)
  await gateway.replace()
  await follower.until(isComplete)
  // The deployment is over before the containers have printed everything, so no line is missing by now.
  const stored = await storedLines(aws)
  await follower.until((got) => got.length >= [...stored.values()].flat().length)
  await follower.end()
  assert.equal(stored.size, 2 * tasks * containers.length)
  for (const messages of stored.values())
    assert.deepEqual(
      messages,
      messages.map((_, i) => `line ${i + 1}`),
      'the engine has the lines in order',
    )
  assertSame(follower.got(), stored)
  assert.ok(follower.resumed() >= 4)
  t.diagnostic(`${follower.got().length} lines, resumed ${follower.resumed() - 1} times`)

  const times = follower.got().map(({ time }) => time)
  const middle = times.sort()[Math.floor(times.length / 2)]!
  const newer = (await readPages(gateway, `limit=1000&since=${middle}`)).flat()
  const older = (await readPages(gateway, `limit=700&until=${middle}`)).reverse().flat()
  assertSame([...older, ...newer], stored)
  assert.ok(older.length > 2_000 && newer.length > 2_000)
  const newest = (await readPages(gateway, 'limit=10000')).reverse().flat()
  assert.deepEqual(newest, [...older, ...newer], 'in the same order')
  await call('DELETE', `${path}/services/noisy?force=true&wait=INACTIVE&timeout=120`)
})
