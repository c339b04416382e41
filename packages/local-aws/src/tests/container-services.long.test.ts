import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CloudWatchLogsClient, CreateLogGroupCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { type ContainerDefinition, DescribeTasksCommand, ExecuteCommandCommand, type Task } from '@aws-sdk/client-ecs'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import {
  fetchText,
  noContainers,
  openEngineWithContainers,
  shellContainer,
  taskAddressOf,
} from '../testing/containers.ts'
import { ecsSteps, taskIdOf } from '../testing/ecs-steps.ts'
import { connectSession } from '../testing/session-client.ts'
import { accountNumber, region } from '../testing/test-engine.ts'

const options = { skip: noContainers, timeout: 60_000 }
const executionRoleArn = `arn:aws:iam::${accountNumber}:role/execution`
const taskRoleArn = `arn:aws:iam::${accountNumber}:role/app`

test(
  'secrets and parameters are in the environment, output is in the log, and no API returns a secret value',
  options,
  async (t) => {
    const { runContainer, waitUntilStopped, aws, ecs } = await openEngineWithTasks(t)
    const secrets = clientFor(t, SecretsManagerClient, aws)
    const ssm = clientFor(t, SSMClient, aws)
    const logs = clientFor(t, CloudWatchLogsClient, aws)
    const { ARN: db } = await secrets.send(
      new CreateSecretCommand({ Name: 'db', SecretString: JSON.stringify({ password: 'sesame-of-json' }) }),
    )
    await ssm.send(new PutParameterCommand({ Name: '/app/level', Value: 'sesame-of-ssm', Type: 'SecureString' }))
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/app' }))

    const arn = await runContainer({
      ...shellContainer(
        '[ "$DB" = sesame-of-json ] && [ "$LEVEL" = sesame-of-ssm ] && echo both are there; seq 1 500; exit 7',
      ),
      secrets: [
        { name: 'DB', valueFrom: `${db}:password::` },
        { name: 'LEVEL', valueFrom: '/app/level' },
      ],
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/app', 'awslogs-region': region, 'awslogs-stream-prefix': 'web' },
      },
    })
    const stopped = await waitUntilStopped(arn)
    assert.equal(stopped.containers?.[0]?.exitCode, 7)
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({
        logGroupName: '/app',
        logStreamName: `web/app/${taskIdOf(stopped)}`,
        startFromHead: true,
      }),
    )
    assert.deepEqual(
      events.map(({ message }) => message),
      ['both are there', ...Array.from({ length: 500 }, (_, i) => `${i + 1}`)],
    )
    const shown = JSON.stringify(await ecs.send(new DescribeTasksCommand({ tasks: [arn] })))
    assert.doesNotMatch(shown, /sesame/)
  },
)

test('a missing secret prevents the task from starting, with AWS’s message', options, async (t) => {
  const { runContainer, waitUntilStopped } = await openEngineWithTasks(t)
  const valueFrom = `arn:aws:secretsmanager:${region}:${accountNumber}:secret:nothing-AbCdEf`
  const { stopCode, stoppedReason } = await waitUntilStopped(
    await runContainer({ ...shellContainer('sleep 100'), secrets: [{ name: 'X', valueFrom }] }),
  )
  assert.equal(stopCode, 'TaskFailedToStart')
  assert.match(stoppedReason ?? '', /^ResourceInitializationError: unable to pull secrets or registry auth: /)
})

test('a missing log group prevents the task from starting, unless it is to be created', options, async (t) => {
  const { runContainer, waitUntilStopped, waitUntilRunning } = await openEngineWithTasks(t)
  const log = (more: Record<string, string>) => ({
    logConfiguration: {
      logDriver: 'awslogs' as const,
      options: { 'awslogs-group': '/new', 'awslogs-region': region, 'awslogs-stream-prefix': 'x', ...more },
    },
  })
  const { stoppedReason } = await waitUntilStopped(await runContainer({ ...shellContainer('sleep 100'), ...log({}) }))
  assert.match(stoppedReason ?? '', /^ResourceInitializationError: failed to validate logger args: /)
  await waitUntilRunning(
    await runContainer({ ...shellContainer('sleep 100'), ...log({ 'awslogs-create-group': 'true' }) }),
  )
})

