import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as moment } from 'node:timers/promises'
import { type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { addressOf, cannotRun, openedWithContainers, webServerContainer } from '../testing/containers.ts'
import { idOf, workbench } from '../testing/services.ts'

const skip = cannotRun

test('a rolling update of four web tasks under load keeps its minimum healthy, serves every request, and ends old tasks by SIGTERM', {
  skip,
}, async (t) => {
  const { ecs } = await openedWithContainers(t)
  const { register, create, service, stable, taskWhen, tasks, describe } = await workbench(ecs)
  const healthCheck = { command: ['CMD-SHELL', 'wget -qO- http://127.0.0.1/'], interval: 5, retries: 2 }
  const version = (says: string) => register('web', { ...webServerContainer(says, { healthCheck }), stopTimeout: 20 })
  await version('one')
  await create({ desiredCount: 4, deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 } })
  await stable()
  const old = await tasks()
  assert.equal(old.length, 4)

  await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: await version('two') }))
  let [least, most] = [4, 4]
  const answers = new Set<string>()
  const requests = new Map<string, PendingRequest>()
  const rolled = stable()
  let over = false
  const ended = rolled.finally(() => {
    over = true
  })
  while (!over) {
    const now = await tasks()
    const healthy = now.filter(isServing)
    least = Math.min(least, healthy.length)
    most = Math.max(
      most,
      now.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
      (await service()).runningCount ?? 0,
    )
    const serving = new Map(healthy.map((one) => [one.taskArn!, addressOf(one)]))
    for (const [arn, request] of requests) if (!serving.has(arn)) request.abort()
    for (const [arn, address] of serving) {
      if (requests.has(arn)) continue
      const aborted = new AbortController()
      const done = sendRequest(address, aborted.signal).then(
        (text) => {
          answers.add(text)
          requests.delete(arn)
        },
        async (error) => {
          if (!aborted.signal.aborted && isServing((await describe(arn))[0]!)) throw error
          requests.delete(arn)
        },
      )
      done.catch(() => undefined) // awaited below
      requests.set(arn, { done, abort: () => aborted.abort() })
    }
    // Requests need processor time between two polls.
    await moment(5)
  }
  await ended
  for (const [arn, request] of requests) {
    if (!isServing((await describe(arn))[0]!)) request.abort()
    await request.done
  }
  assert.ok(least >= 2, `${least} were healthy at least`)
  assert.ok(most <= 6, `${most} ran at most`)
  // Both versions must respond during the update, however fast the machine is.
  assert.ok(answers.has('one') && answers.has('two'), [...answers].join())
  const replaced = await Promise.all(
    old.map(({ taskArn }) => taskWhen(taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')),
  )
  // httpd's shell ends at once on SIGTERM, with the exit code of the process that it waits for.
  assert.deepEqual(
    replaced.map((one) => [
      idOf(one),
      one.containers?.[0]?.exitCode,
      Number(one.executionStoppedAt) - Number(one.stoppingAt) < 15_000,
    ]),
    old.map((one) => [idOf(one), 143, true]),
  )
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  await stable()
})

function isServing({ desiredStatus, lastStatus, healthStatus }: Task): boolean {
  return desiredStatus === 'RUNNING' && lastStatus === 'RUNNING' && healthStatus === 'HEALTHY'
}

/**
 * A request to a task. Requests run concurrently and are aborted with their task: when a task stops, its network takes
 * its connections with it, so a request sent just before gets neither a response nor a reset for a minute.
 */
interface PendingRequest {
  /** Rejected when the task should have responded. */
  done: Promise<void>
  abort(): void
}

async function sendRequest(address: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(`http://${address}/`, { signal })
  const text = await answer.text()
  assert.equal(answer.status, 200)
  return text.trim()
}
