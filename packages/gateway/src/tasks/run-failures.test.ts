/** Failures of RunTask. The engine never returns them, so a stand-in for ECS does. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { startAwsStandIn } from '../testing/aws-stand-in.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const aws = await startEngineOverTcp()
const standIn = await startAwsStandIn(aws.account('remote').endpoint!)
const { api } = await startTestProgram({
  accounts: [aws.account('remote', { endpoint: standIn.endpoint, budget: 'off' })],
})
await api.post('/remote/clusters', { name: 'prod' })
await api.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })

const capacity = {
  reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone',
}
const quota = { reason: 'You’ve reached the limit on the number of vCPUs you can run concurrently' }

/** The `count` of each call of RunTask. */
let counts: number[] = []
beforeEach(() => {
  counts = []
})

/** Makes ECS start this many tasks in each call; the others fail. Calls without a number start none. */
function setStartedByCall(startedByCall: readonly number[], failure: object): void {
  standIn.responses.set('RunTask', ({ count }) => {
    const started = startedByCall[counts.push(Number(count)) - 1] ?? 0
    const tasks = Array.from({ length: started }, (_, i) => ({
      taskArn: `arn:aws:ecs:us-east-1:111122223333:task/prod/${counts.length}${String(i).padStart(31, '0')}`,
      clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/prod',
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/web:1',
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      containers: [],
    }))
    return { body: { tasks, failures: started < Number(count) ? [failure] : [] } }
  })
}

const run = (count: number) => api.post('/remote/clusters/prod/tasks', { taskDefinition: 'web', count })

test('after a call that starts no task, no further call is sent', async () => {
  setStartedByCall([], capacity)
  const { status, body } = await run(5000)
  assert.deepEqual(counts, [10])
  assert.deepEqual([status, body.code], [503, 'CapacityUnavailable'])
  assert.match(body.detail, /Capacity is unavailable .*ECS was not asked for the other 4990 tasks\.$/)
})

test('tasks that started are kept, and the last failure says how many were not requested', async () => {
  setStartedByCall([10, 10], quota)
  const { status, body } = await run(100)
  assert.deepEqual(counts, [10, 10, 10])
  assert.deepEqual([status, body.items.length], [201, 20])
  assert.deepEqual(body.failures, [{ ...quota, detail: 'ECS was not asked for the other 70 tasks.' }])
})

test('after a call that starts only some tasks, the next is sent: capacity differs by Availability Zone', async () => {
  setStartedByCall([10, 4, 10, 2], capacity)
  const { status, body } = await run(32)
  assert.deepEqual(counts, [10, 10, 10, 2])
  assert.deepEqual([status, body.items.length], [201, 26])
  assert.deepEqual(body.failures, [{ ...capacity, detail: '' }])
})

test('after a rejected call, no further call is sent, and the tasks that started are kept', async () => {
  setStartedByCall([10], capacity)
  const started = standIn.responses.get('RunTask')!
  standIn.responses.set('RunTask', (input) =>
    counts.length === 0
      ? started(input)
      : { status: 400, body: { __type: 'AccessDeniedException', message: 'not authorized to perform: ecs:RunTask' } },
  )
  const { status, body } = await run(30)
  assert.deepEqual([status, body.items.length, body.failures.length], [201, 10, 1])
  assert.match(body.failures[0].detail, /ECS was not asked for the other 10 tasks\.$/)
})
