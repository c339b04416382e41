import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { type ContainerDefinition, ECS, type Task } from '@aws-sdk/client-ecs'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { ecsSteps, taskIdOf } from '../../testing/ecs-steps.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

const executionRoleArn = 'arn:aws:iam::111122223333:role/execution'
const logging = (group: string, more: Record<string, string> = {}): Partial<ContainerDefinition> => ({
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': group, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web', ...more },
  },
})
const secretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:none-AbCdEf'

async function openEngine(t: TestContext) {
  const { ecs, clientOf } = await openTestEngine(t, { pace: 'instant' })
  const steps = await ecsSteps(ecs)
  const run = async (container: Partial<ContainerDefinition>, isExpected: (task: Task) => boolean): Promise<Task> => {
    await steps.registerDefinitionWith({ executionRoleArn }, 'web', container)
    return steps.waitForTask(await steps.runTask('web'), isExpected)
  }
  return {
    steps,
    clientOf,
    running: (container: Partial<ContainerDefinition>) => run(container, ({ lastStatus }) => lastStatus === 'RUNNING'),
    stopped: (container: Partial<ContainerDefinition>) => run(container, ({ lastStatus }) => lastStatus === 'STOPPED'),
  }
}

test('a simulated task with a missing log group or secret stops like one on real containers', async (t) => {
  const { stopped } = await openEngine(t)
  const rows: [label: string, container: Partial<ContainerDefinition>, reason: RegExp][] = [
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
  for (const [label, container, reason] of rows) {
    const task = await stopped(container)
    assert.match(task.stoppedReason ?? '', reason, label)
    assert.equal(task.stopCode, 'TaskFailedToStart', label)
    const [only] = task.containers ?? []
    assert.ok(
      task.connectivity === 'CONNECTED' && task.pullStartedAt && task.pullStoppedAt && task.executionStoppedAt,
      label,
    )
    assert.equal(task.startedAt, undefined, label)
    assert.ok(only?.runtimeId && only.networkInterfaces?.length === 1, label)
    assert.deepEqual([only.imageDigest, only.exitCode, only.reason], [undefined, undefined, undefined], label)
  }
})

test('an image with an invalid name is not pulled', async (t) => {
  const { stopped } = await openEngine(t)
  for (const image of ['Web', 'us//web', 'web:', 'web#1', '-web', `web@sha256:${'0'.repeat(64)}@x`]) {
    const task = await stopped({ image })
    assert.deepEqual(
      [task.stopCode, task.stoppedReason],
      ['TaskFailedToStart', 'CannotPullContainerError: invalid reference format'],
      image,
    )
  }
})

test('a started simulated container has a log stream, and its secrets were read', async (t) => {
  const { running, clientOf } = await openEngine(t)
  const [logs, secrets] = [clientOf(CloudWatchLogs), clientOf(SecretsManager)]
  const { ARN } = await secrets.createSecret({ Name: 'db', SecretString: 'x' })
  await logs.createLogGroup({ logGroupName: '/ecs/web' })
  const task = await running({ ...logging('/ecs/web'), secrets: [{ name: 'A', valueFrom: ARN }] })
  const streamsOf = async (logGroupName: string) =>
    (await logs.describeLogStreams({ logGroupName })).logStreams?.map(({ logStreamName }) => logStreamName)
  assert.deepEqual(await streamsOf('/ecs/web'), [`web/app/${taskIdOf(task)}`])
  const made = await running(logging('/ecs/new', { 'awslogs-create-group': 'true' }))
  assert.deepEqual(await streamsOf('/ecs/new'), [`web/app/${taskIdOf(made)}`])
})

test('a service with a missing log group counts its failed starts', async (t) => {
  const { steps, clientOf } = await openEngine(t)
  await steps.registerDefinitionWith({ executionRoleArn }, 'web', logging('/none'))
  await steps.createService({
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
  })
  const service = await steps.pollUntil(
    steps.describeService,
    ({ deployments }) => deployments?.[0]?.rolloutState === 'FAILED',
  )
  assert.ok((service.deployments![0]!.failedTasks ?? 0) >= 3)
  assert.equal((await clientOf(ECS).listTasks({ serviceName: 'web', desiredStatus: 'RUNNING' })).taskArns?.length, 0)
})
