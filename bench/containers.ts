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
const singleRuns = 5
const manyTasks = 50
const idleSeconds = 20
const lineCount = 200_000
const timeoutMs = 60_000
const logGroup = '/bench'
const tasksPath = '/local/clusters/bench/tasks'

/** A script that prints one line, and runs until it is stopped. */
const readyScript = 'trap exit TERM; echo ready; sleep 86400 & wait'
/** A script that waits 2 s for a follower, then prints lines of a hundred bytes as fast as it can. */
const writerScript = `sleep 2; seq ${lineCount} | sed "s/$/ ${'.'.repeat(92)}/"`

interface Setup {
  gateway: Gateway
  logs: EngineLogs
  cli: ContainerCli
}

const noMeasurements = () => ({
  taskMs: [] as number[],
  runMs: [] as number[],
  manyTasksMs: [] as number[],
  manyRunsMs: [] as number[],
  manyPairsMs: [] as number[],
  mibPerTask: [] as number[],
  idlePercent: [] as number[],
  storedPerSecond: [] as number[],
  followedPerSecond: [] as number[],
  lostLines: [] as number[],
  unfollowedLines: [] as number[],
})

/** @throws CannotRun where no container runtime responds */
export async function containersBench(): Promise<Figure[]> {
  const results = noMeasurements()
  for (let round = 0; round < rounds; round++) await withSetup((setup) => measure(setup, results))
  const ratio = (numerators: number[], denominators: number[]) => numerators.map((value, i) => value / denominators[i]!)
  const ratioGoal = { words: '≤ 1.5', isMet: (value: number) => value <= 1.5 }
  return [
    { name: 'POST task → its first line in CloudWatch Logs', unit: 'ms', values: results.taskMs },
    { name: '… `run` of the same image until its first line', unit: 'ms', values: results.runMs },
    { name: 'task ÷ run', unit: 'ratio', values: ratio(results.taskMs, results.runMs), goal: ratioGoal },
    { name: `POST of ${manyTasks} tasks → the line of the last one`, unit: 'ms', values: results.manyTasksMs },
    { name: `… \`xargs -P 8\` of ${manyTasks} \`run -d\``, unit: 'ms', values: results.manyRunsMs },
    {
      name: `… likewise, each with a container that holds its network, as a task has`,
      unit: 'ms',
      values: results.manyPairsMs,
    },
    {
      name: `${manyTasks} tasks ÷ ${manyTasks} runs`,
      unit: 'ratio',
      values: ratio(results.manyTasksMs, results.manyRunsMs),
      goal: ratioGoal,
    },
    {
      name: `${manyTasks} tasks ÷ ${manyTasks} runs of two containers`,
      unit: 'ratio',
      values: ratio(results.manyTasksMs, results.manyPairsMs),
    },
    {
      name: `resident memory (gateway and engine) per running task, ${manyTasks} against 0`,
      unit: 'MiB',
      values: results.mibPerTask,
    },
    {
      name: `processor time at rest with ${manyTasks} tasks, over ${idleSeconds} s`,
      unit: '% of a core',
      values: results.idlePercent,
      goal: { words: '< 1 %', isMet: (percent) => percent < 1 },
    },
    {
      name: `${lineCount} lines of 100 bytes by one task: kept in CloudWatch Logs`,
      unit: 'lines/s',
      values: results.storedPerSecond,
    },
    { name: '… shown by `logs -f` of the same writer', unit: 'lines/s', values: results.followedPerSecond },
    { name: 'kept ÷ shown', unit: 'ratio', values: ratio(results.storedPerSecond, results.followedPerSecond) },
    {
      name: 'lines of the task lost',
      unit: 'lines',
      values: results.lostLines,
      goal: { words: 'none', isMet: (value) => value === 0 },
    },
    { name: '… not shown by `logs -f`', unit: 'lines', values: results.unfollowedLines },
  ]
}

async function measure(setup: Setup, results: ReturnType<typeof noMeasurements>): Promise<void> {
  const { gateway, cli } = setup
  for (let single = 0; single < singleRuns; single++) {
    results.runMs.push(await cli.firstLineMs(readyScript))
    results.taskMs.push(await startTasksMs(setup, 1))
    await stopTasks(gateway)
  }
  results.manyRunsMs.push(await cli.startManyMs(readyScript, manyTasks))
  results.manyPairsMs.push(await cli.startManyMs(readyScript, manyTasks, { withNetworkHolder: true }))
  const idleMiB = gateway.residentMiB()
  results.manyTasksMs.push(await startTasksMs(setup, manyTasks))
  results.mibPerTask.push((gateway.residentMiB() - idleMiB) / manyTasks)
  const cpuSecondsBefore = gateway.cpuSeconds()
  await pause(idleSeconds * 1000)
  results.idlePercent.push(((gateway.cpuSeconds() - cpuSecondsBefore) / idleSeconds) * 100)
  await stopTasks(gateway)
  const shown = await cli.followLogs(writerScript)
  results.followedPerSecond.push(shown.linesPerSecond)
  results.unfollowedLines.push(lineCount - shown.lines)
  const stored = await countStoredLines(setup)
  results.storedPerSecond.push(stored.linesPerSecond)
  results.lostLines.push(lineCount - stored.lines)
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
    const engineId = await cli.engineIdOf(task)
    // A gateway that is stopped removes its containers itself. This is for a gateway that was killed.
    cleanups.splice(-1, 0, () => cli.removeEngine(engineId))
    cleanups.unshift(() => stopTasks(gateway))
    await stopTasks(gateway)
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
  for (const [family, script] of Object.entries({ ready: readyScript, writer: writerScript }))
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
              'awslogs-group': logGroup,
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
async function startTasksMs({ gateway, logs }: Setup, count: number): Promise<number> {
  const started = Date.now()
  await startTasks(gateway, 'ready', count)
  while (Date.now() < started + timeoutMs) {
    const receivedAt = await logs.linesSince(logGroup, started)
    if (receivedAt.length === count) return Math.max(...receivedAt) - started
    await pause(100)
  }
  throw new Error(`not all of ${count} tasks have written their line within ${timeoutMs} ms`)
}

/** Runs the writer to its end. Returns how many of its lines the logs have, and how many they received a second. */
async function countStoredLines({ gateway, logs }: Setup): Promise<{ lines: number; linesPerSecond: number }> {
  const [task = ''] = await startTasks(gateway, 'writer', 1, 'STOPPED')
  const receivedTimes = await logs.linesOfStream(logGroup, `writer/app/${task}`)
  const [first = 0, last = 0] = [receivedTimes[0], receivedTimes.at(-1)]
  return { lines: receivedTimes.length, linesPerSecond: receivedTimes.length / ((last - first) / 1000) }
}

async function stopTasks(gateway: Gateway): Promise<void> {
  const { items } = (await gateway.call('GET', tasksPath)) as { items: { id: string }[] }
  await Promise.all(items.map(({ id }) => gateway.call('DELETE', `${tasksPath}/${id}?wait=STOPPED&timeout=120`)))
}
