import assert from 'node:assert/strict'
import { test } from 'node:test'
import { awsCli, withoutAwsCli } from './testing/aws-cli.ts'

const fargate = ['--network-mode', 'awsvpc', '--requires-compatibilities', 'FARGATE', '--cpu', '256', '--memory', '512']

test('the AWS CLI works a day with clusters and task definitions', { skip: withoutAwsCli }, async (t) => {
  const { aws, cli } = await awsCli(t)
  const { clusterArns: none } = await cli('ecs', 'list-clusters')
  assert.deepEqual(none, [])
  const { cluster } = await cli('ecs', 'create-cluster', '--cluster-name', 'prod', '--tags', 'key=team,value=a')
  assert.equal(cluster?.status, 'ACTIVE')
  const containers = JSON.stringify([{ name: 'web', image: 'nginx', portMappings: [{ containerPort: 80 }] }])
  const { taskDefinition } = await cli('ecs', 'register-task-definition', '--family', 'web', ...fargate, '--container-definitions', containers)
  assert.match(taskDefinition?.registeredAt ?? '', /^\d{4}-\d\d-\d\dT/)
  const { taskDefinitionArns } = await cli('ecs', 'list-task-definitions')
  assert.deepEqual(taskDefinitionArns, [taskDefinition?.taskDefinitionArn])
  await cli(
    'ecs',
    'put-cluster-capacity-providers',
    '--cluster',
    'prod',
    '--capacity-providers',
    'FARGATE',
    '--default-capacity-provider-strategy',
    'capacityProvider=FARGATE,weight=1',
  )
  const { clusters } = await cli('ecs', 'describe-clusters', '--clusters', 'prod', '--include', 'TAGS')
  assert.deepEqual(clusters?.[0]?.tags, [{ key: 'team', value: 'a' }])
  await cli('ecs', 'deregister-task-definition', '--task-definition', 'web:1')
  assert.equal((await cli('ecs', 'delete-cluster', '--cluster', 'prod')).cluster?.status, 'INACTIVE')
  assert.equal((await cli('sts', 'get-caller-identity')).Account, aws.accounts[0]?.number)
  await assert.rejects(
    cli('ecs', 'delete-cluster', '--cluster', 'nope'),
    /\(ClusterNotFoundException\) when calling the DeleteCluster operation: Cluster not found\./,
  )
})

test('the AWS CLI works a day with a service and a task, and its waiters see them get there', { skip: withoutAwsCli }, async (t) => {
  const { cli } = await awsCli(t)
  const network = ['--network-configuration', 'awsvpcConfiguration={subnets=[subnet-0a1b2c3d]}']
  const register = (image: string) =>
    cli('ecs', 'register-task-definition', '--family', 'web', ...fargate, '--container-definitions', JSON.stringify([{ name: 'web', image }]))
  await cli('ecs', 'create-cluster')
  await register('nginx:1')
  await cli(
    'ecs',
    'create-service',
    '--service-name',
    'www',
    '--task-definition',
    'web',
    '--desired-count',
    '3',
    '--launch-type',
    'FARGATE',
    ...network,
  )
  await cli('ecs', 'wait', 'services-stable', '--services', 'www')
  const { taskArns = [] } = await cli('ecs', 'list-tasks', '--service-name', 'www')
  assert.equal(taskArns.length, 3)

  const { tasks = [] } = await cli('ecs', 'run-task', '--task-definition', 'web', '--launch-type', 'FARGATE', ...network)
  const job = tasks[0]!.taskArn
  await cli('ecs', 'stop-task', '--task', job, '--reason', 'enough')
  await cli('ecs', 'wait', 'tasks-stopped', '--tasks', job)
  const { tasks: stopped } = await cli('ecs', 'describe-tasks', '--tasks', job)
  assert.equal(stopped?.[0]?.stoppedReason, 'enough')

  await register('nginx:2')
  await cli('ecs', 'update-service', '--service', 'www', '--task-definition', 'web', '--desired-count', '2')
  await cli('ecs', 'wait', 'services-stable', '--services', 'www')
  const { services } = await cli('ecs', 'describe-services', '--services', 'www')
  assert.equal(services?.[0]?.runningCount, 2)
  await cli('ecs', 'delete-service', '--service', 'www', '--force')
  await cli('ecs', 'wait', 'services-inactive', '--services', 'www')
  assert.equal((await cli('ecs', 'delete-cluster', '--cluster', 'default')).cluster?.status, 'INACTIVE')
})
