import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeOfAwsWrite } from './invalidation.ts'

const arn = (resource: string) => `arn:aws:ecs:us-east-1:111122223333:${resource}`

test('a write to AWS maps to the topics, the cluster and the resource that it may have changed', () => {
  const of = (action: string, input: Record<string, unknown>) => {
    const { topics, cluster, resource } = changeOfAwsWrite({ action, input })
    return [topics.join(', '), cluster, resource]
  }
  assert.deepEqual(of('UpdateService', { cluster: arn('cluster/prod'), service: arn('service/prod/www') }), [
    'services, tasks',
    'prod',
    'www',
  ])
  assert.deepEqual(of('CreateService', { serviceName: 'www' }), ['services, tasks', 'default', 'www'])
  // The id '' matches no task, so only lists of tasks are invalidated.
  assert.deepEqual(of('RunTask', { cluster: 'prod' }), ['tasks', 'prod', ''])
  assert.deepEqual(of('StopTask', { cluster: 'prod', task: arn('task/prod/1f') }), ['tasks', 'prod', '1f'])
  assert.deepEqual(of('TagResource', { resourceArn: arn('service/prod/www') }), ['services, tasks', 'prod', 'www'])
  assert.deepEqual(of('UntagResource', { resourceArn: arn('cluster/prod') }), ['clusters', 'prod', undefined])
  assert.deepEqual(of('StopServiceDeployment', { serviceDeploymentArn: arn('service-deployment/prod/www/x') }), [
    'services, tasks',
    'prod',
    'www',
  ])
  assert.deepEqual(of('DeleteCluster', { cluster: 'prod' }), ['clusters, services, tasks', 'prod', undefined])
  assert.deepEqual(of('DeregisterTaskDefinition', { taskDefinition: 'web:1' }), [
    'task definitions',
    undefined,
    undefined,
  ])
})

test('an unknown write invalidates all entries', () => {
  for (const action of ['CreateTaskSet', 'CreateExpressGatewayService', 'SomethingNew'])
    assert.deepEqual(
      changeOfAwsWrite({ action, input: { cluster: 'prod' } }),
      { topics: ['clusters', 'services', 'tasks', 'task definitions'] },
      action,
    )
})
