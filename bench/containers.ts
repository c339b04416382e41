/**
 * Measures the time and memory of tasks that run as real containers, and compares them with `run` of the container
 * runtime.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { withCleanups } from './cleanups.ts'
import { type ContainerCli, openContainerCli } from './container-cli.ts'
import { type EngineLogs, openEngineLogs } from './engine-logs.ts'
import { CannotRun, type Figure } from './figures.ts'
import { type Gateway, startGateway } from './gateway.ts'

const rounds = 2
const singles = 5
const many = 50
const restSeconds = 20
const lines = 200_000
const timeoutMs = 60_000
const group = '/bench'
const tasksPath = '/local/clusters/bench/tasks'

/** Prints its line, and runs until it is stopped. */
const ready = 'trap exit TERM; echo ready; sleep 86400 & wait'
/** Waits for a follower, then prints lines of a hundred bytes as fast as it can. */
const writer = `sleep 2; seq ${lines} | sed "s/$/ ${'.'.repeat(92)}/"`

interface Setup {
  gateway: Gateway
  logs: EngineLogs
  cli: ContainerCli
}

const noMeasurements = () => ({
  taskMs: [] as number[],
  runMs: [] as number[],
  tasksMs: [] as number[],
  runsMs: [] as number[],
  pairsMs: [] as number[],
  memory: [] as number[],
  restPercent: [] as number[],
  keptRate: [] as number[],
  followed: [] as number[],
  lost: [] as number[],
  unfollowed: [] as number[],
})

/** @throws CannotRun where no container runtime responds */
export async function containersBench(): Promise<Figure[]> {
  const results = noMeasurements()
  for (let round = 0; round < rounds; round++) await withSetup((setup) => measure(setup, results))
  const ratio = (own: number[], other: number[]) => own.map((value, i) => value / other[i]!)
  const atMost = { words: '≤ 1.5', met: (value: number) => value <= 1.5 }
  return [
    { name: 'POST task → its first line in CloudWatch Logs', unit: 'ms', values: results.taskMs },
    { name: '… `run` of the same image until its first line', unit: 'ms', values: results.runMs },
    { name: 'task ÷ run', unit: 'ratio', values: ratio(results.taskMs, results.runMs), goal: atMost },
    { name: `POST of ${many} tasks → the line of the last one`, unit: 'ms', values: results.tasksMs },
    { name: `… \`xargs -P 8\` of ${many} \`run -d\``, unit: 'ms', values: results.runsMs },
    {
      name: `… likewise, each with a container that holds its network, as a task has`,
      unit: 'ms',
      values: results.pairsMs,
    },
    {
      name: `${many} tasks ÷ ${many} runs`,
      unit: 'ratio',
      values: ratio(results.tasksMs, results.runsMs),
      goal: atMost,
    },
    {
      name: `${many} tasks ÷ ${many} runs of two containers`,
      unit: 'ratio',
      values: ratio(results.tasksMs, results.pairsMs),
    },
    {
      name: `resident memory (gateway and engine) per running task, ${many} against 0`,
      unit: 'MiB',
      values: results.memory,
    },
    {
      name: `processor time at rest with ${many} tasks, over ${restSeconds} s`,
      unit: '% of a core',
      values: results.restPercent,
      goal: { words: '< 1 %', met: (percent) => percent < 1 },
    },
    {
      name: `${lines} lines of 100 bytes by one task: kept in CloudWatch Logs`,
      unit: 'lines/s',
      values: results.keptRate,
    },
    { name: '… shown by `logs -f` of the same writer', unit: 'lines/s', values: results.followed },
    { name: 'kept ÷ shown', unit: 'ratio', values: ratio(results.keptRate, results.followed) },
    {
      name: 'lines of the task lost',
      unit: 'lines',
      values: results.lost,
      goal: { words: 'none', met: (value) => value === 0 },
    },
    { name: '… not shown by `logs -f`', unit: 'lines', values: results.unfollowed },
  ]
}

async function measure(setup: Setup, results: ReturnType<typeof noMeasurements>): Promise<void> {
  const { gateway, cli } = setup
  for (let single = 0; single < singles; single++) {
    results.runMs.push(await cli.firstLineMs(ready))
    results.taskMs.push(await startedMs(setup, 1))
    await stopAll(gateway)
  }
  results.runsMs.push(await cli.startManyMs(ready, many))
  results.pairsMs.push(await cli.startManyMs(ready, many, 'pairs'))
  const before = gateway.residentMiB()
  results.tasksMs.push(await startedMs(setup, many))
  results.memory.push((gateway.residentMiB() - before) / many)
  const used = gateway.cpuSeconds()
  await pause(restSeconds * 1000)
  results.restPercent.push(((gateway.cpuSeconds() - used) / restSeconds) * 100)
  await stopAll(gateway)
  const shown = await cli.followed(writer)
  results.followed.push(shown.linesPerSecond)
  results.unfollowed.push(lines - shown.lines)
  const kept = await keptLines(setup)
  results.keptRate.push(kept.linesPerSecond)
  results.lost.push(lines - kept.lines)
}

