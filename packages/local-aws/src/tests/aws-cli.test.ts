import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DescribeServicesCommand, DescribeTasksCommand, type ECSClient } from '@aws-sdk/client-ecs'
import { noAwsCli, openAwsCli } from '../testing/aws-cli.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'

test('the AWS CLI runs the full lifecycle of ECS resources', { skip: noAwsCli }, async (t) => {
  const { aws, ecs, cli } = await openAwsCli<CliOutput>(t)
  const ecsCli = (...args: string[]) => cli('ecs', ...args)
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
  assert.deepEqual((await ecsCli('describe-clusters', '--clusters', 'prod', '--include', 'TAGS')).clusters?.[0]?.tags, [
    { key: 'team', value: 'a' },
  ])

  const fargate = [
    '--network-mode',
    'awsvpc',
    '--requires-compatibilities',
    'FARGATE',
    '--cpu',
    '256',
    '--memory',
    '512',
  ]
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
  await waitUntilStopped(ecs, job?.taskArn)
  await ecsCli('wait', 'tasks-stopped', '--cluster', 'prod', '--tasks', job?.taskArn ?? '')
  const { tasks: [ended] = [] } = await ecsCli('describe-tasks', '--cluster', 'prod', '--tasks', job?.taskArn ?? '')
  assert.deepEqual([ended?.stopCode, ended?.containers[0]?.exitCode], ['EssentialContainerExited', 3])

  await ecsCli('create-service', ...inProd, '--service-name', 'www', '--task-definition', 'web', '--desired-count', '2')
  await waitUntilStable(ecs, 2)
  await ecsCli('wait', 'services-stable', '--cluster', 'prod', '--services', 'www')
  assert.equal((await ecsCli('list-tasks', '--cluster', 'prod', '--service-name', 'www')).taskArns?.length, 2)
  await ecsCli('update-service', '--cluster', 'prod', '--service', 'www', '--desired-count', '0')
  await waitUntilStable(ecs, 0)
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

test('a service that the engine lacks is rejected by name, in the client’s protocol', {
  skip: noAwsCli,
}, async (t) => {
  const { cli } = await openAwsCli<CliOutput>(t)
  for (const [service, action] of [
    ['rds', 'describe-db-instances'],
    ['iam', 'list-roles'],
    ['ecr', 'describe-repositories'],
    ['elbv2', 'describe-load-balancers'],
    ['lambda', 'list-functions'],
    ['s3api', 'list-buckets'],
    ['cloudfront', 'list-distributions'],
    ['route53', 'list-hosted-zones'],
  ] as const) {
    const name = { elbv2: 'elasticloadbalancing', s3api: 's3' }[service as string] ?? service
    await assert.rejects(
      cli(service, action),
      new RegExp(`UnsupportedFeatureException.*This engine does not have the service ${name}\\.`, 's'),
    )
  }
})

test('the AWS CLI creates a key and an alias, and decrypts a data key', { skip: noAwsCli }, async (t) => {
  const { cli } = await openAwsCli<{ KeyMetadata?: { KeyId: string }; CiphertextBlob?: string; Plaintext?: string }>(t)
  const kms = (...args: string[]) => cli('kms', ...args)
  const { KeyMetadata } = await kms('create-key', '--description', 'sessions')
  await kms('create-alias', '--alias-name', 'alias/sessions', '--target-key-id', KeyMetadata?.KeyId ?? '')
  const context = ['--encryption-context', 'aws:ssm:SessionId=one']
  const of = ['--key-id', 'alias/sessions', '--number-of-bytes', '64']
  const { CiphertextBlob = '', Plaintext = '' } = await kms('generate-data-key', ...of, ...context)
  assert.equal(Buffer.from(Plaintext, 'base64').byteLength, 64)
  assert.equal((await kms('decrypt', '--ciphertext-blob', CiphertextBlob, ...context)).Plaintext, Plaintext)
  await assert.rejects(kms('decrypt', '--ciphertext-blob', CiphertextBlob), /\(InvalidCiphertextException\)/)
})

test('the AWS CLI manages secrets, parameters and logs', { skip: noAwsCli }, async (t) => {
  const { cli } = await openAwsCli<ServicesOutput>(t)
  const secrets = (...args: string[]) => cli('secretsmanager', ...args)
  const { ARN = '' } = await secrets('create-secret', '--name', 'prod/db', '--secret-string', '{"user":"me"}')
  await secrets('put-secret-value', '--secret-id', 'prod/db', '--secret-string', '{"user":"you"}')
  assert.equal((await secrets('get-secret-value', '--secret-id', ARN)).SecretString, '{"user":"you"}')
  assert.equal(
    (await secrets('get-secret-value', '--secret-id', ARN, '--version-stage', 'AWSPREVIOUS')).SecretString,
    '{"user":"me"}',
  )
  assert.equal((await secrets('list-secrets', '--filters', 'Key=name,Values=prod/')).SecretList?.[0]?.Name, 'prod/db')
  await secrets('delete-secret', '--secret-id', 'prod/db', '--force-delete-without-recovery')
  await assert.rejects(
    secrets('describe-secret', '--secret-id', 'prod/db'),
    /\(ResourceNotFoundException\) when calling the DescribeSecret operation: Secrets Manager can't find the specified secret\./,
  )

  const ssm = (...args: string[]) => cli('ssm', ...args)
  for (const [name, type] of [
    ['/app/key', 'SecureString'],
    ['/app/level', 'String'],
  ] as const)
    assert.equal((await ssm('put-parameter', '--name', name, '--value', 'hush', '--type', type)).Version, 1)
  assert.equal((await ssm('get-parameter', '--name', '/app/key', '--with-decryption')).Parameter?.Value, 'hush')
  const byPath = await ssm('get-parameters-by-path', '--path', '/app')
  assert.deepEqual([byPath.Parameters?.length, byPath.Parameters?.[0]?.Value === 'hush'], [2, false])
  await assert.rejects(
    ssm('put-parameter', '--name', '/app/key', '--value', 'x', '--type', 'SecureString'),
    /\(ParameterAlreadyExists\)/,
  )

  const logs = (...args: string[]) => cli('logs', ...args)
  const stream = ['--log-group-name', '/ecs/web', '--log-stream-name', 'web/app/1']
  await logs('create-log-group', '--log-group-name', '/ecs/web', '--tags', 'team=a')
  await logs('create-log-stream', ...stream)
  const now = Date.now()
  const events = ['GET / 200', 'GET /x 500'].map((message, i) => ({ timestamp: now + i, message }))
  assert.ok((await logs('put-log-events', ...stream, '--log-events', JSON.stringify(events))).nextSequenceToken)
  const messages = async (...args: string[]) => (await logs(...args)).events?.map(({ message }) => message)
  assert.deepEqual(await messages('get-log-events', ...stream, '--start-from-head'), ['GET / 200', 'GET /x 500'])
  assert.deepEqual(
    await messages('filter-log-events', '--log-group-name', '/ecs/web', '--filter-pattern', '"GET /x" -200'),
    ['GET /x 500'],
  )
  await logs('put-retention-policy', '--log-group-name', '/ecs/web', '--retention-in-days', '7')
  assert.equal((await logs('describe-log-groups')).logGroups?.[0]?.retentionInDays, 7)
  await logs('delete-log-group', '--log-group-name', '/ecs/web')
})

interface ServicesOutput {
  ARN?: string
  SecretString?: string
  SecretList?: { Name: string }[]
  Version?: number
  Parameter?: { Value: string }
  Parameters?: { Value: string }[]
  nextSequenceToken?: string
  events?: { message: string }[]
  logGroups?: { retentionInDays: number }[]
}

/** The members of the CLI's output that these tests read. */
interface CliOutput {
  clusterArns?: string[]
  taskArns?: string[]
  tasks?: { taskArn: string; stopCode: string; containers: { exitCode: number }[] }[]
  cluster?: { status: string }
  clusters?: { tags: unknown }[]
  taskDefinition?: { registeredAt: string; taskDefinitionArn: string }
  taskDefinitionArns?: string[]
  Account?: string
}

// The CLI's waiters (`aws ecs wait`) check at once, then every 6 or 15 seconds. So that they end at once, the tests
// wait for the state before they start one.
async function waitUntilStopped(ecs: ECSClient, taskArn: string | undefined): Promise<void> {
  const { pollUntil } = await ecsSteps(ecs)
  const read = () => ecs.send(new DescribeTasksCommand({ cluster: 'prod', tasks: [taskArn ?? ''] }))
  await pollUntil(read, ({ tasks }) => tasks?.[0]?.lastStatus === 'STOPPED')
}

async function waitUntilStable(ecs: ECSClient, count: number): Promise<void> {
  const { pollUntil } = await ecsSteps(ecs)
  const read = async () =>
    (await ecs.send(new DescribeServicesCommand({ cluster: 'prod', services: ['www'] }))).services?.[0]
  await pollUntil(
    read,
    (service) => service?.deployments?.length === 1 && service.runningCount === count && service.pendingCount === 0,
  )
}
