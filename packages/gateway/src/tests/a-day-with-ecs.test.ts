import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount } = await startTestProgram()

interface Task {
  id: string
  address: string
}

test('a client runs the full lifecycle: cluster, definition, service of three, killed task, scaling, new image, deletion', async () => {
  const account = await newAccount()
  const cluster = `/${account}/clusters/day`
  const service = `${cluster}/services/www`
  const tasksNow = async (): Promise<Task[]> => (await api.get(`${service}/tasks?status=RUNNING`)).body.items
  const messages = async (): Promise<string[]> =>
    (await api.get(`${service}/events`)).body.items.map((event: { message: string }) => event.message)

  assert.equal((await api.post(`/${account}/clusters`, { name: 'day' })).status, 201)

  const file = {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'web',
        image: 'nginx:1.28',
        essential: true,
        portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
      },
    ],
  }
  assert.equal((await api.post(`/${account}/taskdefs`, file)).body.name, 'web:1')

  const made = await api.post(`${cluster}/services?wait=STABLE`, { name: 'www', taskDefinition: 'web', count: 3 })
  assert.deepEqual([made.status, made.body.outcome, made.body.runningCount], [201, 'reached', 3], made.text)

  const before = await tasksNow()
  assert.equal(before.length, 3)
  const killedTask = before[0]!
  const stopped = await api.delete(`${cluster}/tasks/${killedTask.id}?reason=chaos&wait=STOPPED`)
  assert.deepEqual([stopped.body.stopCode, stopped.body.stoppedReason], ['UserInitiated', 'chaos'], stopped.text)
  // This change changes nothing: it only waits for the replacement.
  const restored = await api.patch(`${service}?wait=STABLE`, { count: 3 })
  assert.equal(restored.body.outcome, 'reached', restored.text)
  const after = await tasksNow()
  assert.equal(after.length, 3)
  const replacement = after.find((task) => !before.some(({ id }) => id === task.id))
  assert.ok(replacement, 'the killed task was replaced')
  assert.ok(!before.some((task) => task.address === replacement.address), 'the replacement has an address of its own')

  const scaled = await api.patch(`${service}?wait=STABLE`, { count: 5 })
  assert.deepEqual([scaled.body.outcome, scaled.body.runningCount], ['reached', 5], scaled.text)
  assert.equal(scaled.body.deployments.length, 1, 'changing the count creates no deployment')

  const deployed = await api.patch(`${service}?wait=STABLE`, { containers: { web: { image: 'nginx:1.29' } } })
  assert.deepEqual(
    [deployed.body.outcome, deployed.body.taskDefinition, deployed.body.runningCount],
    ['reached', 'web:2', 5],
    deployed.text,
  )
  assert.ok(
    (await api.get(`${service}/tasks`)).body.items.every(
      (task: { taskDefinition: string }) => task.taskDefinition === 'web:2',
    ),
  )
  const eventMessages = await messages()
  for (const expected of [
    /has started 3 tasks: /,
    /deployment completed\.$/,
    /has reached a steady state\.$/,
    /has stopped \d+ running tasks: /,
  ])
    assert.ok(
      eventMessages.some((message) => expected.test(message)),
      `${expected} in\n${eventMessages.join('\n')}`,
    )

  const full = await api.delete(cluster)
  assert.deepEqual(
    [full.status, full.body.code, full.body.services],
    [409, 'ClusterContainsServices', ['www']],
    full.text,
  )
  assert.equal((await api.delete(`${service}?wait=INACTIVE`)).body.outcome, 'reached')
  assert.deepEqual((await api.get(`${cluster}/services`)).body.items, [])
  assert.equal((await api.delete(cluster)).body.status, 'INACTIVE')
  assert.equal((await api.delete(`/${account}/taskdefs/web?purge=true`)).body.remaining, 0)
  assert.deepEqual((await api.get(`/${account}/clusters`)).body.items, [])
})