test('a container reads its own metadata and its role’s credentials, and no other task’s', options, async (t) => {
  const { runContainer, waitUntilRunning } = await openEngineWithTasks(t)
  // The container serves what it reads: its own metadata, another task's, and its credentials.
  const server = shellContainer(
    'trap exit TERM; mkdir -p /www; cp /etc/resolv.conf /www/resolv; wget -q -O /www/task $ECS_CONTAINER_METADATA_URI_V4/task; wget -q -O /www/stats $ECS_CONTAINER_METADATA_URI_V4/stats; ' +
      'wget -q -O /www/credentials http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; env > /www/env; ' +
      '[ -z "$OTHER" ] || wget -q -O /www/other $OTHER || echo refused > /www/other; httpd -f -p 80 -h /www & wait',
  )
  const first = await waitUntilRunning(await runContainer(server))
  const at = (task: Task, path: string) => fetchText(`http://${taskAddressOf(task)}/${path}`)
  const metadata = JSON.parse(await at(first, 'task'))
  assert.deepEqual(
    [metadata.TaskARN, metadata.Family, metadata.KnownStatus],
    [first.taskArn, 'app', metadata.KnownStatus],
  )
  const [network] = metadata.Containers[0].Networks
  assert.equal(network.IPv4Addresses[0], taskAddressOf(first))
  const resolvLines = (await at(first, 'resolv')).split('\n').map((line) => line.trim().split(' '))
  assert.deepEqual(
    network.DomainNameServers,
    resolvLines.filter(([keyword]) => keyword === 'nameserver').map(([, server]) => server),
  )
  assert.deepEqual(
    network.DomainNameSearchList,
    resolvLines.filter(([keyword]) => keyword === 'search').flatMap(([, ...domains]) => domains),
  )
  assert.match(network.SubnetGatewayIpv4Address, /^10\.\d+\.0\.1\/16$/)
  assert.ok(JSON.parse(await at(first, 'stats')).memory_stats, 'Docker’s statistics')

  const env = new Map(
    (await at(first, 'env')).split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  )
  assert.deepEqual([env.get('AWS_REGION'), env.get('AWS_EXECUTION_ENV')], [region, 'AWS_ECS_FARGATE'])
  const { RoleArn, AccessKeyId, SecretAccessKey, Token } = JSON.parse(await at(first, 'credentials'))
  assert.equal(RoleArn, taskRoleArn)
  const endpoint = env.get('AWS_ENDPOINT_URL')!
  const sts = new STSClient({
    region,
    endpoint,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token },
  })
  t.after(() => sts.destroy())
  assert.equal(
    (await sts.send(new GetCallerIdentityCommand({}))).Arn,
    `arn:aws:sts::${accountNumber}:assumed-role/app/${taskIdOf(first)}`,
  )

  const OTHER = `http://169.254.170.2${env.get('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI')}`
  const second = await waitUntilRunning(
    await runContainer({ ...server, environment: [{ name: 'OTHER', value: OTHER }] }),
  )
  assert.equal(await at(second, 'other'), 'refused\n')
})

test('a command runs in a container, with a terminal', options, async (t) => {
  const { runContainer, waitUntilRunning, ecs, aws } = await openEngineWithTasks(t)
  await aws.listen()
  const task = await waitUntilRunning(
    await runContainer(shellContainer('echo made by the container > /mark; sleep 1000')),
  )
  const { session } = await ecs.send(
    new ExecuteCommandCommand({
      task: task.taskArn,
      interactive: true,
      command:
        'sh -c "cat /mark; read x; until busybox stty size 2>/dev/null | grep 132; do sleep 0.1; done; echo got $x; exit 4"',
    }),
  )
  const client = connectSession(session!)
  client.resize(132, 50)
  await client.waitForOutput('made by the container')
  client.typeText('hello\r')
  await client.waitForOutput('50 132')
  await client.waitForOutput('got hello')
  assert.equal(await client.closed, '')
})

async function openEngineWithTasks(t: TestContext) {
  const { aws, ecs } = await openEngineWithContainers(t)
  const { registerDefinitionWith, runTask, waitForTask } = await ecsSteps(ecs)
  const waitForStatus = async (arn: string, status: string): Promise<Task> => {
    const seen = await waitForTask(arn, ({ lastStatus }) => lastStatus === status || lastStatus === 'STOPPED')
    assert.equal(seen.lastStatus, status, seen.stoppedReason)
    return seen
  }
  return {
    aws,
    ecs,
    waitUntilRunning: (arn: string) => waitForStatus(arn, 'RUNNING'),
    waitUntilStopped: (arn: string) => waitForStatus(arn, 'STOPPED'),
    runContainer: async (container: Partial<ContainerDefinition>) =>
      runTask(await registerDefinitionWith({ executionRoleArn, taskRoleArn }, 'app', container), {
        enableExecuteCommand: true,
      }),
  }
}

type Settings = {
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  requestHandler: unknown
}

function clientFor<C extends { destroy(): void }>(
  t: TestContext,
  Client: new (settings: never) => C,
  aws: { requestHandler(number: string): unknown },
): C {
  const settings: Settings = {
    region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    requestHandler: aws.requestHandler(accountNumber),
  }
  const client = new Client(settings as never)
  t.after(() => client.destroy())
  return client
}
