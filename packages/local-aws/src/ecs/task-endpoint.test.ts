import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { CreateClusterCommand, DescribeTasksCommand, ECSClient, RegisterTaskDefinitionCommand, RunTaskCommand, type Task } from '@aws-sdk/client-ecs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { systemClock } from '../clock.ts'
import { answer, rejection } from '../front.ts'
import { admit, callerBySignature, callerInProcess } from '../identity.ts'
import { randomIds } from '../ids.ts'
import { inProcessHandler } from '../protocol/in-process.ts'
import { listenOn } from '../protocol/server.ts'
import { simulatedRuntime } from '../runtimes/simulated.ts'
import { openStorage } from '../storage/storage.ts'
import { stsService, stsVersion } from '../sts/service.ts'
import { patienceAt } from './patience.ts'
import { ecsTarget, openEcs } from './service.ts'
import { taskCredentials } from './task-credentials.ts'
import { endpointEnvironment, openTaskEndpoint } from './task-endpoint.ts'

const number = '111122223333'
const dns = { servers: ['10.0.0.2'], search: ['ec2.internal'], gateway: '10.0.0.1/26' }
const role = `arn:aws:iam::${number}:role/app`

test('a container learns of itself and of its task, and of no other task', async (t) => {
  const { tasks, ask, environmentOf } = await twoTasks(t)
  const [one, other] = tasks
  const metadata = new URL(environmentOf(one!, 'app').ECS_CONTAINER_METADATA_URI_V4!).pathname

  const container = await ask('127.0.0.11', metadata)
  assert.deepEqual([container.body.Name, container.body.Type, container.body.KnownStatus], ['app', 'NORMAL', 'RUNNING'])
  const { taskArn } = one!
  const { Cluster: __, DockerId, Networks, CreatedAt, StartedAt, ImageID, ContainerARN, ...rest } = container.body
  assert.deepEqual(rest, {
    Name: 'app',
    DockerName: 'app',
    Image: 'app',
    Labels: {
      'com.amazonaws.ecs.cluster': one!.clusterArn,
      'com.amazonaws.ecs.container-name': 'app',
      'com.amazonaws.ecs.task-arn': taskArn,
      'com.amazonaws.ecs.task-definition-family': 'app',
      'com.amazonaws.ecs.task-definition-version': '1',
    },
    DesiredStatus: 'RUNNING',
    KnownStatus: 'RUNNING',
    Limits: { CPU: 10, Memory: 128 },
    Type: 'NORMAL',
    LogDriver: 'awslogs',
    LogOptions: { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1', 'awslogs-stream': `p/app/${taskArn!.slice(-32)}`, mode: 'non-blocking' },
    Snapshotter: 'overlayfs',
  })
  for (const known of [DockerId, CreatedAt, StartedAt, ImageID, ContainerARN]) assert.equal(typeof known, 'string')
  const { DomainNameServers, DomainNameSearchList, SubnetGatewayIpv4Address } = Networks[0]
  assert.deepEqual([DomainNameServers, DomainNameSearchList, SubnetGatewayIpv4Address], [dns.servers, dns.search, dns.gateway])
  assert.equal(container.body.Labels['com.amazonaws.ecs.task-arn'], one!.taskArn)
  assert.match(container.body.Networks[0].IPv4Addresses[0], /^10\./)

  const task = await ask('127.0.0.11', `${metadata}/task`)
  assert.deepEqual(
    [task.body.TaskARN, task.body.Family, task.body.Revision, task.body.Limits],
    [one!.taskArn, 'app', '1', { CPU: 0.25, Memory: 512 }],
  )
  assert.deepEqual([task.body.Group, task.body.FaultInjectionEnabled], ['family:app', false])
  assert.match(`${task.body.AvailabilityZone} ${task.body.AvailabilityZoneID}`, /^us-east-1(a use1-az1|b use1-az2|c use1-az3)$/)
  const side = task.body.Containers[1]
  assert.deepEqual([side.Limits, side.KnownStatus, side.ExitCode], [{ CPU: 2 }, 'STOPPED', 0], 'it has ended')
  for (const time of ['CreatedAt', 'StartedAt', 'FinishedAt']) assert.match(side[time], /^\d{4}-\d\d-\d\dT/, time)
  assert.deepEqual(
    task.body.Containers.map((each: { Name: string }) => each.Name),
    ['app', 'side'],
  )
  assert.equal('TaskTags' in task.body, false)
  assert.deepEqual((await ask('127.0.0.11', `${metadata}/taskWithTags`)).body.TaskTags, { team: 'web' })
  assert.equal((await ask('127.0.0.11', `${metadata}/stats`)).body, null)
  assert.equal(Object.keys((await ask('127.0.0.11', `${metadata}/task/stats`)).body).length, 2)

  assert.equal((await ask('127.0.0.12', metadata)).status, 404)
  assert.equal((await ask('127.0.0.13', metadata)).status, 404)
  assert.equal((await ask('127.0.0.12', new URL(environmentOf(other!, 'app').ECS_CONTAINER_METADATA_URI_V4!).pathname)).status, 200)
})

test('the task role’s credentials work, and are out of another task’s reach', async (t) => {
  const { tasks, ask, environmentOf, awsUrl } = await twoTasks(t)
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, AWS_REGION: region } = environmentOf(tasks[0]!, 'app')
  const { status, body } = await ask('127.0.0.11', path!)
  assert.deepEqual([status, body.RoleArn], [200, role])
  assert.match(body.Expiration, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.deepEqual((await ask('127.0.0.11', path!)).body, body, 'the same until they near their end')
  for (const odd of ['//', '//[', '/v4/%']) assert.equal((await ask('127.0.0.11', odd)).status, 404, odd)
  assert.equal((await ask('127.0.0.12', path!)).status, 404)

  const credentials = { accessKeyId: body.AccessKeyId, secretAccessKey: body.SecretAccessKey, sessionToken: body.Token }
  const sts = new STSClient({ region: region!, endpoint: awsUrl, credentials })
  t.after(() => sts.destroy())
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}))
  assert.equal(Arn, `arn:aws:sts::${number}:assumed-role/app/${tasks[0]!.taskArn!.slice(-32)}`)
})

