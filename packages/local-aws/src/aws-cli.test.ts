import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { openedAws } from './testing/opened-aws.ts'

const run = promisify(execFile)
const missing = (path: string, what: string) => (existsSync(path) ? false : `${what} is not installed`)

test('the AWS CLI works a day with clusters and task definitions', { skip: missing('/usr/bin/aws', 'the AWS CLI (awscli)') }, async (t) => {
  const { aws, cli } = await awsCli(t)
  const { clusterArns: none } = await cli('ecs', 'list-clusters')
  assert.deepEqual(none, [])
  const { cluster } = await cli('ecs', 'create-cluster', '--cluster-name', 'prod', '--tags', 'key=team,value=a')
  assert.equal(cluster?.status, 'ACTIVE')
  const containers = JSON.stringify([{ name: 'web', image: 'nginx', portMappings: [{ containerPort: 80 }] }])
  const fargate = ['--network-mode', 'awsvpc', '--requires-compatibilities', 'FARGATE', '--cpu', '256', '--memory', '512']
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

/** What the CLI prints: the members that these tests look at. */
interface Answer {
  clusterArns?: string[]
  cluster?: { status: string }
  clusters?: { tags: unknown }[]
  taskDefinition?: { registeredAt: string; taskDefinitionArn: string }
  taskDefinitionArns?: string[]
  Account?: string
}

/** The CLI as `local-aws env` sets it up, on an engine that verifies signatures. It reads no configuration of the machine's. */
async function awsCli(t: TestContext) {
  const { aws } = await openedAws(t, { verify: true })
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
  return { aws, cli }
}
