/** Lists over all clusters of an account read several clusters at the same time, because an account can have dozens. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { startAwsStandIn } from '../testing/aws-stand-in.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const { ecs, account } = await startEngineOverTcp()
const standIn = await startAwsStandIn(account('remote').endpoint!)
const { api } = await startTestProgram({
  accounts: [account('remote', { endpoint: standIn.endpoint, budget: 'off' })],
})
const clusters = Array.from({ length: 12 }, (_, i) => `cluster-${String(i).padStart(2, '0')}`)
const timeout = 60_000

// Another client of AWS makes the resources, so that the gateway knows none of them beforehand.
before(async () => {
  await ecs.registerTaskDefinition({
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  const onFargate = {
    taskDefinition: 'web',
    launchType: 'FARGATE' as const,
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } },
  }
  for (const cluster of clusters) {
    await ecs.createCluster({ clusterName: cluster })
    await ecs.createService({ ...onFargate, cluster, serviceName: 'www', desiredCount: 0 })
    await ecs.runTask({ ...onFargate, cluster })
  }
})

/**
 * Holds calls of the action until `count` of them wait, or until all `total` calls have arrived.
 * @returns a function for the greatest number of calls that were in progress at the same time
 */
function holdUntil(action: string, count: number, total: number) {
  let [waiting, arrived, maxWaiting] = [0, 0, 0]
  let release: (() => void)[] = []
  standIn.responses.set(action, async () => {
    waiting++
    arrived++
    maxWaiting = Math.max(maxWaiting, waiting)
    await new Promise<void>((resolve) => {
      release.push(resolve)
      if (release.length >= Math.min(count, total - (arrived - release.length))) {
        for (const each of release) each()
        release = []
      }
    })
    waiting--
    return undefined
  })
  return () => maxWaiting
}

for (const [path, action] of [
  ['services', 'DescribeServices'],
  ['tasks', 'DescribeTasks'],
] as const)
  test(`the list of ${path} in twelve clusters makes five calls of ${action} at the same time`, {
    timeout,
  }, async () => {
    const most = holdUntil(action, 5, clusters.length)
    const { status, body, text } = await api.get(`/remote/${path}`)
    assert.equal(status, 200, text)
    const found = body.items.map(({ cluster }: { cluster: string }) => cluster)
    assert.deepEqual(found.toSorted(), clusters)
    assert.equal(most(), 5)
  })

test('the list of tasks in twelve clusters makes five calls at the same time, also when it has been read before', {
  timeout,
}, async () => {
  const most = holdUntil('DescribeTasks', 5, clusters.length)
  const { body } = await api.get('/remote/tasks?status=RUNNING', { headers: { 'cache-control': 'no-cache' } })
  assert.equal(body.items.length, clusters.length)
  assert.equal(most(), 5)
})
