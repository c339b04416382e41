import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { type ContainerDefinition, ECS, type Task } from '@aws-sdk/client-ecs'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { openedAws } from '../../testing/opened-aws.ts'
import { idOf, workbench } from '../../testing/services.ts'

const executionRoleArn = 'arn:aws:iam::111122223333:role/execution'
const logging = (group: string, more: Record<string, string> = {}): Partial<ContainerDefinition> => ({
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': group, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web', ...more },
  },
})
const secretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:none-AbCdEf'

async function opened(t: TestContext) {
  const { ecs, clientOf } = await openedAws(t, { pace: 'instant' })
  const bench = await workbench(ecs)
  const run = async (container: Partial<ContainerDefinition>, isSo: (task: Task) => boolean): Promise<Task> => {
    await bench.registerWith({ executionRoleArn }, 'web', container)
    return bench.task(await bench.runTask('web'), isSo)
  }
  return {
    bench,
    clientOf,
    running: (container: Partial<ContainerDefinition>) => run(container, ({ lastStatus }) => lastStatus === 'RUNNING'),
    stopped: (container: Partial<ContainerDefinition>) => run(container, ({ lastStatus }) => lastStatus === 'STOPPED'),
  }
}

test('a simulated task whose log group or secret is not there stops as one on real containers', async (t) => {
  const { stopped } = await opened(t)
  const rows: [what: string, container: Partial<ContainerDefinition>, reason: RegExp][] = [
    [
      'log group',
      logging('/none'),
      /^ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: [0-9a-f-]{36}, ResourceNotFoundException: The specified log group does not exist\. : exit status 1$/,
    ],
    [
      'secret',
      { secrets: [{ name: 'A', valueFrom: secretArn }] },
      /^ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time\(s\): failed to fetch secret arn:aws:secretsmanager:us-east-1:111122223333:secret:none-AbCdEf from secrets manager: ResourceNotFoundException: /,
    ],
    [
      'parameter',
      { secrets: [{ name: 'A', valueFrom: '/none' }] },
      /^ResourceInitializationError: unable to pull secrets or registry auth: .* invalid ssm parameters: \/none$/,
    ],
    [
      'registry credentials',
      { repositoryCredentials: { credentialsParameter: secretArn } },
      /^ResourceInitializationError: unable to pull secrets or registry auth: /,
    ],
  ]
  for (const [what, container, reason] of rows) {
    const task = await stopped(container)
    assert.match(task.stoppedReason ?? '', reason, what)
    assert.equal(task.stopCode, 'TaskFailedToStart', what)
    const [only] = task.containers ?? []
    assert.ok(
      task.connectivity === 'CONNECTED' && task.pullStartedAt && task.pullStoppedAt && task.executionStoppedAt,
      what,
    )
    assert.equal(task.startedAt, undefined, what)
    assert.ok(only?.runtimeId && only.networkInterfaces?.length === 1, what)
    assert.deepEqual([only.imageDigest, only.exitCode, only.reason], [undefined, undefined, undefined], what)
  }
})

test('an image that can have no name is not pulled', async (t) => {
  const { stopped } = await opened(t)
  for (const image of ['Web', 'us//web', 'web:', 'web#1', '-web', `web@sha256:${'0'.repeat(64)}@x`]) {
    const task = await stopped({ image })
    assert.deepEqual(
      [task.stopCode, task.stoppedReason],
      ['TaskFailedToStart', 'CannotPullContainerError: invalid reference format'],
      image,
    )
  }
})

test('a simulated container that has started has a log stream, and its secrets are there', async (t) => {
  const { running, clientOf } = await opened(t)
  const [logs, secrets] = [clientOf(CloudWatchLogs), clientOf(SecretsManager)]
  const { ARN } = await secrets.createSecret({ Name: 'db', SecretString: 'x' })
  await logs.createLogGroup({ logGroupName: '/ecs/web' })
  const task = await running({ ...logging('/ecs/web'), secrets: [{ name: 'A', valueFrom: ARN }] })
  const streamsOf = async (logGroupName: string) =>
    (await logs.describeLogStreams({ logGroupName })).logStreams?.map(({ logStreamName }) => logStreamName)
  assert.deepEqual(await streamsOf('/ecs/web'), [`web/app/${idOf(task)}`])
  const made = await running(logging('/ecs/new', { 'awslogs-create-group': 'true' }))
  assert.deepEqual(await streamsOf('/ecs/new'), [`web/app/${idOf(made)}`])
})

test('a service whose log group is missing counts its failures', async (t) => {
  const { bench, clientOf } = await opened(t)
  await bench.registerWith({ executionRoleArn }, 'web', logging('/none'))
  await bench.create({ deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } } })
  const service = await bench.until(bench.service, ({ deployments }) => deployments?.[0]?.rolloutState === 'FAILED')
  assert.ok((service.deployments![0]!.failedTasks ?? 0) >= 3)
  assert.equal((await clientOf(ECS).listTasks({ serviceName: 'web', desiredStatus: 'RUNNING' })).taskArns?.length, 0)
})
