import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { DescribeTasksCommand, ListTasksCommand, RunTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { dataFolder } from '../testing/data-folder.ts'
import { openedAws } from '../testing/opened-aws.ts'
import { awsvpcNetwork, workbench } from '../testing/services.ts'

test('after a restart tasks keep running, and services reach their requested state', async (t) => {
  const data = dataFolder(t)
  const first = await openedAws(t, { data, pace: 'fast' }, { closesItself: true })
  const before = await workbench(first.ecs)
  await before.register('web')
  await before.register('job', {
    dockerLabels: { 'ecs-api.simulated.exit-after': '0.3', 'ecs-api.simulated.exit-code': '4' },
  })
  await before.create({ desiredCount: 3 })
  await before.stable()
  const kept = await before.tasks()
  const { tasks } = await first.ecs.send(
    new RunTaskCommand({ taskDefinition: 'job', launchType: 'FARGATE', networkConfiguration: awsvpcNetwork }),
  )
  await before.taskWhen(tasks![0]!.taskArn, ({ lastStatus }) => lastStatus === 'RUNNING')
  await first.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 5 }))
  await first.aws.close()

  const second = await openedAws(t, { data, pace: 'fast' })
  const after = await workbench(second.ecs)
  const job = await after.taskWhen(tasks![0]!.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.equal(job.containers![0]!.exitCode, 4)
  await after.until(after.service, (service) => service.runningCount === 5)
  const now = await after.tasks()
  for (const task of kept) {
    const same = now.find(({ taskArn }) => taskArn === task.taskArn)
    assert.equal(same?.lastStatus, 'RUNNING')
    assert.equal(same?.version, task.version)
    assert.deepEqual(same?.startedAt, task.startedAt)
  }
  assert.equal(new Set(now.map((task) => task.attachments![0]!.details!.at(-1)!.value)).size, 5)
})

test('state stored by the first versions continues: no event is emitted twice, and every task stops', async (t) => {
  const data = dataFolder(t)
  const first = await openedAws(t, { data, pace: 'fast' }, { closesItself: true })
  const before = await workbench(first.ecs)
  await before.register('web')
  await before.create({ desiredCount: 2 })
  const { events } = await before.stable()
  await first.aws.close()

  const db = new DatabaseSync(join(data, 'state.db'))
  const { changes } = db
    .prepare(
      `UPDATE records SET value = replace(replace(replace(replace(
         value, '"engineState":', '"engine":'), '"conditions":', '"standing":'), '"observed":', '"sights":'), '"countedAs":', '"noted":')
       WHERE value LIKE '%"engineState":%'`,
    )
    .run()
  db.close()
  assert.equal(changes, 4)

  const second = await openedAws(t, { data, pace: 'fast' })
  const after = await workbench(second.ecs)
  assert.deepEqual((await after.stable()).events, events)
  await second.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  await after.stable()
  assert.deepEqual(await after.tasks(), [])
})

test('a failed task is counted once, also when its record was stored with `counted` instead of `countedAs`', async (t) => {
  const data = dataFolder(t)
  const first = await openedAws(t, { data, pace: 'fast' }, { closesItself: true })
  const before = await workbench(first.ecs)
  await before.register('web', {
    dockerLabels: { 'ecs-api.simulated.exit-after': '0.01', 'ecs-api.simulated.exit-code': '1' },
  })
  await before.create({ desiredCount: 2 })
  await before.until(before.service, ({ deployments }) => deployments![0]!.failedTasks! >= 2)
  await first.aws.close()

  const db = new DatabaseSync(join(data, 'state.db'))
  const { changes } = db
    .prepare(
      `UPDATE records SET value = replace(value, '"countedAs":', '"counted":') WHERE value LIKE '%"countedAs":%'`,
    )
    .run()
  db.close()
  assert.ok(Number(changes) >= 2)

  const second = await openedAws(t, { data, pace: 'fast' })
  const after = await workbench(second.ecs)
  await second.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }))
  await after.stable()
  const { taskArns } = await second.ecs.send(new ListTasksCommand({ serviceName: 'web', desiredStatus: 'STOPPED' }))
  const { tasks } = await second.ecs.send(new DescribeTasksCommand({ tasks: taskArns }))
  const exited = tasks!.filter(({ stopCode }) => stopCode === 'EssentialContainerExited')
  const { failedTasks } = (await after.service()).deployments![0]!
  assert.ok(failedTasks! <= exited.length, `${failedTasks} failures of ${exited.length} tasks`)
})
