import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { noContainers, openEngineWithContainers, taskAddressOf, webServerContainer } from '../testing/containers.ts'
import { ecsSteps, taskIdOf } from '../testing/ecs-steps.ts'

const skip = noContainers

test('a rolling update of four web tasks under load keeps its minimum healthy, serves every request, and ends old tasks by SIGTERM', {
  skip,
}, async (t) => {
  const { ecs } = await openEngineWithContainers(t)
  const {
    registerDefinition,
    createService,
    describeService,
    waitUntilStable,
    waitForTask,
    tasksOfService,
    describeTasks,
  } = await ecsSteps(ecs)
  const healthCheck = { command: ['CMD-SHELL', 'wget -qO- http://127.0.0.1/'], interval: 5, retries: 2 }
  const version = (text: string) =>
    registerDefinition('web', { ...webServerContainer(text, { healthCheck }), stopTimeout: 20 })
  await version('one')
  await createService({ desiredCount: 4, deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 } })
  await waitUntilStable()
  const old = await tasksOfService()
  assert.equal(old.length, 4)

  await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: await version('two') }))
  let [minHealthy, maxRunning] = [4, 4]
  const responses = new Set<string>()
  const requests = new Map<string, PendingRequest>()
  let isUpdateOver = false
  const updateEnded = waitUntilStable().finally(() => {
    isUpdateOver = true
  })
  while (!isUpdateOver) {
    const now = await tasksOfService()
    const healthy = now.filter(isServing)
    minHealthy = Math.min(minHealthy, healthy.length)
    maxRunning = Math.max(
      maxRunning,
      now.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
      (await describeService()).runningCount ?? 0,
    )
    const serving = new Map(healthy.map((one) => [one.taskArn!, taskAddressOf(one)]))
    for (const [arn, request] of requests) if (!serving.has(arn)) request.abort()
    for (const [arn, address] of serving) {
      if (requests.has(arn)) continue
      const aborted = new AbortController()
      const done = sendRequest(address, aborted.signal).then(
        (text) => {
          responses.add(text)
          requests.delete(arn)
        },
        async (error) => {
          if (!aborted.signal.aborted && isServing((await describeTasks(arn))[0]!)) throw error
          requests.delete(arn)
        },
      )
      done.catch(() => undefined) // awaited below
      requests.set(arn, { done, abort: () => aborted.abort() })
    }
    // Requests need processor time between two polls.
    await delay(5)
  }
  await updateEnded
  for (const [arn, request] of requests) {
    if (!isServing((await describeTasks(arn))[0]!)) request.abort()
    await request.done
  }
  assert.ok(minHealthy >= 2, `at times only ${minHealthy} were healthy`)
  assert.ok(maxRunning <= 6, `at times ${maxRunning} ran`)
  // Both versions must respond during the update, however fast the machine is.
  assert.ok(responses.has('one') && responses.has('two'), [...responses].join())
  const replaced = await Promise.all(
    old.map(({ taskArn }) => waitForTask(taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')),
  )
  // httpd's shell ends at once on SIGTERM, with the exit code of the process that it waits for.
  assert.deepEqual(
    replaced.map((one) => [
      taskIdOf(one),
      one.containers?.[0]?.exitCode,
      Number(one.executionStoppedAt) - Number(one.stoppingAt) < 15_000,
    ]),
    old.map((one) => [taskIdOf(one), 143, true]),
  )
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  await waitUntilStable()
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
  const response = await fetch(`http://${address}/`, { signal })
  const text = await response.text()
  assert.equal(response.status, 200)
  return text.trim()
}
