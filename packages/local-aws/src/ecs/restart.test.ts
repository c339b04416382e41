import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { DescribeTasksCommand, ListTasksCommand, RunTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { createDataFolder } from '../testing/data-folder.ts'
import { awsvpcNetwork, ecsSteps } from '../testing/ecs-steps.ts'
import { openTestEngine } from '../testing/test-engine.ts'

test('after a restart tasks keep running, and services reach their requested state', async (t) => {
  const data = createDataFolder(t)
  const first = await openTestEngine(t, { data, pace: 'fast' }, { isClosedByTest: true })
  const before = await ecsSteps(first.ecs)
  await before.registerDefinition('web')
  await before.registerDefinition('job', {
    dockerLabels: { 'ecs-api.simulated.exit-after': '0.3', 'ecs-api.simulated.exit-code': '4' },
  })
  await before.createService({ desiredCount: 3 })
  await before.waitUntilStable()
  const kept = await before.tasksOfService()
  const { tasks } = await first.ecs.send(
    new RunTaskCommand({ taskDefinition: 'job', launchType: 'FARGATE', networkConfiguration: awsvpcNetwork }),
  )
  await before.waitForTask(tasks![0]!.taskArn, ({ lastStatus }) => lastStatus === 'RUNNING')
  await first.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 5 }))
  await first.aws.close()

  const second = await openTestEngine(t, { data, pace: 'fast' })
  const after = await ecsSteps(second.ecs)
  const job = await after.waitForTask(tasks![0]!.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.equal(job.containers![0]!.exitCode, 4)
  await after.pollUntil(after.describeService, (service) => service.runningCount === 5)
  const now = await after.tasksOfService()
  for (const task of kept) {
    const same = now.find(({ taskArn }) => taskArn === task.taskArn)
    assert.equal(same?.lastStatus, 'RUNNING')
    assert.equal(same?.version, task.version)
    assert.deepEqual(same?.startedAt, task.startedAt)
  }
  assert.equal(new Set(now.map((task) => task.attachments![0]!.details!.at(-1)!.value)).size, 5)
})

/** Members of stored records, each with the name that an earlier version gave it. */
const earlierNames: Record<string, [name: string, earlierName: string][]> = {
  'the first version': [
    ['internal', 'engine'],
    ['conditions', 'standing'],
    ['observed', 'sights'],
    ['countedAs', 'noted'],
  ],
  'the version with `engineState`': [['internal', 'engineState']],
}

for (const [version, names] of Object.entries(earlierNames))
  test(`records stored by ${version} are read: no event is emitted twice, and every task stops`, async (t) => {
    const data = createDataFolder(t)
    const first = await openTestEngine(t, { data, pace: 'fast' }, { isClosedByTest: true })
    const before = await ecsSteps(first.ecs)
    await before.registerDefinition('web')
    await before.createService({ desiredCount: 2 })
    const { events } = await before.waitUntilStable()
    await first.aws.close()

    const db = new DatabaseSync(join(data, 'state.db'))
    const { changes } = db
      .prepare(
        `UPDATE records SET value = ${names.reduce((value, [name, earlierName]) => `replace(${value}, '"${name}":', '"${earlierName}":')`, 'value')}
       WHERE value LIKE '%"internal":%'`,
      )
      .run()
    db.close()
    assert.equal(changes, 4)

    const second = await openTestEngine(t, { data, pace: 'fast' })
    const after = await ecsSteps(second.ecs)
    assert.deepEqual((await after.waitUntilStable()).events, events)
    await second.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
    await after.waitUntilStable()
    assert.deepEqual(await after.tasksOfService(), [])
  })

test('a failed task is counted once, also when its record was stored with `counted` instead of `countedAs`', async (t) => {
  const data = createDataFolder(t)
  const first = await openTestEngine(t, { data, pace: 'fast' }, { isClosedByTest: true })
  const before = await ecsSteps(first.ecs)
  await before.registerDefinition('web', {
    dockerLabels: { 'ecs-api.simulated.exit-after': '0.01', 'ecs-api.simulated.exit-code': '1' },
  })
  await before.createService({ desiredCount: 2 })
  await before.pollUntil(before.describeService, ({ deployments }) => deployments![0]!.failedTasks! >= 2)
  await first.aws.close()

  const db = new DatabaseSync(join(data, 'state.db'))
  const { changes } = db
    .prepare(
      `UPDATE records SET value = replace(value, '"countedAs":', '"counted":') WHERE value LIKE '%"countedAs":%'`,
    )
    .run()
  db.close()
  assert.ok(Number(changes) >= 2)

  const second = await openTestEngine(t, { data, pace: 'fast' })
  const after = await ecsSteps(second.ecs)
  await second.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  await after.waitUntilStable()
  const { taskArns } = await second.ecs.send(new ListTasksCommand({ serviceName: 'web', desiredStatus: 'STOPPED' }))
  const { tasks } = await second.ecs.send(new DescribeTasksCommand({ tasks: taskArns }))
  const exited = tasks!.filter(({ stopCode }) => stopCode === 'EssentialContainerExited')
  const { failedTasks } = (await after.describeService()).deployments![0]!
  assert.ok(failedTasks! <= exited.length, `${failedTasks} failures of ${exited.length} tasks`)
})
