/** Releases of an account with a boundary: its gateway uses only resources that have the boundary's tag. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDeployedService } from '../testing/deployed-service.ts'
import { startOrgsOnOneEngine } from '../testing/orgs.ts'

const { aws, startGateway } = await startOrgsOnOneEngine()

test('a rollback registers a definition with the boundary’s tag, and restores no definition without the tag', async () => {
  const { api } = await startGateway('mine')
  const { path, deploy, releases } = await createDeployedService(api, 'shared')
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  const rolledBack = await api.post(`${path}/rollback?wait=STABLE`, { release: 1 })
  assert.equal(rolledBack.body.outcome, 'reached', rolledBack.text)
  const { taskDefinition: name } = (await api.get(path)).body
  assert.equal(name, 'web:3')
  const { tags } = await aws.describeTaskDefinition({ taskDefinition: name, include: ['TAGS'] })
  assert.deepEqual(tags, [{ key: 'ecs-api:org', value: 'mine' }])

  // Another client deploys a definition without the tag.
  await aws.registerTaskDefinition({
    family: 'foreign',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }],
  })
  await aws.updateService({ cluster: 'prod', service: 'www', taskDefinition: 'foreign' })
  await deploy({ taskDefinition: 'web:1' })
  const all = await releases()
  assert.deepEqual(
    all.map(({ release, by, taskDefinition }) => [release, by, taskDefinition]),
    [
      [5, 'admin', 'web:1'],
      [4, 'elsewhere', 'foreign:1'],
      [3, 'admin', 'web:3'],
      [2, 'admin', 'web:2'],
      [1, 'admin', 'web:1'],
    ],
  )
  const refused = await api.post(`${path}/rollback`, { release: 4 })
  assert.deepEqual([refused.status, refused.body.code], [409, 'ReleaseIncomplete'], refused.text)
})