/** An engine with two running tasks, which ask from 127.0.0.11 and 127.0.0.12. */
async function twoTasks(t: TestContext) {
  const clock = systemClock
  const ids = randomIds
  const onFault = (error: unknown) => assert.fail(String(error))
  const storage = openStorage(':memory:')
  const sts = stsService({ storage, clock, trusts: () => true })
  const ecs = openEcs({
    storage,
    clock,
    ids,
    consistencyDelayMs: 0,
    runtime: simulatedRuntime({ clock, pace: 'instant' }),
    patience: patienceAt('instant'),
    onFault,
  })
  const front = { storage, ids, onFault, json: { [ecsTarget]: ecs.answer }, query: { [stsVersion]: sts } }
  const identity = { accounts: () => [], session: sts.session, clock, verify: true }
  const aws = await listenOn(
    { host: '127.0.0.1', port: 0 },
    {
      answer: (call) => answer(call, (asked) => callerBySignature(asked, identity), front),
      admit: (head) => void admit(head, identity),
      reject: (error, head) => rejection(error, head, front),
      rejectsWebPages: false,
      onFault,
    },
  )
  const handler = inProcessHandler((call) => answer(call, (asked) => callerInProcess(number, asked), front))
  const client = new ECSClient({ region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, requestHandler: handler })

  await client.send(new CreateClusterCommand({}))
  const options = { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'p' }
  const logConfiguration = { logDriver: 'awslogs' as const, options }
  const containerDefinitions = [
    { name: 'app', image: 'app', cpu: 10, memory: 128, logConfiguration },
    { name: 'side', image: 'side', essential: false, dockerLabels: { 'ecs-api.simulated.exit-after': '0' } },
  ]
  const fargate = { networkMode: 'awsvpc' as const, requiresCompatibilities: ['FARGATE' as const], cpu: '256', memory: '512' }
  await client.send(new RegisterTaskDefinitionCommand({ family: 'app', taskRoleArn: role, executionRoleArn: role, containerDefinitions, ...fargate }))
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
  const run = new RunTaskCommand({
    taskDefinition: 'app',
    count: 2,
    launchType: 'FARGATE',
    networkConfiguration,
    tags: [{ key: 'team', value: 'web' }],
  })
  const { tasks = [] } = await client.send(run)
  const arns = tasks.map((task) => task.taskArn!)
  let seen = tasks
  const isUp = ({ lastStatus, containers = [] }: Task) => lastStatus === 'RUNNING' && containers.some(({ exitCode }) => exitCode === 0)
  while (!seen.every(isUp)) {
    seen = (await client.send(new DescribeTasksCommand({ tasks: arns }))).tasks ?? []
    await new Promise(setImmediate)
  }

  const world = ecs.worlds.of(number, 'us-east-1')
  const recordOf = (arn: string | undefined) => world.tasks.get(arn ?? '')!
  const addresses = new Map([
    ['127.0.0.11', arns[0]],
    ['127.0.0.12', arns[1]],
  ])
  const endpoint = await openTaskEndpoint(
    {
      taskAt: (address) => (addresses.has(address) ? { world, task: recordOf(addresses.get(address)) } : undefined),
      credentials: taskCredentials(clock, sts.assumeForService),
      stats: async () => undefined,
      dnsOf: () => dns,
      onFault,
    },
    { host: '127.0.0.1' },
  )
  t.after(async () => {
    await endpoint.close()
    await aws.close()
    await ecs.close()
    storage.close()
  })

  const ask = async (from: string, path: string) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: '127.0.0.1', port: endpoint.port, localAddress: from, path }, resolve).on('error', reject).end()
    })
    // biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in an answer, field by field
    return { status: response.statusCode, body: JSON.parse((await response.toArray()).join('')) as any }
  }
  return {
    tasks,
    ask,
    awsUrl: aws.url,
    environmentOf: (task: { taskArn?: string }, container: string) =>
      endpointEnvironment(world, recordOf(task.taskArn), container, aws.url) as Record<string, string | undefined>,
  }
}
