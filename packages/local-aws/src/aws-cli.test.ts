import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { DescribeServicesCommand, DescribeTasksCommand, type ECSClient } from '@aws-sdk/client-ecs'
import { openedAws } from './testing/opened-aws.ts'
import { workbench } from './testing/services.ts'

const run = promisify(execFile)
const missing = (path: string, what: string) => (existsSync(path) ? false : `${what} is not installed`)

test('the AWS CLI works a day with ECS', { skip: missing('/usr/bin/aws', 'the AWS CLI (awscli)') }, async (t) => {
  const { aws, ecs, cli } = await awsCli(t)
  const ecsCli = (...words: string[]) => cli('ecs', ...words)
  assert.deepEqual((await ecsCli('list-clusters')).clusterArns, [])
  await ecsCli('create-cluster', '--cluster-name', 'prod', '--tags', 'key=team,value=a')
  await ecsCli(
    'put-cluster-capacity-providers',
    '--cluster',
    'prod',
    '--capacity-providers',
    'FARGATE',
    '--default-capacity-provider-strategy',
    'capacityProvider=FARGATE,weight=1',
  )
  assert.deepEqual((await ecsCli('describe-clusters', '--clusters', 'prod', '--include', 'TAGS')).clusters?.[0]?.tags, [{ key: 'team', value: 'a' }])

  const fargate = ['--network-mode', 'awsvpc', '--requires-compatibilities', 'FARGATE', '--cpu', '256', '--memory', '512']
  const register = (family: string, dockerLabels: object) =>
    ecsCli(
      'register-task-definition',
      '--family',
      family,
      ...fargate,
      '--container-definitions',
      JSON.stringify([{ name: 'app', image: 'nginx', dockerLabels }]),
    )
  const { taskDefinition } = await register('web', {})
  assert.match(taskDefinition?.registeredAt ?? '', /^\d{4}-\d\d-\d\dT/)
  assert.deepEqual((await ecsCli('list-task-definitions')).taskDefinitionArns, [taskDefinition?.taskDefinitionArn])
  await register('job', { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '3' })

  const inProd = ['--cluster', 'prod', '--network-configuration', 'awsvpcConfiguration={subnets=[subnet-0a1b2c3d]}']
  const { tasks: [job] = [] } = await ecsCli('run-task', ...inProd, '--task-definition', 'job')
  await untilStopped(ecs, job?.taskArn)
  await ecsCli('wait', 'tasks-stopped', '--cluster', 'prod', '--tasks', job?.taskArn ?? '')
  const { tasks: [ended] = [] } = await ecsCli('describe-tasks', '--cluster', 'prod', '--tasks', job?.taskArn ?? '')
  assert.deepEqual([ended?.stopCode, ended?.containers[0]?.exitCode], ['EssentialContainerExited', 3])

  await ecsCli('create-service', ...inProd, '--service-name', 'www', '--task-definition', 'web', '--desired-count', '2')
  await untilSteady(ecs, 2)
  await ecsCli('wait', 'services-stable', '--cluster', 'prod', '--services', 'www')
  assert.equal((await ecsCli('list-tasks', '--cluster', 'prod', '--service-name', 'www')).taskArns?.length, 2)
  await ecsCli('update-service', '--cluster', 'prod', '--service', 'www', '--desired-count', '0')
  await untilSteady(ecs, 0)
  await ecsCli('delete-service', '--cluster', 'prod', '--service', 'www')
  await ecsCli('wait', 'services-inactive', '--cluster', 'prod', '--services', 'www')

  await ecsCli('deregister-task-definition', '--task-definition', 'web:1')
  assert.equal((await ecsCli('delete-cluster', '--cluster', 'prod')).cluster?.status, 'INACTIVE')
  assert.equal((await cli('sts', 'get-caller-identity')).Account, aws.accounts[0]?.number)
  await assert.rejects(
    ecsCli('delete-cluster', '--cluster', 'nope'),
    /\(ClusterNotFoundException\) when calling the DeleteCluster operation: Cluster not found\./,
  )
})

/** What the CLI prints: the members that these tests look at. */
interface Answer {
  clusterArns?: string[]
  taskArns?: string[]
  tasks?: { taskArn: string; stopCode: string; containers: { exitCode: number }[] }[]
  cluster?: { status: string }
  clusters?: { tags: unknown }[]
  taskDefinition?: { registeredAt: string; taskDefinitionArn: string }
  taskDefinitionArns?: string[]
  Account?: string
}

/** The CLI as `local-aws env` sets it up, on an engine that verifies signatures. It reads no configuration of the machine's. */
async function awsCli(t: TestContext) {
  const { aws, client } = await openedAws(t, { verify: true, pace: 'instant' })
  const { url } = await aws.listen()
  const { accessKeyId, secretAccessKey } = aws.accounts[0]!
  const env = {
    PATH: '/usr/bin:/bin',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
  const cli = async (...words: string[]): Promise<Answer> => {
    const { stdout } = await run('/usr/bin/aws', ['--endpoint-url', url, '--output', 'json', ...words], { env })
    return JSON.parse(stdout === '' ? '{}' : stdout) as Answer
  }
  return { aws, ecs: client(aws.accounts[0]?.number), cli }
}

// The CLI's own waiters look at once and then every 6 or 15 seconds: what they wait for is there when they begin.
async function untilStopped(ecs: ECSClient, taskArn: string | undefined): Promise<void> {
  const { until } = await workbench(ecs)
  const look = () => ecs.send(new DescribeTasksCommand({ cluster: 'prod', tasks: [taskArn ?? ''] }))
  await until(look, ({ tasks }) => tasks?.[0]?.lastStatus === 'STOPPED')
}

async function untilSteady(ecs: ECSClient, count: number): Promise<void> {
  const { until } = await workbench(ecs)
  const look = async () => (await ecs.send(new DescribeServicesCommand({ cluster: 'prod', services: ['www'] }))).services?.[0]
  await until(look, (service) => service?.deployments?.length === 1 && service.runningCount === count && service.pendingCount === 0)
}
