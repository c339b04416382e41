import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs'
import { ecsSteps } from '../../testing/ecs-steps.ts'
import { openTestEngine } from '../../testing/test-engine.ts'
import { defaultSubnets } from './subnets.ts'

test('each subnet has a range of its own, and a released address is not reused at once', async (t) => {
  const { ecs } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  await steps.registerDefinition('job')
  const runIn = async (subnet: string) => {
    const networkConfiguration = { awsvpcConfiguration: { subnets: [subnet] } }
    const { tasks } = await ecs.send(
      new RunTaskCommand({ taskDefinition: 'job', launchType: 'FARGATE', networkConfiguration }),
    )
    const task = await steps.waitForTask(tasks![0]!.taskArn, ({ lastStatus }) => lastStatus === 'RUNNING')
    return { task, address: task.attachments![0]!.details!.at(-1)!.value! }
  }
  const first = await runIn('subnet-0a1b2c3d')
  await ecs.send(new StopTaskCommand({ task: first.task.taskArn }))
  await steps.waitForTask(first.task.taskArn, ({ lastStatus }) => lastStatus === 'STOPPED')
  const second = await runIn('subnet-0a1b2c3d')
  assert.notEqual(second.address, first.address)
  const other = await runIn('subnet-0a1b2c3e0a1b2c3e0')
  const built = await runIn(defaultSubnets[1]!)
  assert.match(built.address, /^10\.0\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+$/)
  assert.equal(built.task.availabilityZone, 'us-east-1b')
  const rangeOf = (address: string) => {
    const [, b = 0, c = 0] = address.split('.').map(Number)
    return b * 4 + (c >> 6)
  }
  assert.equal(rangeOf(first.address), rangeOf(second.address))
  assert.equal(new Set([first, other, built].map(({ address }) => rangeOf(address))).size, 3)
  await assert.rejects(runIn('subnet-nowhere'), {
    name: 'InvalidParameterException',
    message: /The subnet ID 'subnet-nowhere' does not exist/,
  })
})
