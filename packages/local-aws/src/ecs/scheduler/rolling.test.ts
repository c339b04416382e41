import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { CreateServiceRequest, DescribeServicesResponse, Service } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { systemClock } from '../../clock.ts'
import { randomIds } from '../../ids.ts'
import { createSimulatedRuntime } from '../../runtimes/simulated.ts'
import { openStorage, type Storage } from '../../storage/storage.ts'
import type { Indexes } from '../../storage/table.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { openEcs } from '../service.ts'
import { timingAt } from './timing.ts'

const caller = {
  account: '111122223333',
  region: 'us-east-1',
  arn: 'arn:aws:iam::111122223333:root',
  userId: '111122223333',
}

/** ECS on a storage that calls back at every single change of a task. */
async function watchedEcs(t: TestContext, onTask: (tasks: TaskRecord[]) => void) {
  const storage = openStorage(':memory:')
  let tasks: { values(): Iterable<unknown> } | undefined
  const watched: Storage = {
    ...storage,
    table<T, I extends string = never>(name: string, indexes?: Indexes<T, I>) {
      const table = storage.table(name, indexes)
      if (!name.endsWith('/tasks')) return table
      tasks = table
      return {
        ...table,
        set(key: string, record: T) {
          table.set(key, record)
          onTask([...(tasks?.values() ?? [])] as TaskRecord[])
        },
      }
    },
  }
  const ecs = openEcs({
    storage: watched,
    clock: systemClock,
    ids: randomIds,
    consistencyDelayMs: 0,
    runtime: createSimulatedRuntime({ clock: systemClock, pace: 'instant' }),
    timing: timingAt('instant'),
    decryptWithKms: () => assert.fail('no session is encrypted'),
    onUnexpectedError: (error) => assert.fail(String(error)),
  })
  t.after(async () => {
    await ecs.close()
    storage.close()
  })
  const call = async <T>(action: string, input: object): Promise<T> =>
    (await ecs.handleAction(action, input, caller)) as T
  const service = async () =>
    (await call<DescribeServicesResponse>('DescribeServices', { services: ['web'] })).services![0]!
  const until = async (isExpected: (service: Service) => boolean) => {
    const deadline = Date.now() + 20_000
    while (!isExpected(await service())) {
      assert.ok(Date.now() < deadline, `timed out: ${JSON.stringify(await service(), undefined, 1)}`)
      await new Promise(setImmediate)
    }
  }
  return { call, until }
}

const definition = {
  family: 'web',
  containerDefinitions: [{ name: 'app', image: 'web:1' }],
  cpu: '256',
  memory: '512',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
}
const isSteady = (service: Service) =>
  service.deployments!.length === 1 &&
  service.deployments![0]!.rolloutState === 'COMPLETED' &&
  service.events![0]?.message?.endsWith('has reached a steady state.') === true

for (const { min, max, failing } of [
  { min: 50, max: 150, failing: false },
  { min: 50, max: 100, failing: false },
  { min: 100, max: 110, failing: false },
  { min: 50, max: 150, failing: true },
])
  test(`a rolling deployment of 10 stays within ${min} % and ${max} %${failing ? ', and so does its rollback' : ''}, at every change of a task`, async (t) => {
    const seen = { least: Number.POSITIVE_INFINITY, most: 0 }
    let rolling = false
    const { call, until } = await watchedEcs(t, (tasks) => {
      if (!rolling) return
      const running = tasks.filter(
        ({ lastStatus, desiredStatus }) => lastStatus === 'RUNNING' && desiredStatus === 'RUNNING',
      )
      const up = tasks.filter(({ lastStatus }) =>
        ['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING'].includes(lastStatus),
      )
      seen.least = Math.min(seen.least, running.length)
      seen.most = Math.max(seen.most, up.length)
    })
    await call('CreateCluster', {})
    await call('RegisterTaskDefinition', definition)
    await call('CreateService', {
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 10,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } },
      deploymentConfiguration: {
        minimumHealthyPercent: min,
        maximumPercent: max,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
    } satisfies AwsJson<CreateServiceRequest>)
    await until(isSteady)
    rolling = true
    const dockerLabels = failing ? { 'ecs-api.simulated.start-error': 'bad entrypoint' } : {}
    await call('RegisterTaskDefinition', {
      ...definition,
      containerDefinitions: [{ name: 'app', image: 'web:2', dockerLabels }],
    })
    await call('UpdateService', { service: 'web', taskDefinition: 'web:2' })
    await until((service) => isSteady(service) && service.taskDefinition!.endsWith(failing ? 'web:1' : 'web:2'))
    assert.ok(seen.least >= (10 * min) / 100, `${seen.least} were running`)
    assert.ok(seen.most <= (10 * max) / 100, `${seen.most} were up`)
    assert.ok(failing || min === 100 || seen.most > 10 || seen.least < 10, 'the deployment used the room that it had')
  })
