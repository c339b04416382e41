// The output of containers is stored completely, once and in order: at full speed, and whatever happens to the engine
// meanwhile.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs'
import { noContainers, openEngineWithContainers, shellContainer } from '../testing/containers.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'
import { successiveEngines } from '../testing/successive-engines.ts'
import { executionRole, logConfiguration, taskLog } from '../testing/task-log.ts'
import { accountNumber, region } from '../testing/test-engine.ts'

const skip = noContainers
const lineCount = 200_000
const padding = '.'.repeat(92)

/** Lines of a hundred bytes, at full speed. */
const writeLines = (first: number, last: number) => `seq ${first} ${last} | busybox sed "s/$/ ${padding}/"`

function openLog(t: TestContext, config: CloudWatchLogsClientConfig, arn: string) {
  const log = taskLog(config, arn)
  t.after(log.close)
  return log
}

/** Reports only the first wrong line, because printing all lines would be too much. */
function assertComplete(log: readonly string[], count = lineCount): void {
  const wrong = log.findIndex((line, i) => line !== `${i + 1} ${padding}`)
  assert.deepEqual(
    { lines: log.length, firstWrong: wrong < 0 ? [] : [wrong, log[wrong]] },
    { lines: count, firstWrong: [] },
  )
}

test('a task that writes at full speed and ends at once has every line in its log', { skip }, async (t) => {
  const { ecs, aws } = await openEngineWithContainers(t)
  const { registerDefinitionWith, runTask, waitForTask } = await ecsSteps(ecs)
  const arn = await runTask(
    await registerDefinitionWith(
      executionRole,
      'writer',
      shellContainer(writeLines(1, lineCount), { logConfiguration }),
    ),
  )
  await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  assertComplete(
    await openLog(t, { region, credentials, requestHandler: aws.requestHandler(accountNumber) }, arn).lines(),
  )
})

test('lines without a newline, empty lines and lines beyond an event’s size are in the log as far as events allow', {
  skip,
}, async (t) => {
  const { ecs, aws } = await openEngineWithContainers(t)
  const { registerDefinitionWith, runTask, waitForTask } = await ecsSteps(ecs)
  const script = 'echo first; echo; printf "%0300000d\\n" 7; printf "no newline"'
  const arn = await runTask(
    await registerDefinitionWith(executionRole, 'writer', shellContainer(script, { logConfiguration })),
  )
  await waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const [first, long = '', rest = '', last, ...more] = await openLog(
    t,
    { region, credentials, requestHandler: aws.requestHandler(accountNumber) },
    arn,
  ).lines()
  assert.deepEqual([first, long.length + rest.length, last, more], ['first', 300_000, 'no newline', []])
  assert.ok(long.length > 240_000 && long.length <= 262_118, String(long.length))
})

test('after kill -9 while a container writes line by line, its log has every line once, in order', {
  skip,
}, async (t) => {
  const script = `i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); echo $i ${padding}; [ $((i % 100)) != 0 ] || sleep 0.1; done`
  assertComplete(await logOverKills(t, script, [1, 800, 1600]), 3000)
})

test('after kill -9 while a container writes at full speed and its output is read, its log has every line once, in order', {
  skip,
}, async (t) => {
  const script = `${writeLines(1, lineCount / 2)}; sleep 3; ${writeLines(lineCount / 2 + 1, lineCount)}`
  assertComplete(await logOverKills(t, script, [1, 30_000, 120_000]))
})

/** Returns the whole log of a task whose engine is killed each time its log has reached the next of `kills`. */
async function logOverKills(t: TestContext, script: string, kills: readonly number[]): Promise<string[]> {
  const { startEngine } = await successiveEngines(t)
  let running = await startEngine()
  let steps = await ecsSteps(running.ecs)
  const arn = await steps.runTask(
    await steps.registerDefinitionWith(executionRole, 'writer', shellContainer(script, { logConfiguration })),
  )
  for (const kill of kills) {
    const { lastLine } = openLog(t, running.client, arn)
    await steps.pollUntil(lastLine, (line = '0') => Number.parseInt(line, 10) >= kill)
    await running.engine.kill()
    running = await startEngine()
    steps = await ecsSteps(running.ecs)
  }
  await steps.waitForTask(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  const written = await openLog(t, running.client, arn).lines()
  assert.equal(await running.engine.stop(), 0)
  return written
}