/** Runs `work` with a gateway and an engine of its own on real containers, and removes everything afterwards. */
async function withSetup(work: (setup: Setup) => Promise<void>): Promise<void> {
  await withCleanups(async (cleanups) => {
    const gateway = await startGateway({
      ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'auto',
      ECS_API_ACCOUNTS_LOCAL_LISTEN: '127.0.0.1:0',
    })
    cleanups.push(gateway.stop)
    const cli = await openContainerCli(await runtimeOf(gateway))
    cleanups.push(cli.close)
    const logs = openEngineLogs(join(gateway.folder, 'local-aws'))
    cleanups.unshift(logs.close)
    await defineTasks(gateway, cli.image)
    const [task = ''] = await startTasks(gateway, 'ready', 1, 'RUNNING')
    const engineId = await cli.engineOf(task)
    // The gateway leaves nothing behind when it ends in order; this is for all other cases.
    cleanups.splice(-1, 0, () => cli.removeEngine(engineId))
    cleanups.unshift(() => stopAll(gateway))
    await stopAll(gateway)
    await work({ gateway, logs, cli })
  })
}

async function runtimeOf(gateway: Gateway): Promise<string> {
  const { items } = (await gateway.call('GET', '/accounts')) as { items: { runtime: string }[] }
  const runtime = items[0]?.runtime ?? 'simulated'
  if (runtime === 'simulated') throw new CannotRun('No container runtime answers here: neither Docker nor Podman.')
  return runtime
}

async function defineTasks(gateway: Gateway, image: string): Promise<void> {
  await gateway.call('PUT', '/local/clusters/bench', {})
  for (const [family, script] of Object.entries({ ready, writer }))
    await gateway.call('POST', '/local/taskdefs', {
      family,
      // The task gets a whole processor, because the time that it waits for a share would be counted as the engine's.
      cpu: 1024,
      memory: 2048,
      executionRoleArn: 'arn:aws:iam::000000000000:role/bench',
      containerDefinitions: [
        {
          name: 'app',
          image,
          command: ['sh', '-c', script],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': group,
              'awslogs-region': 'us-east-1',
              'awslogs-stream-prefix': family,
              'awslogs-create-group': 'true',
            },
          },
        },
      ],
    })
}

async function startTasks(
  gateway: Gateway,
  taskDefinition: string,
  count: number,
  wait?: 'RUNNING' | 'STOPPED',
): Promise<string[]> {
  const query = wait ? `?wait=${wait}&timeout=120` : ''
  const { items } = (await gateway.call('POST', `${tasksPath}${query}`, { taskDefinition, count })) as {
    items: { id: string }[]
  }
  if (items.length !== count) throw new Error(`${items.length} of ${count} tasks were started`)
  return items.map(({ id }) => id)
}

/** Milliseconds from the POST until the engine's logs have the line of the last task. */
async function startedMs({ gateway, logs }: Setup, count: number): Promise<number> {
  const started = Date.now()
  await startTasks(gateway, 'ready', count)
  while (Date.now() < started + timeoutMs) {
    const receivedAt = await logs.since(group, started)
    if (receivedAt.length === count) return Math.max(...receivedAt) - started
    await pause(100)
  }
  throw new Error(`not all of ${count} tasks have written their line within ${timeoutMs} ms`)
}

/** The number of the writer's lines in the logs when its task has stopped, and lines a second. */
async function keptLines({ gateway, logs }: Setup): Promise<{ lines: number; linesPerSecond: number }> {
  const [task = ''] = await startTasks(gateway, 'writer', 1, 'STOPPED')
  const kept = await logs.all(group, `writer/app/${task}`)
  const [first = 0, last = 0] = [kept[0], kept.at(-1)]
  return { lines: kept.length, linesPerSecond: kept.length / ((last - first) / 1000) }
}

async function stopAll(gateway: Gateway): Promise<void> {
  const { items } = (await gateway.call('GET', tasksPath)) as { items: { id: string }[] }
  await Promise.all(items.map(({ id }) => gateway.call('DELETE', `${tasksPath}/${id}?wait=STOPPED&timeout=120`)))
}
