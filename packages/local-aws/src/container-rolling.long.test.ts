import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { addressOf, cannotRun, openedWithContainers, webServer } from './testing/containers.ts'
import { idOf, workbench } from './testing/services.ts'

const skip = cannotRun

test('a web service of four is rolled over under load: never fewer healthy than its minimum, every answer right, each old task ended by SIGTERM', {
  skip,
}, async (t) => {
  const { ecs } = await openedWithContainers(t)
  const { register, create, service, stable, task, tasks, describe } = await workbench(ecs)
  const healthCheck = { command: ['CMD-SHELL', 'wget -qO- http://127.0.0.1/'], interval: 5, retries: 2 }
  const version = (says: string) => register('web', { ...webServer(says, { healthCheck }), stopTimeout: 20 })
  await version('one')
  await create({ desiredCount: 4, deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 } })
  await stable()
  const old = await tasks()
  assert.equal(old.length, 4)

  await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: await version('two') }))
  let [least, most] = [4, 4]
  const answers = new Set<string | undefined>()
  const rolled = stable()
  let over = false
  const ended = rolled.finally(() => {
    over = true
  })
  while (!over) {
    const now = await tasks()
    const healthy = now.filter(isServing)
    least = Math.min(least, healthy.length)
    most = Math.max(most, now.filter(({ lastStatus }) => lastStatus === 'RUNNING').length, (await service()).runningCount ?? 0)
    for (const one of healthy) answers.add(await answerOf(one, async () => isServing((await describe(one.taskArn))[0]!)))
  }
  await ended
  assert.ok(least >= 2, `${least} were healthy at least`)
  assert.ok(most <= 6, `${most} ran at most`)
  // However fast the machine is: both were asked while one took over from the other.
  assert.ok(answers.has('one') && answers.has('two'), [...answers].join())
  const replaced = await Promise.all(old.map(({ taskArn }) => task(taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')))
  // httpd's shell ends at once when it is told to, with the code of what it was waiting for.
  assert.deepEqual(
    replaced.map((one) => [idOf(one), one.containers?.[0]?.exitCode, Number(one.executionStoppedAt) - Number(one.stoppingAt) < 15_000]),
    old.map((one) => [idOf(one), 143, true]),
  )
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  await stable()
})

function isServing({ desiredStatus, lastStatus, healthStatus }: Task): boolean {
  return desiredStatus === 'RUNNING' && lastStatus === 'RUNNING' && healthStatus === 'HEALTHY'
}

/** Undefined where the task was taken out of service meanwhile. */
async function answerOf(task: Task, stillServing: () => Promise<boolean>): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://${addressOf(task)}/`)
    const text = await answer.text()
    assert.equal(answer.status, 200)
    return text.trim()
  } catch (error) {
    if (await stillServing()) throw error
    return undefined
  }
}
