// The lanes of a service's page: which revisions and tasks are part of the present state.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service, ServiceDeployment, Task } from '@ecs-api/client'
import { lanesOf } from '../../packages/console/src/parts/lanes.ts'

const now = Date.parse('2026-11-30T12:00:00Z')

/** @param deployment the number of the deployment that started the task */
const task = (deployment: number, taskDefinition: string, more: Partial<Task> = {}) =>
  ({
    id: `${deployment}`,
    taskDefinition,
    startedBy: `ecs-svc/${deployment}`,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    containers: [],
    ...more,
  }) as unknown as Task

const stopped = { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedAt: '2026-11-30T11:59:00Z' } as Partial<Task>
const failed = { ...stopped, containers: [{ name: 'web', exitCode: 3 }] } as Partial<Task>

const service = (taskDefinition: string, desiredCount: number, deployments: object[] = []) =>
  ({ taskDefinition, desiredCount, deployments }) as unknown as Service

const deployment = (id: number) =>
  ({ targetServiceRevision: { arn: `arn:aws:ecs:service-revision/prod/www/${id}` } }) as unknown as ServiceDeployment

const shown = (facts: Pick<Parameters<typeof lanesOf>[0], 'service' | 'tasks' | 'newestDeployment' | 'isSteady'>) => {
  const { lanes, olderCount } = lanesOf({ ...facts, now })
  return [
    ...lanes.map(({ definition, generation, blocks, text }) =>
      [definition, ...(generation ? [generation] : []), `${blocks.length} blocks`, text].join(', '),
    ),
    ...(olderCount > 0 ? [`${olderCount} older`] : []),
  ]
}

test('the running and the failed revision have lanes, older ones are a number', () => {
  const tasks = [
    ...[1, 2].map(() => task(2, 'web:2')),
    ...[1, 2, 3, 4, 5].map(() => task(3, 'web:3', failed)),
    task(1, 'web:1', stopped),
  ]
  const facts = { service: service('web:2', 2), tasks, newestDeployment: deployment(3) }
  assert.deepEqual(shown({ ...facts, isSteady: false }), [
    'web:2, 2 blocks, 2 running',
    'web:3, 2 blocks, 0 running, 5 failed',
    '1 older',
  ])
  assert.deepEqual(shown({ ...facts, isSteady: true }), ['web:2, 2 blocks, 2 running'])
})

test('the old and the new tasks of a restart have lanes of their own', () => {
  const counts = { runningCount: 1, pendingCount: 1, failedTasks: 0 }
  const deployments = [
    { id: 'ecs-svc/2', status: 'PRIMARY', taskDefinition: 'web:1', rolloutState: 'IN_PROGRESS', ...counts },
    { id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: 'web:1', rolloutState: 'COMPLETED', runningCount: 2 },
  ]
  const starting = task(2, 'web:1', { lastStatus: 'PENDING' } as Partial<Task>)
  const tasks = [task(2, 'web:1'), starting, task(1, 'web:1'), task(1, 'web:1')]
  assert.deepEqual(
    shown({ service: service('web:1', 2, deployments), tasks, newestDeployment: deployment(2), isSteady: false }),
    ['web:1, new, 2 blocks, 1 running, 1 starting', 'web:1, old, 2 blocks, 2 running'],
  )
})

test('failed tasks take the places of desired tasks that do not run', () => {
  const tasks = [task(1, 'web:1'), ...[1, 2, 3].map(() => task(1, 'web:1', failed))]
  assert.deepEqual(shown({ service: service('web:1', 3), tasks, newestDeployment: deployment(1), isSteady: false }), [
    'web:1, 3 blocks, 1 running, 3 failed',
  ])
})
