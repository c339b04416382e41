import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { addressOf, cannotRun, openedWithContainers, shell } from './testing/containers.ts'
import { workbench } from './testing/services.ts'

// Answers until it is told to end, and a little longer: what was on its way still arrives.
const server = (says: string) =>
  shell(`mkdir /www; echo ${says} > /www/index.html; httpd -f -p 80 -h /www & trap 'sleep 4; exit 0' TERM; wait`, {
    portMappings: [{ containerPort: 80 }],
    healthCheck: { command: ['CMD-SHELL', 'wget -q -O /dev/null http://127.0.0.1/'], interval: 5, timeout: 2, retries: 3 },
    stopTimeout: 10,
  })

test('a rolling deployment under load: never fewer healthy tasks than the minimum, no request fails, each old task gets its SIGTERM', {
  skip: cannotRun,
}, async (t) => {
  const { ecs } = await openedWithContainers(t)
  const bench = await workbench(ecs)
  await bench.register('web', server('one'))
  await bench.create({ desiredCount: 4, deploymentConfiguration: { minimumHealthyPercent: 75, maximumPercent: 150 } })
  await bench.stable()
  const before = await bench.tasks()

  const load = startLoad(() => bench.tasks())
  await bench.register('web', server('two'))
  await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: 'web' }))
  await bench.stable()
  const { least, answers, failures } = await load.stop()

  assert.ok(least >= 3, `there were only ${least} healthy tasks`)
  assert.deepEqual(failures, [])
  assert.ok(answers.get('one\n')! > 0 && answers.get('two\n')! > 0, JSON.stringify([...answers]))
  const stopped = await Promise.all(before.map(({ taskArn }) => bench.task(taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')))
  const endings = stopped.map(({ stopCode, containers }) => [stopCode, containers?.[0]?.exitCode])
  // Killed it would be 137; its own handler of SIGTERM ends it with 0.
  assert.deepEqual(endings, Array(4).fill(['ServiceSchedulerInitiated', 0]))
})

/** Asks the running, healthy tasks all the time, and counts them. */
function startLoad(tasks: () => Promise<Task[]>) {
  const answers = new Map<string, number>()
  const failures: string[] = []
  let least = Number.POSITIVE_INFINITY
  let isOver = false
  async function go(): Promise<void> {
    while (!isOver) {
      const healthy = (await tasks()).filter(({ lastStatus, healthStatus }) => lastStatus === 'RUNNING' && healthStatus === 'HEALTHY')
      least = Math.min(least, healthy.length)
      await Promise.all(healthy.map((task) => ask(`http://${addressOf(task)}/`)))
    }
  }
  async function ask(url: string): Promise<void> {
    try {
      const text = await (await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(10_000) })).text()
      answers.set(text, (answers.get(text) ?? 0) + 1)
    } catch (error) {
      failures.push(`${url}: ${error instanceof Error ? (error.cause ?? error.message) : error}`)
    }
  }
  const going = go()
  return {
    async stop() {
      isOver = true
      await going
      return { least, answers, failures }
    },
  }
}
