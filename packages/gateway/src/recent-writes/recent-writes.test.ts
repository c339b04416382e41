import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentWrites } from './recent-writes.ts'

const arn = 'arn:aws:ecs:us-east-1:000000000000:service/prod/www'

function trackedWrites() {
  const clock = { now: 0 }
  return { clock, writes: new RecentWrites(() => clock.now) }
}

test('a new resource is shown while AWS reports MISSING, until AWS shows it', () => {
  const { writes } = trackedWrites()
  writes.record('service', arn, { after: { status: 'ACTIVE', runningCount: 0 } })
  assert.deepEqual(writes.overlay('service', arn, undefined), { status: 'ACTIVE', runningCount: 0 })
  assert.deepEqual(writes.namesWithUnshownWrites('service'), [arn])
  assert.deepEqual(writes.overlay('service', arn, { status: 'ACTIVE', runningCount: 2 }), {
    status: 'ACTIVE',
    runningCount: 2,
  })
  assert.equal(writes.overlay('service', arn, undefined), undefined)
})

test('an older response is overlaid only in the fields that the write changed', () => {
  const { writes } = trackedWrites()
  writes.record('service', arn, {
    before: { desiredCount: 1, runningCount: 1 },
    after: { desiredCount: 3, runningCount: 1 },
    fields: ['desiredCount'],
  })
  assert.deepEqual(writes.overlay('service', arn, { desiredCount: 1, runningCount: 0 }), {
    desiredCount: 3,
    runningCount: 0,
  })
  assert.deepEqual(writes.overlay('service', arn, { desiredCount: 3, runningCount: 2 }), {
    desiredCount: 3,
    runningCount: 2,
  })
  assert.deepEqual(writes.overlay('service', arn, { desiredCount: 1, runningCount: 2 }), {
    desiredCount: 1,
    runningCount: 2,
  })
})

test('after several writes the last one is shown, however old the response is', () => {
  const { writes } = trackedWrites()
  writes.record('service', arn, { before: { desiredCount: 1 }, after: { desiredCount: 2 }, fields: ['desiredCount'] })
  writes.record('service', arn, { before: { desiredCount: 2 }, after: { desiredCount: 5 }, fields: ['desiredCount'] })
  assert.deepEqual(writes.overlay('service', arn, { desiredCount: 1 }), { desiredCount: 5 })
  assert.deepEqual(writes.overlay('service', arn, { desiredCount: 2 }), { desiredCount: 5 })
  assert.deepEqual(writes.overlay('service', arn, { desiredCount: 5 }), { desiredCount: 5 })
  assert.deepEqual(writes.overlay('service', arn, { desiredCount: 2 }), { desiredCount: 2 })
})

test('an answer with a later update is shown, also when ECS has rolled back to what was before the write', () => {
  const { writes } = trackedWrites()
  const old = { id: 'a', updatedAt: new Date(1000) }
  const before = { taskDefinition: 'web:1', deployments: [old] }
  const after = { taskDefinition: 'web:2', deployments: [{ id: 'b', updatedAt: new Date(2000) }, old] }
  writes.record('service', arn, { before, after, fields: ['taskDefinition', 'deployments'] })
  assert.equal(writes.overlay('service', arn, before)!.taskDefinition, 'web:2', 'an answer from before the write')
  const rolledBack = { taskDefinition: 'web:1', deployments: [{ id: 'a', updatedAt: new Date(2400) }] }
  assert.deepEqual(writes.overlay('service', arn, rolledBack), rolledBack)
})

test('a deployment counts as shown when its id appears, whatever its counts', () => {
  const { writes } = trackedWrites()
  const before = { deployments: [{ id: 'a', runningCount: 1 }] }
  const after = {
    deployments: [
      { id: 'b', runningCount: 0 },
      { id: 'a', runningCount: 1 },
    ],
  }
  writes.record('service', arn, { before, after, fields: ['deployments'] })
  assert.deepEqual(writes.overlay('service', arn, { deployments: [{ id: 'a', runningCount: 0 }] }), after)
  const shown = {
    deployments: [
      { id: 'b', runningCount: 1 },
      { id: 'a', runningCount: 0 },
    ],
  }
  assert.deepEqual(writes.overlay('service', arn, shown), shown)
  assert.deepEqual(writes.namesWithUnshownWrites('service'), [])
})

test('a task’s version decides which response is older', () => {
  const { writes } = trackedWrites()
  writes.record('task', arn, {
    before: { version: 3, desiredStatus: 'RUNNING' },
    after: { version: 4, desiredStatus: 'STOPPED' },
    fields: ['desiredStatus'],
  })
  assert.deepEqual(writes.overlay('task', arn, { version: 3, desiredStatus: 'RUNNING' }), {
    version: 3,
    desiredStatus: 'STOPPED',
  })
  assert.deepEqual(writes.overlay('task', arn, { version: 4, desiredStatus: 'STOPPED' }), {
    version: 4,
    desiredStatus: 'STOPPED',
  })
})

test('after five minutes AWS’s response is shown', () => {
  const { clock, writes } = trackedWrites()
  writes.record('service', arn, { after: { status: 'ACTIVE' } })
  clock.now = 5 * 60_000
  assert.equal(writes.overlay('service', arn, undefined), undefined)
  assert.deepEqual(writes.namesWithUnshownWrites('service'), [])
})
